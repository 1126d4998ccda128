"""Demonstration: a past training with its attendance, one to come with a waiting list, a mentor with remarks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from pb.accounts.queries import actor_by_id
from pb.cycles.queries import here_by_id
from pb.db import db
from pb.policy import Actor
from pb.projects.models import Project
from pb.site.seed_towns import add_citizen, at
from pb.training import commands, commands_mentors, commands_sessions
from pb.training.commands_lessons import answer_quiz
from pb.training.content import LESSONS, lesson
from pb.training.queries_mentors import remarks_of

NAMES = (
    ("ნანა", "სანიმუშო"), ("გიორგი", "მაგალითაძე"), ("თეა", "ნიმუშაძე"), ("ლევან", "სანიმუშო"),
    ("მზია", "მაგალითაძე"), ("დათო", "ნიმუშაძე"), ("ქეთი", "სანიმუშო"), ("ზაზა", "მაგალითაძე"),
)  # fmt: skip
AGENDA = (
    "18:00 – რით იწყება პროექტი: პრობლემა და მოსარგებლეები\n18:40 – ხარჯთაღრიცხვა და ფასების წყარო (ვარჯიში)\n"
    "19:20 – როგორ აფასებს კომისია\n19:45 – კითხვები"
)


def _session(cycle_id: int, secretary: Actor, now: Any, **fields: Any) -> int:
    return commands_sessions.save_session(
        cycle_id=cycle_id, session_id=None, actor=secretary, now=now,
        fields={"agenda": {"ka": AGENDA, "en": ""}, "link": "", "minutes": 120, **fields},
    )  # fmt: skip


def seed_past(cycle_id: int, staff: dict[str, Actor]) -> None:
    """Terjola, 17 July: eight people on the list, six of whom came, and one who had not signed up."""
    mentor, now = staff["tj_mentor"], at(2026, 7, 6, 11)
    session = _session(
        cycle_id, staff["tj_secretary"], now,
        topic={"ka": "პროექტის წერის საფუძვლები", "en": "The basics of writing a project"},
        place={"ka": "თერჯოლის კულტურის სახლი, მცირე დარბაზი", "en": "Terjola house of culture, small hall"},
        begins_at=at(2026, 7, 17, 18), seats=20, trainer_id=mentor.account_id,
    )  # fmt: skip
    lines = _sign_up(session, NAMES, "5550009", now)
    begun = at(2026, 7, 17, 18, 10)
    for n, line in enumerate(lines):
        commands.mark_attendance(
            session_id=session, sign_up_id=line, attended=n not in (3, 6), actor=mentor, now=begun
        )
    commands.note_walk_in(
        session_id=session, first_name="ვაჟა", surname="სანიმუშო", phone="", actor=mentor, now=begun
    )


def _sign_up(session: int, names: tuple[tuple[str, str], ...], mobiles: str, now: Any) -> list[int]:
    found = []
    for n, (first, surname) in enumerate(names):
        moment = now + timedelta(hours=7 * n + 1)
        person = add_citizen(name=f"{first} {surname}", mobile=f"{mobiles}{n:02d}", now=moment)
        found.append(
            commands.sign_up(
                session_id=session, first_name=first, surname=surname, actor=actor_by_id(person), now=moment
            )
        )
    return found


def seed_to_come(cycle_id: int, staff: dict[str, Actor]) -> None:
    """Khoni, 24 October: six seats, six people with one and two who wait."""
    now = at(2026, 10, 5, 11)
    session = _session(
        cycle_id, staff["kh_admin1"], now,
        topic={"ka": "იდეიდან პროექტამდე", "en": "From an idea to a project"},
        place={"ka": "ხონის საჯარო ბიბლიოთეკა", "en": "Khoni public library"},
        begins_at=at(2026, 10, 24, 15), seats=6, trainer_id=staff["kh_mentor"].account_id,
    )  # fmt: skip
    _sign_up(session, NAMES, "5550008", now)


def seed_mentor(cycle_id: int, project_id: int, author: Actor, staff: dict[str, Actor]) -> None:
    """A project of Terjola with its mentor: remarks, one of them done, a question with its answer; the own score."""
    mentor, assigned = staff["tj_mentor"], at(2026, 7, 8, 12)
    assert mentor.account_id is not None
    commands_mentors.assign_mentor(
        project_id=project_id, mentor_id=mentor.account_id, actor=staff["tj_secretary"], now=assigned
    )
    rubric = here_by_id(cycle_id, now=assigned).rules.rubric
    before = {c.id: 1 if n % 2 else 2 for n, c in enumerate(rubric.scored)}
    commands_mentors.assess(project_id=project_id, stage="before", levels=before, actor=author, now=assigned)
    commands_mentors.write_remarks(
        project_id=project_id,
        remarks={
            "problem": "დაწერეთ, რამდენი სანათი არ მუშაობს და როდის დათვალეთ: კომისია მტკიცებულებას ეძებს.",
            "budget": "ყოველ სტრიქონს ფასის წყარო მიუთითეთ; ელექტროქსელთან მიერთება გამორჩენილია.",
            "upkeep": "დენის წლიური ხარჯი დაითვალეთ: სანათების სიმძლავრე, საათები და ტარიფი.",
        },
        actor=mentor,
        now=at(2026, 7, 13, 16),
    )
    commands_mentors.mark_remark(
        remark_id=remarks_of(project_id)[0].id, done=True, actor=author, now=at(2026, 7, 15, 20)
    )
    asked = commands_mentors.ask_mentor(
        project_id=project_id, field="upkeep", actor=author, now=at(2026, 7, 16, 21),
        question="ვისგან უნდა ავიღოთ თანხმობა მოვლა-შენახვაზე?",
    )  # fmt: skip
    commands_mentors.answer_request(
        request_id=asked, actor=mentor, now=at(2026, 7, 21, 12),
        answer="მერიის კეთილმოწყობის სამსახურისგან, წერილობით. ნიმუში ტრენინგის მასალებშია.",
    )  # fmt: skip
    for lesson_id in LESSONS[:3]:
        answers = [question.right for question in lesson(lesson_id, "ka").questions]
        answer_quiz(
            cycle_id=cycle_id, lesson_id=lesson_id, answers=answers, actor=author, now=at(2026, 7, 18, 19)
        )


MENTORED = "p02"  # the lighting from the school to the bus station, of which the lessons speak


def meanwhile(cycle_id: int, staff: dict[str, Actor]) -> Callable[[str, int, bool], None]:
    """What happens to the mentored project between its invitation and its handing in (see seed_ideas)."""

    def act(key: str, project_id: int, written: bool) -> None:
        if key != MENTORED:
            return
        author = author_of(project_id)
        if not written:
            seed_mentor(cycle_id, project_id, author, staff)
            return
        now = at(2026, 8, 4, 20)
        rubric = here_by_id(cycle_id, now=now).rules.rubric
        after = {c.id: 4 if n % 2 == 0 else 3 for n, c in enumerate(rubric.scored)}
        commands_mentors.assess(project_id=project_id, stage="after", levels=after, actor=author, now=now)

    return act


def author_of(project_id: int) -> Actor:
    """The author of a project."""
    project = db.session.get(Project, project_id)
    assert project is not None
    return actor_by_id(min(project.author_ids))
