"""Forms of the author: the text, rows of the budget and of the timeline, handing in. Limits:
pb.projects.text.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from pb.core.errors import Invalid
from pb.core.whole import whole_number
from pb.projects.text import format_quantity, parse_quantity
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
    """A form that knows which revision its writer saw."""

    base = HiddenField()

    @property
    def base_number(self) -> int:
        """The number of that revision; 0 when the field was tampered with."""
        return whole_number(self.base.data) or 0


class TextForm(BasedForm):
    title = StringField(_l("Title of the project"))
    problem = TextAreaField(_l("What problem does it solve?"))
    what = TextAreaField(_l("What will be done?"))
    beneficiaries = TextAreaField(_l("Who will benefit?"))


class UpkeepForm(BasedForm):
    upkeep = TextAreaField(_l("Who will look after it, and what will it cost each year?"))


class WithdrawForm(Form):
    reason = TextAreaField(_l("Why do you withdraw it?"))


class HandInForm(BasedForm):
    sure = BooleanField(
        _l("I have read the project as it stands above, and I hand in this text."),
        validators=[InputRequired(_l("Tick the box when you have read the text."))],
    )


@lru_cache(maxsize=128)
def budget_form(rows: int) -> type[BasedForm]:
    """A form of ``rows`` lines: fields "lines-<row>-what", "-quantity", "-unit", "-price"."""
    fields: dict[str, Any] = {"rows": HiddenField()}
    for row in range(rows):
        fields[f"lines-{row}-what"] = StringField()
        fields[f"lines-{row}-quantity"] = QuantityField()
        fields[f"lines-{row}-unit"] = StringField()
        fields[f"lines-{row}-price"] = MoneyField()
    return type("BudgetForm", (BasedForm,), fields)


@lru_cache(maxsize=128)
def timeline_form(rows: int) -> type[BasedForm]:
    """A form of ``rows`` steps: fields "steps-<row>-month", "-step". The months are set by the view."""
    fields: dict[str, Any] = {"rows": HiddenField()}
    for row in range(rows):
        fields[f"steps-{row}-month"] = SelectField(validate_choice=False)
        fields[f"steps-{row}-step"] = StringField()
    return type("TimelineForm", (BasedForm,), fields)
