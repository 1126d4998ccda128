"""Forms of the hand-in. Shapes only: what a field must hold, pb.ideas.content says for all."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TelField, TextAreaField

from pb.core.rulebook import Rulebook
from pb.core.whole import whole_number
from pb.ideas import content
from pb.ideas.content import Person
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


class WhoForm(Form):
    """Who hands in, and where the person lives."""

    kind = RadioField(_l("In whose name do you hand in the idea?"), validate_choice=False)
    organisation = StringField(_l("Name of the group or organisation"))
    first_name = StringField(_l("First name"))
    surname = StringField(_l("Surname"))
    phone = TelField(_l("Mobile number"))
    age_band = SelectField(_l("Your age"), validate_choice=False)
    guardian = StringField(_l("Parent's or guardian's first name and surname"))
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
            del self.guardian
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
        )


class CodeForm(Form):
    """The code that came to the phone."""

    code = StringField(_l("Code from the text message"))


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
    seen = HiddenField()

    def offer(self, units: list[tuple[int, str]]) -> None:
        """Fill in the units."""
        self.unit_id.choices = choices_of([("", _("Choose")), *units])


class CostForm(Form):
    """Kind, money, photo."""

    category = RadioField(_l("What kind of idea is it?"), validate_choice=False)
    cost_tetri = MoneyField(_l("About how much will it cost?"))
    cost_unknown = BooleanField(_l("I don't know"))
    picture = FileField(_l("Photo"), render_kw={"accept": "image/jpeg,image/png,image/webp"})
    remove_picture = BooleanField(_l("Remove the photo"))
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
