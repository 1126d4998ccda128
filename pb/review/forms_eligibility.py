"""Forms of the eligibility check. What each outcome needs, pb.review.checking says; the command holds it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from pb.core.rulebook import Rulebook
from pb.core.whole import whole_number
from pb.review.checking import NOTE_FIELDS, Finding
from pb.web.forms import Form, choices_of

MET, UNMET = "met", "unmet"
OUTCOMES = (
    ("eligible", _l("Admit")),
    ("returned", _l("Return for correction")),
    ("ineligible", _l("Do not admit")),
)
ANSWERS = ((MET, _l("Met")), (UNMET, _l("Not met")))


class ContactForm(Form):
    reason = StringField(_l("Why do you need the contact data?"))


class InviteAllForm(Form):
    """The ids that the officer saw on the confirmation are the ones that are invited."""

    ids = HiddenField()


class CheckForm(Form):
    """``check_form`` adds two fields for each criterion and one for each field of the idea."""

    revision = HiddenField()
    outcome = RadioField(
        _l("Outcome"),
        choices=choices_of(OUTCOMES),
        validators=[InputRequired(_l("Choose the outcome."))],
    )
    public_reason = TextAreaField(_l("Reason, public"))

    def findings(self, rules: Rulebook) -> dict[str, Finding]:
        """The answers by criterion."""
        answers = {MET: True, UNMET: False}
        return {
            check.id: Finding(
                answers.get(self[f"passed_{check.id}"].data), self[f"note_{check.id}"].data or ""
            )
            for check in rules.checklist
        }

    def notes(self) -> dict[str, str]:
        """The notes by field of the idea."""
        return {name: self[f"field_{name}"].data or "" for name in NOTE_FIELDS}

    @property
    def revision_number(self) -> int:
        """The number of the text that the officer read; 0 when the field was tampered with."""
        return whole_number(self.revision.data) or 0


def check_form(rules: Rulebook) -> type[CheckForm]:
    """The form for a rulebook's checklist: "passed_<criterion>", "note_<criterion>", "field_<field>"."""
    return _check_form(tuple(check.id for check in rules.checklist))


@lru_cache(maxsize=64)
def _check_form(checks: tuple[str, ...]) -> type[CheckForm]:
    fields: dict[str, Any] = {}
    for check_id in checks:
        fields[f"passed_{check_id}"] = RadioField(choices=choices_of(ANSWERS), validate_choice=False)
        fields[f"note_{check_id}"] = StringField(_l("Note to the author"), validators=[Optional()])
    for name in NOTE_FIELDS:
        fields[f"field_{name}"] = StringField(validators=[Optional()])
    return type("ChecklistForm", (CheckForm,), fields)
