"""Forms of the commission's composition and of its calibration round. The commands enforce every rule."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from pb.accounts.queries import name_of
from pb.core.rubrics import Rubric
from pb.core.whole import whole_number
from pb.cycles.queries import Here
from pb.projects.models import Project
from pb.review.forms_commission import level_of
from pb.review.queries_seats import FUNCTIONS, REPRESENTS, who_can_be_seated
from pb.web.forms import Form, choices_of
from pb.web.wording import label


class SeatForm(Form):
    """Whom to seat, as what, by which act."""

    account = SelectField(_l("Person"), validate_choice=False)
    function = RadioField(_l("Seat"), validate_choice=False)
    represents = RadioField(_l("Group that the person stands for"), validate_choice=False)
    act_number = StringField(_l("Number of the act of appointment"))
    act_date = DateField(_l("Date of the act of appointment"), [Optional()])

    @property
    def account_id(self) -> int:
        """The account chosen; 0 when there is none."""
        return whole_number(self.account.data) or 0


def seat_form(here: Here) -> SeatForm:
    """The form with the people who can be seated."""
    form = SeatForm()
    people = [(str(account.id), name_of(account)) for account in who_can_be_seated(here)]
    form.account.choices = choices_of([("", label("choose_person")), *people])
    form.function.choices = choices_of((name, label(f"seat_{name}")) for name in FUNCTIONS)
    form.represents.choices = choices_of((name, label(f"side_{name}")) for name in REPRESENTS)
    return form


class ReasonForm(Form):
    """One reason: why a seat ends, why a substitute is called in."""

    reason = TextAreaField(_l("Reason"))


class CalibrationForm(Form):
    """The two projects of former years."""

    first = SelectField(_l("First project"), validate_choice=False)
    second = SelectField(_l("Second project"), validate_choice=False)

    def ids(self) -> tuple[int, int]:
        """What was chosen; 0 for nothing."""
        return whole_number(self.first.data) or 0, whole_number(self.second.data) or 0


def calibration_form(projects: list[Project]) -> CalibrationForm:
    """The form with the projects that can be chosen."""
    form = CalibrationForm()
    offered = [(str(p.id), f"{p.cycle.year} · {p.title}") for p in projects]
    form.first.choices = form.second.choices = choices_of([("", label("choose_project")), *offered])
    return form


class LevelsForm(Form):
    """Base of the sheets of the round; each rubric makes its own with ``levels_form``."""

    def levels(self, rubric: Rubric) -> dict[str, Any]:
        """What was chosen, by criterion."""
        return {c.id: self[f"{c.id}.value"].data for c in rubric.criteria}

    def reasons(self, rubric: Rubric) -> dict[str, str]:
        """What was written, by criterion."""
        return {c.id: self[f"{c.id}.reason"].data or "" for c in rubric.criteria}


def levels_form(rubric: Rubric) -> LevelsForm:
    """A level and a reason for each criterion; names are "<criterion>.value" and "<criterion>.reason"."""
    fields: dict[str, Any] = {}
    for c in rubric.criteria:
        levels = choices_of((value, str(value)) for value in range(c.low, c.high + 1))
        fields[f"{c.id}.value"] = RadioField(
            _l("Level"), coerce=level_of, choices=levels, validate_choice=False
        )
        fields[f"{c.id}.reason"] = TextAreaField(_l("Your reason"))
    made: type[LevelsForm] = type("RubricLevelsForm", (LevelsForm,), fields)
    return made()
