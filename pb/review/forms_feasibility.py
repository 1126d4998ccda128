"""Forms of opinions, answers to notes, and cost cards. The commands enforce every rule."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from pb.review.commands_feasibility import CHANNELS, VERDICTS
from pb.review.showing_feasibility import department_words
from pb.web.forms import Form, MoneyField, choices_of
from pb.web.wording import label

CHANGES = 3  # rows for agreed changes on a card


class AskForm(Form):
    """Whom to ask, and what."""

    department = RadioField(_l("Whom to ask"), validate_choice=False)
    question = TextAreaField(_l("Question"))


def ask_form(departments: list[str]) -> AskForm:
    """The form with the departments that can be asked."""
    form = AskForm()
    form.department.choices = choices_of((name, department_words(name)) for name in departments)
    return form


class OpinionForm(Form):
    """The answer of a department."""

    verdict = RadioField(_l("Opinion"), validate_choice=False)
    words = TextAreaField(_l("Reasons"))
    document = StringField(_l("Number and date of the letter"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.verdict.choices = choices_of((name, label(f"opinion_{name}")) for name in VERDICTS)


def answers_form(notes: list[dict[str, Any]]) -> Form:
    """A text for each note: "answer_<note>"."""
    fields: dict[str, Any] = {
        f"answer_{row['name']}": TextAreaField(_l("Your answer"), default=row["answer"]) for row in notes
    }
    made: type[Form] = type("AnswersForm", (Form,), fields)
    return made()


class CardForm(Form):
    """The estimate of the office."""

    estimate = MoneyField(_l("Estimate of the office"))
    running = MoneyField(_l("Upkeep in a year"))
    ground = TextAreaField(_l("What the estimate rests on"))

    def changes(self) -> list[dict[str, Any]]:
        """What was agreed: the rows that are not empty."""
        found = []
        for n in range(CHANGES):
            row = {
                "words": self[f"change_{n}_words"].data or "",
                "on": self[f"change_{n}_on"].data,
                "channel": self[f"change_{n}_channel"].data,
            }
            if row["words"].strip() or row["on"]:
                found.append(row)
        return found


def card_form(estimate_tetri: int, running_tetri: int | None) -> CardForm:
    """The form, with the present figures in it."""
    fields: dict[str, Any] = {}
    channels = [("", "–"), *((name, label(f"channel_{name}")) for name in CHANNELS)]
    for n in range(CHANGES):
        fields[f"change_{n}_words"] = StringField(_l("Agreed change %(n)s", n=n + 1))
        fields[f"change_{n}_on"] = DateField(_l("Agreed on"), [Optional()])
        fields[f"change_{n}_channel"] = SelectField(
            _l("How it was agreed"), choices=choices_of(channels), validate_choice=False
        )
    made: type[CardForm] = type("ChangesCardForm", (CardForm,), fields)
    return made(data={"estimate": estimate_tetri, "running": running_tetri})


class CostAnswerForm(Form):
    """The author's word on the estimate."""

    accepts = RadioField(_l("Your answer"), validate_choice=False)
    words = TextAreaField(_l("Why you do not agree"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.accepts.choices = choices_of((name, label(f"cost_answer_{name}")) for name in ("yes", "no"))

    @property
    def answer(self) -> bool | None:
        """Yes, no, or nothing chosen."""
        return {"yes": True, "no": False}.get(self.accepts.data or "")
