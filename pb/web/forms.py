"""Forms: our base class with translated messages, money and whole-number fields, and how a refusal is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask_babel import get_domain, gettext
from flask_wtf import FlaskForm
from wtforms import Field, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import ValidationError

from pb.core.errors import Invalid, Problems
from pb.core.money import format_amount, parse_lari
from pb.web.wording import error_words, language


class _Translations:
    """WTForms' own messages, through our catalogue (it has no Georgian)."""

    def gettext(self, string: str) -> str:
        return gettext(string)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        # WTForms fills in the numbers itself, under names of its own
        words: str = get_domain().get_translations().ungettext(singular, plural, n)
        return words


class Form(FlaskForm):
    """Base of all forms."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> _Translations:
            return _Translations()


def choices_of(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """(value, words) pairs as the choices of a field."""
    return [SelectChoice(value, words) for value, words in pairs]


class MoneyField(StringField):
    """A sum typed in lari („1 500,50“); ``data`` is int tetri or None when left empty."""

    data: int | None  # type: ignore[assignment]

    def process_formdata(self, valuelist: list[str]) -> None:
        self.typed = valuelist[0].strip() if valuelist else ""
        if not self.typed:
            self.data = None
            return
        try:
            self.data = parse_lari(self.typed)
        except Invalid as error:
            self.data = None
            raise ValidationError(error_words(error)) from None

    def _value(self) -> str:
        typed = getattr(self, "typed", None)
        if typed is not None:
            return str(typed)
        return format_amount(self.data, language()) if self.data is not None else ""


def submitted(form: FlaskForm, act: Callable[[], Any]) -> bool:
    """Run ``act`` when the form is sent and its shape is right; True when it went through.

    What the command finds wrong (Invalid, Problems) is shown beside its field, or above the form when the
    field is unknown there; everything typed stays.
    """
    if not form.validate_on_submit():
        return False
    try:
        act()
    except Problems as problems:
        for problem in problems.problems:
            _show(form, Invalid(problem.code, problem.field, **problem.params))
    except Invalid as error:
        _show(form, error)
    else:
        return True
    return False


def _show(form: FlaskForm, error: Invalid) -> None:
    words = error_words(error)
    field: Field | None = form._fields.get(error.field or "")
    if field is None:
        form.form_errors.append(words)
    else:
        field.errors = [*field.errors, words]


def status_of(form: FlaskForm) -> int:
    """422 for a page that shows a form with errors, else 200."""
    return 422 if form.errors else 200
