"""Sessions and their lists, on both databases: seats, the queue, attendance, messages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from pb.accounts.models import Account
from pb.accounts.personal import keyed_hash, unseal
from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Missing, Problems, Refused
from pb.db import db
from pb.messages.models import OutgoingMessage
from pb.policy import NOBODY, Role
from pb.training import commands, commands_sessions, queries
from pb.training.models import SignUp
from pb.training.reminding import remind_due
from tests.factories import make_staff, make_town, make_world
from tests.ideas.making import author
from tests.ideas.test_races import at_once
from tests.training.making import EVENING, SUMMER, announced, attended, comes, fields, the_session


def states(session_id: int) -> list[str]:
    db.session.rollback()
    return [row.state for row in queries.sign_ups(session_id)]


def texts(kind: str) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(OutgoingMessage.kind == kind)) or 0


def test_seats_the_queue_and_moving_up(app: Flask) -> None:
    world = make_world(app)
    session = announced(world)
    first, second, third, fourth = (author() for _ in range(4))
    for person in (first, second, third, fourth):
        comes(session, person)
    comes(session, third)  # twice is one act
    assert states(session) == ["seat", "seat", "waiting", "waiting"]
    assert (texts("training_booked"), texts("training_waiting")) == (2, 2)
    commands.cancel_sign_up(session_id=session, actor=first, now=SUMMER)
    commands.cancel_sign_up(session_id=session, actor=first, now=SUMMER)
    assert states(session) == ["seat", "seat", "waiting"]
    assert texts("training_moved_up") == 1
    own = queries.own_sign_up(session, third.account_id)
    assert own is not None
    assert own.seat == 1, "the first who waited has the seat that became free"
    comes(session, first, now=SUMMER + timedelta(hours=1))  # at the end of the queue now
    waiting = [row.account_id for row in queries.sign_ups(session) if row.seat is None]
    assert waiting == [fourth.account_id, first.account_id]


def test_more_seats_go_to_those_who_wait_and_taken_ones_stay(app: Flask) -> None:
    world = make_world(app)
    secretary, session = world.actor(Role.SECRETARY), announced(world, seats=3)
    people = [author() for _ in range(5)]
    for person in people:
        comes(session, person)
    values = {"cycle_id": world.cycle.id, "session_id": session, "actor": secretary, "now": SUMMER}
    commands_sessions.save_session(fields=fields(seats=4), **values)  # type: ignore[arg-type]
    assert states(session).count("seat") == 4
    with pytest.raises(Invalid, match="seats_are_taken"):
        commands_sessions.save_session(fields=fields(seats=3), **values)  # type: ignore[arg-type]
    commands.cancel_sign_up(session_id=session, actor=people[4], now=SUMMER)  # leaves the queue
    commands.cancel_sign_up(session_id=session, actor=people[0], now=SUMMER)
    commands_sessions.save_session(fields=fields(seats=3), **values)  # type: ignore[arg-type]
    assert sorted(row.seat or 0 for row in queries.sign_ups(session)) == [1, 2, 3]


@pytest.mark.postgres
def test_no_race_gives_away_more_seats_than_there_are(app: Flask) -> None:
    world = make_world(app)
    session = announced(world, seats=3)
    people = [author() for _ in range(12)]
    db.session.rollback()
    found = at_once(app, [lambda p=p: comes(session, p) for p in people])  # type: ignore[misc]
    assert all(isinstance(line, int) for line in found), found
    assert sorted(states(session)) == ["seat"] * 3 + ["waiting"] * 9
    seated = [row.account_id for row in queries.sign_ups(session) if row.seat is not None]
    leaving = [p for p in people if p.account_id in seated]
    db.session.rollback()
    at_once(
        app,
        [
            lambda p=p: commands.cancel_sign_up(session_id=session, actor=p, now=SUMMER)  # type: ignore[misc]
            for p in leaving
        ],
    )
    assert sorted(states(session)) == ["seat"] * 3 + ["waiting"] * 6
    assert texts("training_moved_up") == 3


@pytest.mark.postgres
def test_a_double_tap_is_one_seat(app: Flask) -> None:
    world = make_world(app)
    session, person = announced(world), author()
    db.session.rollback()
    at_once(app, [lambda: comes(session, person)] * 4)
    assert states(session) == ["seat"]


def test_the_operator_writes_down_the_same_person_once(app: Flask) -> None:
    world = make_world(app)
    operator, session, nino = world.actor(Role.OPERATOR), announced(world), author()
    account = db.session.get(Account, nino.account_id)
    assert account is not None
    phone = unseal(account.phone_sealed)
    line = commands.sign_up_for(
        session_id=session, first_name="ნინო", surname="სანიმუშო", phone=phone, actor=operator, now=SUMMER
    )
    assert comes(session, nino) == line
    unknown = commands.sign_up_for(
        session_id=session, first_name="გელა", surname="სანიმუშო", phone="555 98 76 54", actor=operator,
        now=SUMMER,
    )  # fmt: skip
    without = [
        commands.sign_up_for(
            session_id=session, first_name="ეკა", surname="სანიმუშო", phone="", actor=operator, now=SUMMER
        )
        for _ in range(2)
    ]
    assert states(session) == ["seat", "seat", "waiting", "waiting"]
    assert texts("training_booked") == 2, "a number without an account gets its message too"
    assert texts("training_waiting") == 0, "nobody to send it to"
    row = db.session.get(SignUp, unknown)
    assert row is not None
    assert row.person_hash == keyed_hash("phone", "+995555987654")
    other = make_staff(world.town, Role.OPERATOR)
    from pb.accounts.queries import actor_by_id

    with pytest.raises(Missing):
        commands.cancel_for(
            session_id=session, sign_up_id=without[0], actor=actor_by_id(other.id), now=SUMMER
        )
    commands.cancel_for(session_id=session, sign_up_id=unknown, actor=operator, now=SUMMER)
    assert states(session) == ["seat", "seat", "waiting"]


def test_what_a_session_must_have(app: Flask) -> None:
    world = make_world(app)
    secretary = world.actor(Role.SECRETARY)

    def codes(**changes: object) -> dict[str, str]:
        with pytest.raises(Problems) as found:
            announced(world, **changes)  # type: ignore[arg-type]
        return {problem.field or "": problem.code for problem in found.value.problems}

    assert codes(topic={"ka": " ", "en": "x"}) == {"topic_ka": "required"}
    assert codes(place={"ka": "", "en": ""}) == {"place_ka": "place_or_link"}
    assert codes(link="http://meet.example.org/1") == {"link": "not_a_link"}
    assert codes(begins_at=SUMMER) == {"begins_at": "begins_in_past"}
    assert codes(begins_at=None, minutes=5, seats=0) == {
        "begins_at": "required", "minutes": "out_of_range", "seats": "out_of_range",
    }  # fmt: skip
    foreign = make_staff(make_town("khoni"), Role.MENTOR)
    assert codes(trainer_id=foreign.id) == {"trainer_id": "not_a_choice"}
    session = announced(world, place={"ka": "", "en": ""}, link="https://meet.example.org/1")
    for role in (Role.OFFICER, Role.OPERATOR, Role.MENTOR):
        with pytest.raises(Refused):
            commands_sessions.save_session(
                cycle_id=world.cycle.id, session_id=None, fields=fields(), actor=world.actor(role), now=SUMMER
            )
    values = {"cycle_id": world.cycle.id, "session_id": session, "actor": secretary, "now": SUMMER}
    with pytest.raises(Invalid, match="changed_meanwhile"):
        commands_sessions.save_session(fields=fields(), version=7, **values)  # type: ignore[arg-type]


def test_who_comes_is_told_of_another_place_and_of_the_end(app: Flask) -> None:
    world = make_world(app)
    secretary, session = world.actor(Role.SECRETARY), announced(world)
    for _ in range(3):
        comes(session)
    values = {"cycle_id": world.cycle.id, "session_id": session, "actor": secretary, "now": SUMMER}
    commands_sessions.save_session(fields=fields(agenda={"ka": "სხვა", "en": ""}), **values)  # type: ignore[arg-type]
    assert texts("training_changed") == 0
    commands_sessions.save_session(fields=fields(place={"ka": "სკოლა", "en": ""}), **values)  # type: ignore[arg-type]
    assert texts("training_changed") == 3
    with pytest.raises(Invalid, match="too_short"):
        commands_sessions.cancel_session(session_id=session, reason="-", actor=secretary, now=SUMMER)
    for _ in range(2):
        commands_sessions.cancel_session(
            session_id=session, reason="ტრენერი ავად არის.", actor=secretary, now=SUMMER
        )
    assert texts("training_cancelled") == 3
    with pytest.raises(Closed, match="training_cancelled"):
        comes(session)


def test_the_day_before_everybody_with_a_seat_is_reminded_once(app: Flask) -> None:
    world = make_world(app)
    session = announced(world)
    for _ in range(3):
        comes(session)
    early = EVENING - timedelta(days=1, hours=10)  # 8:00 in Tbilisi of the day before
    assert remind_due(now=EVENING - timedelta(days=2)) == 0
    assert remind_due(now=early) == 0, "nobody is woken"
    assert remind_due(now=early + timedelta(hours=1)) == 2
    assert remind_due(now=early + timedelta(hours=2)) == 0
    assert texts("training_reminder") == 2
    assert the_session(session).reminded_at is not None


def test_attendance_and_the_certificate_code(app: Flask) -> None:
    world = make_world(app)
    session = announced(world, trainer_id=world.staff[Role.MENTOR].id)
    nino = author()
    line = comes(session, nino)
    trainer = world.actor(Role.MENTOR)
    mark = {"session_id": session, "sign_up_id": line}
    with pytest.raises(Closed, match="training_not_begun"):
        commands.mark_attendance(attended=True, actor=trainer, now=EVENING - timedelta(hours=2), **mark)
    with pytest.raises(Refused):
        commands.mark_attendance(attended=True, actor=world.actor(Role.OPERATOR), now=EVENING, **mark)
    commands.mark_attendance(attended=True, actor=trainer, now=EVENING, **mark)
    commands.mark_attendance(attended=True, actor=trainer, now=EVENING, **mark)
    row = queries.sign_up_in_session(session, line)
    assert row is not None
    assert row.certificate is not None
    code = row.certificate
    assert queries.by_certificate(world.cycle.id, code) is not None
    assert queries.attended_any(world.cycle.id, [nino.account_id or 0])
    assert not queries.attended_any(world.cycle.id, [author().account_id or 0])
    commands.mark_attendance(attended=None, actor=trainer, now=EVENING, **mark)
    assert queries.by_certificate(world.cycle.id, code) is None, "good as long as the mark"
    assert not queries.attended_any(world.cycle.id, [nino.account_id or 0])
    commands.mark_attendance(attended=True, actor=trainer, now=EVENING, **mark)
    row = queries.sign_up_in_session(session, line)
    assert row is not None
    assert row.certificate == code
    marks = db.session.scalars(select(Event.data).where(Event.kind == "AttendanceMarked")).all()
    assert [data["attended"] for data in marks] == [True, None, True]
    assert "სანიმუშო" not in str(db.session.scalars(select(Event.data)).all())


def test_another_trainer_sees_nobody(app: Flask) -> None:
    world = make_world(app)
    session = announced(world, trainer_id=world.staff[Role.ADMINISTRATOR].id)
    line = comes(session)
    for actor in (world.actor(Role.MENTOR), NOBODY):
        with pytest.raises(Refused):
            commands.mark_attendance(
                session_id=session, sign_up_id=line, attended=True, actor=actor, now=EVENING
            )


def test_somebody_who_was_not_on_the_list_came(app: Flask) -> None:
    world = make_world(app)
    session, nino = announced(world), author()
    account = db.session.get(Account, nino.account_id)
    assert account is not None
    phone = unseal(account.phone_sealed)
    values = {"session_id": session, "first_name": "ნინო", "surname": "სანიმუშო", "phone": phone}
    secretary = world.actor(Role.SECRETARY)
    with pytest.raises(Closed):
        commands.note_walk_in(actor=secretary, now=SUMMER, **values)
    line = commands.note_walk_in(actor=secretary, now=EVENING, **values)
    assert commands.note_walk_in(actor=secretary, now=EVENING, **values) == line
    assert queries.attended_any(world.cycle.id, [nino.account_id or 0])


def test_nothing_moves_once_it_has_begun(app: Flask) -> None:
    world = make_world(app)
    session, nino = announced(world), author()
    comes(session, nino)
    for act in (
        lambda: comes(session, now=EVENING),
        lambda: commands.cancel_sign_up(session_id=session, actor=nino, now=EVENING),
        lambda: commands_sessions.cancel_session(
            session_id=session, reason="ვერ შედგა, ვწუხვართ.", actor=world.actor(Role.SECRETARY), now=EVENING
        ),
    ):
        with pytest.raises(Closed, match="training_over"):
            act()


def test_attendance_counts_in_its_own_cycle_alone(app: Flask) -> None:
    world = make_world(app)
    nino = author()
    attended(world, nino)
    assert queries.attended_any(world.cycle.id, [nino.account_id or 0])
    assert not queries.attended_any(world.cycle.id + 1, [nino.account_id or 0])
