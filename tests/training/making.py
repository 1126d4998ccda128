"""Trainings, people on their lists and mentored projects, for the tests of this feature."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pb.accounts.models import RoleGrant
from pb.db import db, writing
from pb.policy import Actor, Role
from pb.projects.models import Project
from pb.training import commands, commands_mentors, commands_sessions
from pb.training.models import TrainingSession
from tests.factories import EARLY, World
from tests.ideas.making import author
from tests.projects.making import DEVELOPMENT, written

EVENING = datetime(2026, 7, 24, 14, 0, tzinfo=UTC)  # 18:00 in Tbilisi, a Friday
SUMMER = datetime(2026, 7, 10, 8, 0, tzinfo=UTC)


def fields(**changes: Any) -> dict[str, Any]:
    return {
        "topic": {"ka": "ხარჯთაღრიცხვის შედგენა", "en": "Making a cost estimate"},
        "agenda": {"ka": "18:00 – ფასები\n19:00 – ვარჯიში", "en": ""},
        "place": {"ka": "თერჯოლის კულტურის სახლი", "en": "Terjola house of culture"},
        "link": "",
        "begins_at": EVENING,
        "minutes": 120,
        "seats": 2,
        "trainer_id": None,
        **changes,
    }


def announced(world: World, now: datetime = SUMMER, **changes: Any) -> int:
    """A training with two seats on 24 July 2026, 18:00 in Tbilisi; gives its id."""
    return commands_sessions.save_session(
        cycle_id=world.cycle.id, session_id=None, fields=fields(**changes), actor=world.actor(Role.SECRETARY),
        now=now,
    )  # fmt: skip


def the_session(session_id: int) -> TrainingSession:
    row = db.session.get(TrainingSession, session_id, populate_existing=True)
    assert row is not None
    return row


def comes(session_id: int, actor: Actor | None = None, now: datetime = SUMMER, name: str = "ნინო") -> int:
    """Somebody (a new citizen by default) signs up; gives the line's id."""
    return commands.sign_up(
        session_id=session_id, first_name=name, surname="სანიმუშო", actor=actor or author(), now=now
    )


def attended(world: World, actor: Actor, session_id: int | None = None) -> int:
    """Somebody signed up and was there; gives the line's id."""
    session_id = session_id or announced(world, seats=50)
    line = comes(session_id, actor)
    commands.mark_attendance(
        session_id=session_id, sign_up_id=line, attended=True, actor=world.actor(Role.SECRETARY), now=EVENING
    )
    return line


def mentored(world: World, actor: Actor, mentor: Actor | None = None) -> Project:
    """A written project of ``actor`` that got the world's mentor on 20 July (DEVELOPMENT)."""
    project = written(world, actor)
    assert (mentor or world.actor(Role.MENTOR)).account_id is not None
    commands_mentors.assign_mentor(
        project_id=project.id, mentor_id=(mentor or world.actor(Role.MENTOR)).account_id or 0,
        actor=world.actor(Role.ADMINISTRATOR), now=DEVELOPMENT,
    )  # fmt: skip
    return project


def becomes_mentor(world: World, account_id: int) -> None:
    """Give an account the role of trainer and mentor besides its own."""
    with writing() as session:
        session.add(
            RoleGrant(account_id=account_id, town_id=world.town.id, role=Role.MENTOR.value, granted_at=EARLY)
        )


LATER = timedelta(days=1)
