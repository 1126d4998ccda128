"""Point 8. What needs two people is not done by one, whatever that one tries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from pb.audit.models import Event
from pb.core.errors import DomainError, Refused
from pb.core.phases import Phase
from pb.cycles.commands_acts import decide_act, propose_act
from pb.cycles.models import CycleAct
from pb.db import db, writing
from pb.policy import Actor, Role
from pb.voting.checking import check_box
from pb.voting.commands_roll import approve_roll, import_roll
from pb.voting.models_people import Roll, RollEntry
from pb.voting.posting import post_due
from tests import factories
from tests.attacks.making import attacker
from tests.conftest import FrozenClock
from tests.factories import World
from tests.trust.reporting import Reached
from tests.voting.making import make_vote, roll_file, second_administrator, voter_rows

REASON = "მიზეზი, რომელიც საკმარისად გრძელია."


@dataclass
class TwoPeople:
    """An act: ``propose`` gives its id; ``decide`` is the second person's; ``done`` says whether it is in force."""

    name: str
    propose: Callable[[Any], int]
    decide: Callable[[int, Actor], None]
    address: Callable[[int], str]
    done: Callable[[int], bool]


def acts(world: World, clock: FrozenClock) -> list[TwoPeople]:
    cycle = world.cycle.id

    def propose(kind: str, **more: Any) -> Callable[[Actor], int]:
        return lambda actor: propose_act(
            cycle_id=cycle, kind=kind, reason=REASON, actor=actor, now=clock(), **more
        )

    def decided(act_id: int) -> bool:
        return db.session.scalar(select(CycleAct.outcome).where(CycleAct.id == act_id)) == "approved"

    def approved(roll_id: int) -> bool:
        return db.session.scalar(select(Roll.approved_at).where(Roll.id == roll_id)) is not None

    later = clock() + timedelta(days=60)
    of_cycle = [
        TwoPeople(
            kind, propose(kind, **more),
            lambda act, actor: decide_act(act_id=act, approve=True, actor=actor, now=clock()),
            lambda act: f"{world.url}/acts/{act}/approve", decided,
        )
        for kind, more in (
            ("extend", {"phase": Phase.IDEAS, "until": later.replace(hour=20, minute=0)}),
            ("pause", {}), ("resume", {}), ("halt", {}),
        )
    ]  # fmt: skip
    roll = TwoPeople(
        "roll", lambda actor: import_roll(cycle_id=cycle, source=roll_file(voter_rows(5)), actor=actor, now=clock()),
        lambda roll, actor: approve_roll(roll_id=roll, actor=actor, now=clock()),
        lambda roll: f"{world.url}/roll/{roll}/approve", approved,
    )  # fmt: skip
    return [roll, *of_cycle]


def test_no_act_of_two_passes_with_one(app: Flask, clock: FrozenClock, reached: Reached) -> None:
    world = factories.make_world(app)
    first, second = world.actor(Role.ADMINISTRATOR), second_administrator(world)
    assert first.account_id is not None
    tried = passed = 0
    table = acts(world, clock)
    for act in table:
        made = act.propose(first)
        with pytest.raises(Refused):  # self-approval
            act.decide(made, first)
        tried, passed = tried + 1, passed + act.done(made)
        for _session in range(2):  # one person with two sessions
            browser = attacker(app, first.account_id)
            answer = browser.send(
                act.address(made), {"proposed_by": "0", "approved_by": str(second.account_id)}
            )
            assert answer.status_code in (302, 403), act.name
            tried, passed = tried + 1, passed + act.done(made)
        for role in Role:  # anybody else of the town
            if role is Role.ADMINISTRATOR:
                continue
            attacker(app, world.staff[role].id).send(act.address(made))
            tried, passed = tried + 1, passed + act.done(made)
        attacker(app).send(act.address(made))
        tried, passed = tried + 1, passed + act.done(made)
        # the second person approves, and sends other values along
        answer = attacker(app, second.account_id).send(
            act.address(made),
            {"reason": "სხვა მიზეზი, რომელიც არავის უნახავს.", "kind": "halt", "until": "2030-01-01"},
        )
        assert act.done(made), (act.name, answer.status_code)
        before = events()
        for replayed in (first, second):
            with pytest.raises(DomainError):
                act.decide(made, replayed)
            attacker(app, replayed.account_id).send(act.address(made))
        tried, passed = tried + 4, passed + (events() != before)
    stored = db.session.scalars(select(CycleAct.reason)).all()
    db.session.rollback()
    reached("acts of two people", must=5, got=len(table))
    reached("attempts by one person, a wrong role, or once more", got=tried)
    reached("of them that passed", must=0, got=passed)
    reached(
        "values that came with the approval and were taken", must=0, got=sum(one != REASON for one in stored)
    )


def test_what_was_decided_cannot_be_edited(app: Flask, clock: FrozenClock, reached: Reached) -> None:
    world = factories.make_world(app)
    first, second = world.actor(Role.ADMINISTRATOR), second_administrator(world)
    act = acts(world, clock)[2]
    made = act.propose(first)
    act.decide(made, second)
    refused = 0
    for change in (
        "reason = reason || '!'",
        "payload = '{}'",
        "outcome = 'rejected'",
        "proposed_by = decided_by",
    ):
        with pytest.raises(DBAPIError), writing() as session:
            session.execute(text(f"UPDATE cycle_act SET {change} WHERE id = {made}"))
        refused += 1
    with pytest.raises(DBAPIError), writing() as session:
        session.execute(text("DELETE FROM cycle_act"))
    reached("edits of a decided act that the database refuses", must=5, got=refused + 1)


def test_an_extension_whose_day_has_passed(app: Flask, clock: FrozenClock, reached: Reached) -> None:
    world = factories.make_world(app)
    first, second = world.actor(Role.ADMINISTRATOR), second_administrator(world)
    extend = acts(world, clock)[1]
    made = extend.propose(first)
    clock.set(2026, 10, 14)  # its phase is long over
    with pytest.raises(DomainError):
        extend.decide(made, second)
    db.session.rollback()
    reached("expired proposals approved", must=0, got=int(extend.done(made)))


def test_a_roll_edited_after_its_approval_shows(app: Flask, clock: FrozenClock, reached: Reached) -> None:
    """Nothing forbids the database's owner to write into the roll; the fingerprint on the board finds it."""
    vote = make_vote(app, clock)
    post_due(now=clock())
    assert all(finding.holds for finding in check_box(vote.cycle_id))
    roll = db.session.scalars(select(Roll.id)).one()
    some = db.session.scalars(select(RollEntry.id).order_by(RollEntry.id)).first()
    other_unit = select(func.max(RollEntry.unit_id)).scalar_subquery()
    edits = [
        update(RollEntry).where(RollEntry.id == some).values(person_hash="ab" * 32),
        update(RollEntry).where(RollEntry.unit_id != other_unit).values(unit_id=other_unit),
        RollEntry.__table__.delete().where(RollEntry.id == some),  # type: ignore[attr-defined]
        RollEntry.__table__.insert().values(  # type: ignore[attr-defined]
            roll_id=roll, person_hash="cd" * 32, unit_id=vote.world.town.units[0].id
        ),
    ]
    found = 0
    for edit in edits:
        try:
            with writing() as session:
                session.execute(edit)
                found += "B11" in {finding.name for finding in check_box(vote.cycle_id) if not finding.holds}
                raise Undone
        except Undone:
            pass
    reached("edits of an approved roll that box-check reports", must=len(edits), got=found)


class Undone(Exception):
    """Takes an edit back."""


def events() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Event)) or 0
