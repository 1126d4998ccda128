"""Forms of the commission: declaration, sheet, decision, publication. The commands enforce every rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField

from pb.core.errors import Invalid
from pb.core.rubrics import Rubric
from pb.core.whole import whole_number
from pb.review.models import ScoreSheet
from pb.review.panel_members import CLEAN, EVIDENCE, KINDS
from pb.web.forms import Form, choices_of
from pb.web.wording import error_words, label


class DeclarationForm(Form):
    """None, or a typed conflict with its details."""

    kind = RadioField(_l("What applies to you?"), validate_choice=False)
    details = TextAreaField(_l("Describe it in a few words"))
    understood = BooleanField(
        _l("I understand that I will not score this project, and that this cannot be taken back")
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = choices_of((kind, label(f"conflict_{kind}")) for kind in KINDS)

    def validate(self, extra_validators: Any = None) -> bool:
        """A conflict is confirmed by a tick, since it cannot be taken back."""
        if not super().validate(extra_validators):
            return False
        if self.kind.data not in (None, "", CLEAN) and not self.understood.data:
            self.understood.errors = [error_words(Invalid("confirm_recusal"))]
            return False
        return True


#: The choice beside the levels that says so; no scale reaches it.
CANNOT_JUDGE = -2


def level_of(value: Any) -> int | None:
    """A level as the browser sent it; what is no number becomes one that no scale has."""
    if value in (None, "", "None"):
        return None
    if value in (CANNOT_JUDGE, str(CANNOT_JUDGE)):
        return CANNOT_JUDGE
    level = whole_number(value)
    return -1 if level is None else level


class SheetForm(Form):
    """Base of the sheets; each rubric makes its own with ``sheet_form``."""

    version = HiddenField()

    def seen(self) -> int:
        """The version of the sheet that the page showed; -1 when it was tampered with."""
        seen = whole_number(self.version.data)
        return -1 if seen is None else seen

    def lines(self, rubric: Rubric) -> dict[str, dict[str, Any]]:
        """What was typed, for the command."""
        found = {}
        for c in rubric.criteria:
            line = {name: self[f"{c.id}.{name}"].data for name in ("value", "reason", "note", "evidence")}
            line["cannot_judge"] = line["value"] == CANNOT_JUDGE
            found[c.id] = line | ({"value": None} if line["cannot_judge"] else {})
        return found


def sheet_form(rubric: Rubric, sheet: ScoreSheet | None) -> SheetForm:
    """The form of a rubric, filled from what is stored; names are "<criterion>.value", ".reason", ".note"."""
    fields: dict[str, Any] = {}
    places = [("", "–"), *((name, label(f"evidence_{name}")) for name in EVIDENCE)]
    for c in rubric.criteria:
        scale = [(value, str(value)) for value in range(c.low, c.high + 1)]
        levels = choices_of([*scale, (CANNOT_JUDGE, label("cannot_judge_short"))])
        fields[f"{c.id}.value"] = RadioField(
            _l("Level"), coerce=level_of, choices=levels, validate_choice=False
        )
        fields[f"{c.id}.reason"] = TextAreaField(_l("Your reason"))
        fields[f"{c.id}.note"] = TextAreaField(_l("Private note"))
        fields[f"{c.id}.evidence"] = SelectField(
            _l("Where the project shows it"), choices=choices_of(places), validate_choice=False
        )
    made: type[SheetForm] = type("RubricForm", (SheetForm,), fields)
    return made(data={"version": sheet.version if sheet else 0, **stored_values(sheet)})


def stored_values(sheet: ScoreSheet | None) -> Mapping[str, Any]:
    """The stored answers under the names of the form's fields."""
    found: dict[str, Any] = {}
    for line in sheet.lines if sheet else ():
        found[f"{line.criterion}.value"] = CANNOT_JUDGE if line.cannot_judge else line.value
        found[f"{line.criterion}.reason"] = line.reason
        found[f"{line.criterion}.note"] = line.private_note
        found[f"{line.criterion}.evidence"] = line.evidence
    return found


class ConfirmForm(Form):
    """Nothing but the token and, where a text was read before, its version."""

    version = HiddenField()


class DecisionForm(Form):
    """The commission's decision on a project."""

    outcome = RadioField(_l("Decision of the commission"), validate_choice=False)
    reason = TextAreaField(_l("Reason of the commission"))


class PublicationForm(Form):
    """The minutes that the decisions stand in."""

    minutes = StringField(_l("Number and date of the minutes"))


class FinalForm(Form):
    """The act or minutes that confirm the list."""

    minutes = StringField(_l("Number and date of the act that confirms the list"))
