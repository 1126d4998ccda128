"""The commission's seats, substitutes, who presides, and the calibration round, on both databases."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from pb.accounts.queries import actor_by_id
from pb.core.errors import Closed, Invalid, Problems, Refused
from pb.core.phases import Window
from pb.core.scoring import SMALLEST_QUORUM
from pb.cycles.queries import here_by_id
from pb.db import db, writing
from pb.policy import Role
from pb.review import commands_calibration, commands_seats, queries_calibration, queries_commission
from pb.review import queries_seats as seats
from pb.review.commands_decision import open_scores
from pb.review.models import ScoreSheet
from pb.review.panel_members import Panel
from pb.review.presiding import presiding
from tests.factories import calendar, make_cycle, make_staff, moment
from tests.review.commission_making import REVIEW, Commission, frozen_project

EARLY_REVIEW = moment(9, 8)


def appoint(c: Commission, account_id: int, function: str, **changes: object) -> int:
    values = {"represents": "expert", "act_number": "7", "act_date": date(2026, 8, 1), **changes}
    return commands_seats.appoint(
        cycle_id=c.world.cycle.id, account_id=account_id, function=function,
        actor=c.world.actor(Role.ADMINISTRATOR), now=REVIEW, **values,
    )  # fmt: skip


def test_a_seat_needs_its_act_and_gives_the_role(app: Flask) -> None:
    c = Commission(app, projects=1)
    person = make_staff(c.world.town, Role.OPERATOR).id
    with pytest.raises(Problems) as found:
        appoint(c, person, "member", act_number=" ", act_date=None)
    assert {p.field for p in found.value.problems} == {"act_number", "act_date"}
    with pytest.raises(Problems) as found:
        appoint(c, person, "member", act_date=date(2027, 1, 1))
    assert [p.code for p in found.value.problems] == ["act_in_future"]
    with pytest.raises(Problems) as found:
        appoint(c, c.world.citizen.id, "member")
    assert [p.code for p in found.value.problems] == ["not_staff"]
    with pytest.raises(Invalid, match="seat_taken"):
        appoint(c, person, "chair")
    appoint(c, person, "substitute")
    assert actor_by_id(person).has(c.world.town.id, Role.MEMBER)
    with pytest.raises(Invalid, match="seated_already"):
        appoint(c, person, "observer")


def test_a_seat_never_changes_and_an_ended_one_stays_ended(app: Flask) -> None:
    c = Commission(app, projects=1)
    member = c.accounts[0].id
    seat = seats.seat_of(c.world.cycle.id, member)
    assert seat is not None
    seat_id = seat.id
    for change in ("function = 'observer'", "account_id = 1", "act_number = '9'"):
        with pytest.raises(DBAPIError), writing() as session:
            session.execute(text(f"UPDATE commission_seat SET {change} WHERE id = {seat_id}"))
    commands_seats.end_seat(
        seat_id=seat_id, reason="თანამდებობა დატოვა", actor=c.world.actor(Role.ADMINISTRATOR), now=REVIEW
    )
    with pytest.raises(DBAPIError), writing() as session:
        session.execute(text(f"UPDATE commission_seat SET ended_at = NULL WHERE id = {seat_id}"))
    with pytest.raises(Refused, match="no_seat"):
        c.declare(actor_by_id(member), c.projects[0])
    db.session.rollback()


def test_only_who_has_a_seat_scores(app: Flask) -> None:
    """The role of the town opens pages; the seat of the cycle gives the vote."""
    c = Commission(app, projects=1)
    person = make_staff(c.world.town, Role.OPERATOR)
    appoint(c, person.id, "observer")
    with pytest.raises(Refused):
        c.declare(actor_by_id(person.id), c.projects[0])


def test_who_left_stays_in_the_base_of_what_was_scored_and_of_nothing_else(app: Flask) -> None:
    c = Commission(app, projects=2, members=4)
    leaver = c.members[1]
    c.submit(leaver, c.projects[0])
    seat = seats.seat_of(c.world.cycle.id, leaver.account_id)
    assert seat is not None
    commands_seats.end_seat(
        seat_id=seat.id, reason="თანამდებობა დატოვა", actor=c.world.actor(Role.ADMINISTRATOR), now=REVIEW
    )
    panel = queries_commission.panel_of(here_by_id(c.world.cycle.id, now=REVIEW))
    assert leaver.account_id in panel.active(c.projects[0].id)
    assert leaver.account_id not in panel.active(c.projects[1].id)


def test_a_substitute_steps_in_where_recusals_leave_fewer_than_three(app: Flask) -> None:
    c = Commission(app, projects=2, members=3)
    person = make_staff(c.world.town, Role.OPERATOR)
    appoint(c, person.id, "substitute")
    stand_in = actor_by_id(person.id)
    with pytest.raises(Refused, match="no_seat"):
        c.submit(stand_in, c.projects[0])
    c.declare(c.members[0], c.projects[0], "property")
    c.submit(stand_in, c.projects[0])
    with pytest.raises(Refused, match="no_seat"):
        c.submit(stand_in, c.projects[1])
    for actor in c.members[1:]:
        c.submit(actor, c.projects[0])
    for actor in c.members:
        c.submit(actor, c.projects[1])
    assert c.open() > 0  # the quorum of three is there


def test_the_chair_calls_a_substitute_in(app: Flask) -> None:
    c = Commission(app, projects=1, members=3)
    person = make_staff(c.world.town, Role.OPERATOR)
    seat_id = appoint(c, person.id, "substitute")
    with pytest.raises(Invalid, match="reason_too_short"):
        commands_seats.call_substitute(seat_id=seat_id, reason="ავად", actor=c.chair, now=REVIEW)
    for _twice in range(2):
        commands_seats.call_substitute(
            seat_id=seat_id, reason="წევრი ავად არის ოქტომბრამდე", actor=c.chair, now=REVIEW
        )
    c.submit(actor_by_id(person.id), c.projects[0])
    panel = queries_commission.panel_of(here_by_id(c.world.cycle.id, now=REVIEW))
    assert len(panel.active(c.projects[0].id)) == 4


def test_the_vice_chair_presides_by_rule(app: Flask) -> None:
    c = Commission(app, projects=2, members=4)
    vice = actor_by_id(make_staff(c.world.town, Role.CHAIR).id)
    here = here_by_id(c.world.cycle.id, now=REVIEW)
    first, second = (project.id for project in c.projects)
    assert presiding(here).by(c.chair.account_id, first)
    assert not presiding(here).by(vice.account_id, first)
    c.declare(c.chair, c.projects[0], "employment")
    assert presiding(here).by(vice.account_id, first)
    assert not presiding(here).by(c.chair.account_id, first)
    assert presiding(here).by(c.chair.account_id, second)
    assert presiding(here).by(c.chair.account_id)
    assert not presiding(here).by(vice.account_id)
    for project in c.projects:
        for actor in (*c.members, vice):
            if (actor, project) != (c.chair, c.projects[0]):
                c.submit(actor, project)
    with pytest.raises(Refused, match="not_presiding"):
        open_scores(cycle_id=c.world.cycle.id, actor=vice, now=REVIEW)
    seat = seats.seat_of(c.world.cycle.id, c.chair.account_id)
    assert seat is not None
    commands_seats.end_seat(
        seat_id=seat.id, reason="თანამდებობა დატოვა", actor=c.world.actor(Role.ADMINISTRATOR), now=REVIEW
    )
    assert presiding(here).by(vice.account_id)


def test_calibration_round(app: Flask) -> None:
    """Its sheets are rows of another table, and its projects are of another year."""
    dates = calendar()
    dates = type(dates)(
        dates.starts, dates.ends, {"scoring": Window(moment(9, 20), moment(9, 20) + timedelta(days=10))}
    )
    c = Commission(app, projects=1, members=4, dates=dates)
    current = c.world.cycle
    c.world.cycle = make_cycle(c.world.town, 2025)
    first, second = (frozen_project(c.world, n).id for n in (1, 2))
    c.world.cycle = current
    db.session.rollback()
    for pair, code in (((c.projects[0].id, second), "not_former"), ((first, first), "same_twice")):
        with pytest.raises(Invalid, match=code):
            commands_calibration.arrange(
                cycle_id=current.id, first=pair[0], second=pair[1], actor=c.chair, now=EARLY_REVIEW
            )
    commands_calibration.arrange(
        cycle_id=current.id, first=first, second=second, actor=c.chair, now=EARLY_REVIEW
    )
    with pytest.raises(Closed, match="calibration_arranged"):
        commands_calibration.arrange(
            cycle_id=current.id, first=first, second=second, actor=c.chair, now=EARLY_REVIEW
        )
    rubric = c.rules.rubric
    member = c.members[0]

    def hand_in(level: int, actor=member, now=EARLY_REVIEW, **values: int) -> int:  # type: ignore[no-untyped-def]
        return commands_calibration.hand_in(
            cycle_id=current.id, place=1, levels={k.id: values.get(k.id, level) for k in rubric.criteria},
            actor=actor, now=now,
        )  # fmt: skip

    with pytest.raises(Problems) as found:
        hand_in(3, need=6)
    assert [(p.code, p.field) for p in found.value.problems] == [("out_of_scale", "need.value")]
    sheet = hand_in(4)
    assert hand_in(1) == sheet  # handed in once, never changed
    hand_in(2, actor=c.members[1])
    row = queries_calibration.chosen(current.id)[0]
    spread = queries_calibration.spread_of(queries_calibration.sheets(row.id), {"need": 4}, rubric)
    assert spread[0].counts == ((0, 0), (1, 0), (2, 1), (3, 0), (4, 1), (5, 0))
    assert spread[0].wide
    with pytest.raises(Refused):
        hand_in(3, actor=c.world.actor(Role.SECRETARY))
    with pytest.raises(Closed, match="calibration_over"):
        hand_in(3, actor=c.members[2], now=moment(9, 21))
    # the schema keeps it out of every ranking: it is no score sheet, and no score sheet names a former project
    assert db.session.query(ScoreSheet).count() == 0
    db.session.rollback()


ids = st.integers(1, 8)


@given(
    members=st.lists(ids, unique=True, max_size=6),
    substitutes=st.lists(st.integers(9, 12), unique=True, max_size=3),
    recused=st.sets(st.integers(1, 12)),
    sheets=st.sets(ids, max_size=3),
)
def test_nobody_recused_ever_scores_and_substitutes_fill_up_to_the_quorum(
    members: list[int], substitutes: list[int], recused: set[int], sheets: set[int]
) -> None:
    panel = Panel(
        tuple(members), {(m, 1): "other" for m in recused}, tuple(substitutes), {1: frozenset(sheets)}
    )
    active = panel.active(1)
    assert len(set(active)) == len(active)
    assert not set(active) & recused
    regular = {m for m in (*members, *sheets) if m not in recused}
    assert regular <= set(active)
    free = [s for s in substitutes if s not in recused]
    lacking = max(0, SMALLEST_QUORUM - len(regular))
    assert [m for m in active if m not in regular] == free[:lacking]


def test_nothing_that_ranks_reads_the_calibration_round() -> None:
    """Its models are known to its own files alone."""
    pb = Path(__file__).resolve().parents[2] / "pb"
    names = {
        path.relative_to(pb).as_posix()
        for path in pb.rglob("*.py")
        if re.search(r"CalibrationProject|CalibrationSheet\b", path.read_text(encoding="utf-8"))
    }
    assert names == {
        "review/models_panel.py", "review/queries_calibration.py", "review/commands_calibration.py",
        "review/views_calibration.py",
    }  # fmt: skip
    tables = {"calibration_project", "calibration_sheet"}
    for table in db.metadata.tables.values():
        if table.name not in tables:
            assert not tables & {key.column.table.name for key in table.foreign_keys}, table.name
