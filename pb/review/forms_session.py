"""Forms of the commission's sessions. The commands enforce every rule."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, StringField, TextAreaField

from pb.core.rubrics import Rubric
from pb.cycles.fields import MomentField
from pb.cycles.queries import Here
from pb.review.deciding import OUTCOMES
from pb.review.forms_commission import level_of
from pb.review.showing_ranking import outcome_words
from pb.web.forms import Form, choices_of
from pb.web.wording import label


class SessionForm(Form):
    """When and where."""

    day = MomentField(_l("Day and hour"))
    place = StringField(_l("Place"))


class TitleForm(Form):
    """Another question for the agenda."""

    title = StringField(_l("Another question"))


class QuestionForm(Form):
    """What is put to the vote."""

    effect = RadioField(_l("What is put to the vote?"), validate_choice=False)
    outcome = RadioField(_l("Decision"), validate_choice=False)
    reason = TextAreaField(_l("Reason of the commission"))
    words = TextAreaField(_l("The question in words"))


def question_form(here: Here, is_project: bool, proposal: str | None, reconciled: bool) -> QuestionForm:
    """The form for the item that is on: a decision on a project (``proposal``: what the ranking proposes), following
    the ranking on another item, or any question in words.
    """
    effects = []
    if reconciled:
        effects = [("decide", label("effect_decide"))] if is_project else [("follow", label("effect_follow"))]
    effects.append(("none", label("effect_none")))
    form = QuestionForm(data={"effect": effects[0][0], "outcome": proposal})
    form.effect.choices = choices_of(effects)
    form.outcome.choices = choices_of((code, outcome_words(here, code)) for code in OUTCOMES)
    return form


class OpinionForm(Form):
    """A minority opinion."""

    words = TextAreaField(_l("Your minority opinion"))


class MinutesForm(Form):
    """The number in the register, and what the secretary adds."""

    number = StringField(_l("Number of the minutes in the register"))
    remarks = TextAreaField(_l("What the secretary adds"))


class ScanForm(Form):
    """The signed paper."""

    document = FileField(_l("Signed minutes, scanned (PDF)"), [FileRequired()])


class SecondSheetForm(Form):
    """Base of second sheets; each rubric makes its own with ``second_sheet_form``."""

    why = TextAreaField(_l("Why does your second sheet differ from the first?"))

    def lines(self, rubric: Rubric) -> dict[str, dict[str, Any]]:
        """What was typed, for the command."""
        return {
            c.id: {"value": self[f"{c.id}.value"].data, "reason": self[f"{c.id}.reason"].data}
            for c in rubric.criteria
        }


def second_sheet_form(rubric: Rubric, stored: dict[str, Any]) -> SecondSheetForm:
    """The form of a rubric, filled from the first sheet: names are "<criterion>.value" and ".reason"."""
    fields: dict[str, Any] = {}
    for c in rubric.criteria:
        levels = choices_of((value, str(value)) for value in range(c.low, c.high + 1))
        fields[f"{c.id}.value"] = RadioField(
            _l("Level"), coerce=level_of, choices=levels, validate_choice=False
        )
        fields[f"{c.id}.reason"] = TextAreaField(_l("Your reason"))
    made: type[SecondSheetForm] = type("SecondRubricForm", (SecondSheetForm,), fields)
    return made(data=stored)
