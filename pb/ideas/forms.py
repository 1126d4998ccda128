"""Forms of the hand-in. Shapes only: what a field must hold, pb.ideas.content says for all."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, MultipleFileField
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields.choices import Choice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.widgets import CheckboxInput, ListWidget

from pb.core.rulebook import Rulebook
from pb.core.whole import whole_number
from pb.ideas import content
from pb.ideas.content import Person
from pb.places import plan
from pb.web.forms import Form, MoneyField, choices_of

VILLAGES = {"list": "villages"}
KINDS = {
    "resident": _l("In my own name"),
    "group": _l("In the name of a group of residents"),
    "organisation": _l("In the name of an organisation"),
}


def whole_or_none(value: Any) -> int | None:
    """The id of a chosen option; None for the empty one and for anything that is no number."""
    return whole_number(value)


def band_words(band: str) -> str:
    """„16–17“, „younger than 14“, „60 or older“."""
    low, _dash, high = band.partition("-")
    if low == "0":
        return _("younger than %(age)s", age=int(high) + 1)
    return f"{low}–{high}" if high else _("%(age)s or older", age=low)


GROUPS = {
    "children": _l("Children"),
    "youth": _l("Young people"),
    "women": _l("Women"),
    "older": _l("Older people"),
    "disabled": _l("People with disabilities"),
    "displaced": _l("Internally displaced people"),
    "large_families": _l("Families with many children"),
    "poor": _l("Families with few means"),
    "remote": _l("People of remote or mountain settlements"),
}
# How large the plan is shown: presses are measured in this.
PLAN_WIDTH, PLAN_HEIGHT = 280, 224


def group_words(groups: str) -> list[str]:
    """The names of stored groups."""
    return [str(GROUPS[code]) for code in groups.split() if code in GROUPS]


class GroupsField(SelectMultipleField):
    """Boxes to tick; ``data`` is the stored text: codes with blanks between."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, choices=choices_of(GROUPS.items()), validate_choice=False, **kwargs)

    data: str | None  # type: ignore[assignment]

    def process_data(self, value: Any) -> None:
        self.data = value or ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = " ".join(valuelist)

    def iter_choices(self) -> Any:
        chosen = (self.data or "").split()
        return [Choice(code, str(words), code in chosen, {}) for code, words in GROUPS.items()]


class HiddenNumber(HiddenField):
    """A small whole number that the page carries; anything else is none."""

    data: int | None  # type: ignore[assignment]

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = whole_number(valuelist[0]) if valuelist else None


class WhoForm(Form):
    """Who hands in, and where the person lives."""

    kind = RadioField(_l("In whose name do you hand in the idea?"), validate_choice=False)
    organisation = StringField(_l("Name of the group or organisation"))
    first_name = StringField(_l("First name"))
    surname = StringField(_l("Surname"))
    phone = TelField(_l("Mobile number"))
    age_band = SelectField(_l("Your age"), validate_choice=False)
    guardian = StringField(_l("Parent's or guardian's first name and surname"))
    guardian_phone = TelField(_l("Parent's or guardian's mobile number"))
    unit_id = SelectField(
        _l("Administrative unit where you live"), coerce=whole_or_none, validate_choice=False
    )
    village = StringField(_l("Village or settlement"), render_kw=VILLAGES)

    def offer(self, rules: Rulebook, units: list[tuple[int, str]], *, with_phone: bool) -> None:
        """Fill in the choices of this cycle and leave out what it does not ask."""
        bands = ((band, band_words(band)) for band in content.age_bands(rules.min_age_idea))
        self.age_band.choices = choices_of([("", _("Choose")), *bands])
        self.unit_id.choices = choices_of([("", _("Choose")), *units])
        self.kind.choices = choices_of((kind, str(KINDS[kind])) for kind in rules.who_may_hand_in)
        if not self.kind.data:
            self.kind.data = rules.who_may_hand_in[0]
        if len(rules.who_may_hand_in) == 1:
            del self.kind
        if rules.who_may_hand_in == ("resident",):
            del self.organisation
        if not any(content.needs_guardian(b) for b in content.age_bands(rules.min_age_idea)[1:]):
            del self.guardian, self.guardian_phone
        if not with_phone:
            del self.phone

    def person(self, rules: Rulebook) -> Person:
        """What was typed."""
        given = {name: field.data or "" for name, field in self._fields.items()}
        return Person(
            first_name=given["first_name"],
            surname=given["surname"],
            age_band=given["age_band"],
            unit_id=self.unit_id.data,
            village=given["village"],
            kind=given.get("kind") or rules.who_may_hand_in[0],
            organisation=given.get("organisation", ""),
            guardian=given.get("guardian", ""),
            guardian_phone=given.get("guardian_phone", ""),
        )


class CodeForm(Form):
    """The code that came to the phone."""

    code = StringField(_l("Code from the text message"))


class DraftCodeForm(Form):
    """The code that opens a draft on another device."""

    code = StringField(_l("Code of the draft"))


class IdeaForm(Form):
    """What it is about. ``seen``: which text the page showed (pb.ideas.seen)."""

    title = StringField(_l("Title of the idea"))
    problem = TextAreaField(_l("What is the problem?"))
    solution = TextAreaField(_l("What do you propose?"))
    seen = HiddenField()


class PlaceForm(Form):
    """Where, and for whom."""

    unit_id = SelectField(_l("Administrative unit"), coerce=whole_or_none, validate_choice=False)
    village = StringField(_l("Village or settlement"), render_kw=VILLAGES)
    place = StringField(_l("Exact place"))
    beneficiaries = TextAreaField(_l("Who will benefit?"))
    groups = GroupsField(_l("Whom does it help more than others?"))
    pin_x = HiddenNumber()
    pin_y = HiddenNumber()
    pin_part = HiddenField()  # of which unit the plan was shown when the pin was put
    remove_pin = BooleanField(_l("Remove the pin"))
    seen = HiddenField()

    def offer(self, units: list[tuple[int, str]]) -> None:
        """Fill in the units."""
        self.unit_id.choices = choices_of([("", _("Choose")), *units])

    def pressed(self, spots: list[plan.Spot]) -> bool:
        """Take over where the plan was pressed (a picture as a button: it works without JavaScript)."""
        across, down = (whole_number(request.form.get(f"pin.{axis}")) for axis in "xy")
        if across is not None and down is not None:
            view = plan.around(spots, self.pin_part.data or "")
            self.pin_x.data, self.pin_y.data = view.point(across, down, PLAN_WIDTH, PLAN_HEIGHT)
        elif self.remove_pin.data:
            self.pin_x.data = self.pin_y.data = None
        return across is not None or bool(self.remove_pin.data)


class CostForm(Form):
    """Kind, money, photo."""

    category = RadioField(_l("What kind of idea is it?"), validate_choice=False)
    cost_tetri = MoneyField(_l("About how much will it cost?"))
    cost_unknown = BooleanField(_l("I don't know"))
    picture = MultipleFileField(
        _l("Photos"), render_kw={"accept": "image/jpeg,image/png,image/webp", "data-shrink": ""}
    )
    # straight from the phone's camera
    camera = FileField(
        _l("Take a photo now"),
        render_kw={"accept": "image/*", "capture": "environment", "data-shrink": ""},
    )
    document = MultipleFileField(_l("Documents"), render_kw={"accept": "application/pdf"})
    seen = HiddenField()


class CheckForm(Form):
    """The last word before handing in."""

    consent = BooleanField(
        _l(
            "I have read what I wrote and hand it in. I agree that the municipality keeps my name and number "
            "to examine the idea, and that the idea is published with my first name and the initial of my "
            "surname."
        )
    )


class ActForm(Form):
    """Nothing but the token: an act by one press."""
