"""Form fields that the administration of cycles needs: a moment in Tbilisi, a percentage, a number with
two decimals.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape
from wtforms import Field, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import ValidationError
from wtforms.widgets import html_params

from pb.core.errors import Invalid
from pb.core.workdays import TBILISI
from pb.web.wording import error_words, language

FIRST_YEAR, LAST_YEAR = 2000, 2200  # of a moment that somebody can have meant
_DECIMAL = re.compile(r"([0-9]{1,6})(?:[.,]([0-9]{1,2}))?")
_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})")

__all__ = ["HundredthsField", "MomentField", "PercentField", "SelectChoice", "needed"]


def needed(_form: Any, field: Field) -> None:
    """Validator: something must have been entered."""
    if field.data in (None, "", []) and not field.process_errors:
        raise ValidationError(_("Please fill this in."))


class _DayAndTime:
    """Two inputs, a day and a time, under one label."""

    input_type = "date"

    def __call__(self, field: MomentField, **kwargs: Any) -> Markup:
        day, hour = field.shown()
        kwargs.pop("type", None)
        first = html_params(id=field.id, name=field.name, type="date", value=day, **kwargs)
        kwargs.pop("aria-describedby", None)
        second = html_params(
            id=f"{field.id}-time", name=field.name, type="time", value=hour,
            **{**kwargs, "aria-label": f"{field.label.text}: {_('time')}"},
        )  # fmt: skip
        return Markup(f'<span class="pb-moment"><input {first}><input {second}></span>')


class MomentField(Field):
    """A day and a time of day in Tbilisi; ``data`` is an aware moment in UTC, or None when left empty."""

    widget = _DayAndTime()
    data: datetime | None

    def process_formdata(self, valuelist: list[str]) -> None:
        self.typed = [*(text.strip() for text in valuelist), "", ""][:2]
        day, hour = self.typed
        self.data = None
        if not day and not hour:
            return
        try:
            chosen = _day(day)
            if not FIRST_YEAR <= chosen.year <= LAST_YEAR:
                raise ValueError(day)
            self.data = datetime.combine(chosen, _time(hour or "00:00"), TBILISI).astimezone(UTC)
        except ValueError:
            raise ValidationError(error_words(Invalid("bad_moment"))) from None

    def shown(self) -> tuple[str, str]:
        """What the two inputs show."""
        typed = getattr(self, "typed", None)
        if typed is not None:
            return str(escape(typed[0])), str(escape(typed[1]))
        if self.data is None:
            return "", ""
        local = self.data.astimezone(TBILISI)
        return local.date().isoformat(), f"{local:%H:%M}"


def _day(text: str) -> date:
    match = _DAY.fullmatch(text)  # browsers without a date input leave people to write 30.06.2026
    return date(int(match[3]), int(match[2]), int(match[1])) if match else date.fromisoformat(text)


def _time(text: str) -> time:
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return time(int(match[1]), int(match[2]))


class HundredthsField(StringField):
    """A number with at most two decimals; ``data`` is a whole number of hundredths, or None when left
    empty.
    """

    data: int | None  # type: ignore[assignment]
    code = "bad_points"

    def process_formdata(self, valuelist: list[str]) -> None:
        self.typed = valuelist[0].strip().removesuffix("%").strip() if valuelist else ""
        self.data = None
        if not self.typed:
            return
        match = _DECIMAL.fullmatch(self.typed)
        if match is None:
            raise ValidationError(error_words(Invalid(self.code)))
        self.data = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))

    def _value(self) -> str:
        typed = getattr(self, "typed", None)
        if typed is not None:
            return str(typed)
        if self.data is None:
            return ""
        whole, rest = divmod(self.data, 100)
        return f"{whole}{',' if language() == 'ka' else '.'}{rest:02}" if rest else str(whole)


class PercentField(HundredthsField):
    """A percentage; ``data`` in basis points."""

    code = "bad_percent"
