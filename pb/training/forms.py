"""Forms of trainings, lessons and mentors. Limits are the commands'."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    HiddenField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import InputRequired, Optional

from pb.core.rulebook import Rubric
from pb.core.whole import whole_number
from pb.cycles.fields import MomentField
from pb.ideas.content import language_of
from pb.training.commands_mentors import FIELDS
from pb.training.content import Lesson
from pb.web.filters import words
from pb.web.forms import Form, choices_of
from pb.web.wording import language

_FILL = _l("Please fill this in.")
TEXTS = ("topic", "agenda", "place")


def _whole_or_none(value: Any) -> int | None:
    return whole_number(str(value)) if value not in (None, "") else None


def people(first: str, rows: Iterable[tuple[int, str]]) -> list[SelectChoice]:
    """Choices of people, after an empty one; their names are marked with the language that they are written in."""
    return [
        SelectChoice("", first),
        *(SelectChoice(n, name, {"lang": language_of(name, language())}) for n, name in rows),
    ]


class SessionForm(Form):
    """A training: announced, or changed."""

    version = HiddenField()
    topic_ka = StringField(_l("Topic in Georgian"))
    topic_en = StringField(_l("Topic in English"), [Optional()])
    begins_at = MomentField(_l("Begins"))
    minutes = IntegerField(_l("How long it takes, in minutes"), [InputRequired(_FILL)], default=120)
    place_ka = StringField(_l("Place in Georgian"), [Optional()])
    place_en = StringField(_l("Place in English"), [Optional()])
    link = StringField(_l("Link for taking part from afar"), [Optional()])
    seats = IntegerField(_l("Seats"), [InputRequired(_FILL)], default=25)
    trainer_id = SelectField(_l("Trainer"), coerce=_whole_or_none, validate_choice=False)
    agenda_ka = TextAreaField(_l("Agenda in Georgian"), [Optional()])
    agenda_en = TextAreaField(_l("Agenda in English"), [Optional()])

    def values(self) -> dict[str, Any]:
        """What the command takes."""
        texts = {name: {lang: self[f"{name}_{lang}"].data or "" for lang in ("ka", "en")} for name in TEXTS}
        return {
            **texts,
            "link": self.link.data or "",
            "begins_at": self.begins_at.data,
            "minutes": self.minutes.data,
            "seats": self.seats.data,
            "trainer_id": self.trainer_id.data,
        }


class CancelForm(Form):
    """A training that does not take place."""

    reason = TextAreaField(_l("Why it does not take place; everybody can read this"), [InputRequired(_FILL)])


class MaterialsForm(Form):
    """Papers of a training."""

    document = MultipleFileField(_l("Documents"), render_kw={"accept": "application/pdf"})


class NameForm(Form):
    """Whoever signs up."""

    first_name = StringField(_l("First name"), render_kw={"autocomplete": "given-name"})
    surname = StringField(_l("Surname"), render_kw={"autocomplete": "family-name"})


class PersonForm(Form):
    """Somebody whom an operator or a trainer writes down."""

    first_name = StringField(_l("First name"))
    surname = StringField(_l("Surname"))
    phone = StringField(_l("Mobile number"), [Optional()])


class CodeForm(Form):
    """The check code of a certificate."""

    code = StringField(_l("Check code"))


class AskForm(Form):
    """What an author asks the mentor."""

    field = SelectField(_l("What is it about?"), validate_choice=False)
    question = TextAreaField(_l("Your question"))


class AnswerForm(Form):
    """What a mentor answers."""

    answer = TextAreaField(_l("Your answer"))


class MentorForm(Form):
    """Whom a project gets as its mentor."""

    mentor_id = SelectField(_l("Mentor"), coerce=_whole_or_none, validate_choice=False)


class SureForm(Form):
    """Nothing but the token: one more question before something is done."""


def _remarks_form() -> type[Form]:
    fields: dict[str, Any] = {f"remark_{name}": TextAreaField(_l("Your remark")) for name in FIELDS}
    return type("RemarksForm", (Form,), fields)


RemarksForm = _remarks_form()


@lru_cache(maxsize=64)
def quiz_form(lesson: Lesson) -> type[Form]:
    """A question a field: q0, q1 …; options are their positions."""
    fields = {
        f"q{n}": RadioField(
            question.text, choices=choices_of((str(k), text) for k, text in enumerate(question.options)),
            validate_choice=False,
        )
        for n, question in enumerate(lesson.questions)
    }  # fmt: skip
    return type("QuizForm", (Form,), fields)


def assess_form(rubric: Rubric) -> type[Form]:
    """A field for each scored criterion, called by its id; options are the levels with their words."""
    fields: dict[str, Any] = {
        criterion.id: RadioField(
            words(criterion.name),
            choices=choices_of(
                (str(criterion.low + k), f"{criterion.low + k} – {words(level)}")
                for k, level in enumerate(criterion.levels)
            ),
            validate_choice=False,
        )
        for criterion in rubric.scored
    }
    return type("AssessForm", (Form,), fields)
