"""Forms of the author: the text, rows of the budget and of the timeline, handing in. Limits:
pb.projects.text and pb.projects.budget.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from pb.core.errors import Invalid
from pb.core.whole import whole_number
from pb.projects.budget import format_quantity, parse_quantity
from pb.web.forms import Form, MoneyField
from pb.web.wording import error_words, language


class QuantityField(StringField):
    """A quantity as people type it („14,5“); ``data`` is in thousandths, or None when left empty."""

    data: int | None  # type: ignore[assignment]

    def process_formdata(self, valuelist: list[str]) -> None:
        self.typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if self.typed:
            try:
                self.data = parse_quantity(self.typed)
            except Invalid as error:
                raise ValidationError(error_words(error)) from None

    def _value(self) -> str:
        typed = getattr(self, "typed", None)
        if typed is not None:
            return str(typed)
        return format_quantity(self.data, language()) if self.data is not None else ""


class BasedForm(Form):
    """A form that knows which revision its writer saw, and which unsaved text (id.version) its window wrote last."""

    base = HiddenField()
    version = HiddenField()

    @property
    def base_number(self) -> int:
        """The number of that revision; 0 when the field was tampered with."""
        return whole_number(self.base.data) or 0

    @property
    def draft(self) -> tuple[int, int] | None:
        """(id, version) of the unsaved text; None when there is none yet."""
        draft_id, _, version = (self.version.data or "").partition(".")
        found = whole_number(draft_id), whole_number(version)
        return (found[0], found[1]) if found[0] and found[1] else None


class TextForm(BasedForm):
    title = StringField(_l("Title of the project"))
    problem = TextAreaField(_l("What problem does it solve?"))
    what = TextAreaField(_l("What will be done?"))
    beneficiaries = TextAreaField(_l("Who will benefit?"))


class LandForm(BasedForm):
    land_code = StringField(_l("Cadastral code"))
    land_owner = RadioField(_l("Whose is the land or the building?"), choices=[], validate_choice=False)
    land_permit = RadioField(_l("Does it need a permit?"), choices=[], validate_choice=False)
    land_words = TextAreaField(_l("What else is to be known of the place and of permits?"))


class TeamForm(BasedForm):
    team = TextAreaField(_l("Who does the work, and what can they do?"))


class UpkeepForm(BasedForm):
    upkeep = TextAreaField(_l("Who will look after it?"))
    upkeep_tetri = MoneyField(_l("What will that cost each year?"))
    upkeep_from = TextAreaField(_l("From what money?"))


FIELD_FORMS: dict[str, type[BasedForm]] = {
    "text": TextForm, "land": LandForm, "team": TeamForm, "upkeep": UpkeepForm,
}  # fmt: skip


class WithdrawForm(Form):
    reason = TextAreaField(_l("Why do you withdraw it?"))


class HandInForm(BasedForm):
    sure = BooleanField(
        _l("I have read the project as it stands above, and I hand in this text."),
        validators=[InputRequired(_l("Tick the box when you have read the text."))],
    )


@lru_cache(maxsize=128)
def budget_form(rows: int) -> type[BasedForm]:
    """A form of ``rows`` lines: fields "lines-<row>-what", "-quantity", "-unit", "-price", "-source", "-share" (what
    somebody else pays), "-by" (who), "-running" (what keeping it costs a year).
    """
    fields: dict[str, Any] = {"rows": HiddenField()}
    for row in range(rows):
        for name in ("what", "unit", "source", "by"):
            fields[f"lines-{row}-{name}"] = StringField()
        fields[f"lines-{row}-quantity"] = QuantityField()
        for name in ("price", "share", "running"):
            fields[f"lines-{row}-{name}"] = MoneyField()
    return type("BudgetForm", (BasedForm,), fields)


@lru_cache(maxsize=128)
def timeline_form(rows: int) -> type[BasedForm]:
    """A form of ``rows`` steps: fields "steps-<row>-month", "-step". The months are set by the view."""
    fields: dict[str, Any] = {"rows": HiddenField()}
    for row in range(rows):
        fields[f"steps-{row}-month"] = SelectField(validate_choice=False)
        fields[f"steps-{row}-step"] = StringField()
    return type("TimelineForm", (BasedForm,), fields)
