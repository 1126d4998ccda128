"""Answering a lesson's quiz; the own progress is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from pb.audit.log import record
from pb.core.errors import Missing
from pb.cycles.queries import here_by_id
from pb.db import command, db
from pb.policy import Action, Actor, authorise
from pb.training import content
from pb.training.events import LessonAnswered
from pb.training.models_mentors import LessonResult
from pb.training.queries_mentors import results_of


@command
def answer_quiz(
    *, cycle_id: int, lesson_id: str, answers: Sequence[int | None], actor: Actor, now: datetime
) -> int:
    """Keep the answers to a lesson's quiz; gives how many are right. All right: the lesson is passed, for good.

    ``answers``: the number of the chosen option for each question, from 0. The same answers twice are one act. Writes
    LessonAnswered. Raises Missing, Refused, Problems (content.right_answers).
    """
    here = here_by_id(cycle_id, now=now)
    authorise(actor, Action.TAKE_QUIZ, town_id=here.town.id, status=here.status)
    assert actor.account_id is not None
    try:
        lesson = content.lesson(lesson_id, "ka")
    except KeyError:
        raise Missing("no_such_page") from None
    right = content.right_answers(lesson, answers)
    kept = [answer for answer in answers if answer is not None]
    row = results_of(actor.account_id).get(lesson_id)
    if row is not None and (row.answers, row.version) == (kept, lesson.version):
        return right
    if row is None:
        row = LessonResult(account_id=actor.account_id, lesson=lesson_id)
    row.version, row.answers, row.at = lesson.version, kept, now
    row.right_answers, row.questions = right, len(lesson.questions)
    passed = right == len(lesson.questions)
    if passed and row.passed_at is None:
        row.passed_at = now
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError:  # the same form sent twice at once: the other one kept it
        db.session.rollback()
        return right
    record(
        LessonAnswered(lesson_id, lesson.version, passed), subject_id=None, by=actor, at=now,
        town_id=here.town.id, cycle_id=cycle_id,
    )  # fmt: skip
    return right
