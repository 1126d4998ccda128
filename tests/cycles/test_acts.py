"""Acts of two administrators: the second person, the reason, races, and what an extension changes."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from pb.accounts.models import Account
from pb.accounts.queries import actor_by_id
from pb.audit.models import Event
from pb.core.errors import Closed, DomainError, Invalid, Refused
from pb.core.phases import Gate, Phase
from pb.cycles import commands_acts, queries
from pb.cycles.models import CalendarVersion, CycleAct
from pb.db import db, writing
from pb.policy import Actor, Role
from tests.factories import World, make_staff, make_world, moment

NOW = datetime(2026, 5, 20, 8, 0, tzinfo=UTC)
REASON = "წყალდიდობის გამო გზები დაკეტილია"


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(app)


@pytest.fixture
def second(world: World) -> Account:
    return make_staff(world.town, Role.ADMINISTRATOR, name="მეორე ნიმუშაძე")


def propose(world: World, kind: str = "pause", now: datetime = NOW, **values: Any) -> int:
    given = {"reason": REASON, "actor": world.actor(Role.ADMINISTRATOR), **values}
    return commands_acts.propose_act(cycle_id=world.cycle.id, kind=kind, now=now, **given)


def extend(world: World, until: datetime, phase: Phase = Phase.IDEAS, **values: Any) -> int:
    return propose(world, "extend", phase=phase, until=until, **values)


def decide(act_id: int, account: Account, approve: bool = True, now: datetime = NOW) -> None:
    commands_acts.decide_act(act_id=act_id, approve=approve, actor=actor_by_id(account.id), now=now)


def status(world: World, now: datetime = NOW) -> Any:
    return queries.here_by_id(world.cycle.id, now=now).status


def test_an_extension_needs_two_and_moves_one_boundary(world: World, second: Account) -> None:
    until = moment(7, 6)
    act_id = extend(world, until)
    assert status(world).closes_at == moment(7, 1)
    decide(act_id, second)
    here = queries.here_by_id(world.cycle.id, now=NOW)
    assert here.calendar is not None
    assert here.calendar.closes(Phase.IDEAS) == until
    assert here.calendar.closes(Phase.DEVELOPMENT) == moment(9, 7)
    version = here.the_cycle.calendar_version
    assert version is not None
    assert (version.version, version.reason) == (2, REASON)


def test_nobody_approves_the_own_act(world: World, second: Account) -> None:
    act_id = propose(world)
    with pytest.raises(Refused) as caught:
        decide(act_id, world.staff[Role.ADMINISTRATOR])
    assert caught.value.code == "own_act"
    with pytest.raises(IntegrityError), writing() as session:  # nor does the database let it
        session.execute(
            update(CycleAct)
            .where(CycleAct.id == act_id)
            .values(decided_by=world.staff[Role.ADMINISTRATOR].id, decided_at=NOW, outcome="approved")
        )
    assert not status(world).paused


def test_only_administrators_of_the_town_propose_and_decide(world: World, second: Account) -> None:
    act_id = propose(world)
    other = make_world(world.app, "khoni")
    for role in set(Role) - {Role.ADMINISTRATOR}:
        with pytest.raises(Refused):
            decide(act_id, world.staff[role])
    with pytest.raises(Refused):
        decide(act_id, other.staff[Role.ADMINISTRATOR])
    with pytest.raises(Refused):
        propose(world, actor=other.actor(Role.ADMINISTRATOR))
    with pytest.raises(Refused):
        propose(world, actor=Actor(second.id, is_installer=True))


def test_a_reason_of_twenty_characters(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        propose(world, reason=" " * 30 + "ცხრამეტი ასოა აქ ს" + " " * 30)
    assert (caught.value.code, caught.value.field) == ("reason_too_short", "reason")


def test_one_act_waits_at_a_time(world: World, second: Account) -> None:
    act_id = propose(world)
    with pytest.raises(Closed) as caught:
        propose(world, "halt")
    assert caught.value.code == "act_pending"
    decide(act_id, second, approve=False)
    propose(world, "halt")


def test_a_rejected_act_changes_nothing(world: World, second: Account) -> None:
    decide(extend(world, moment(7, 6)), second, approve=False)
    assert status(world).closes_at == moment(7, 1)
    assert db.session.scalars(select(CalendarVersion)).all()[-1].version == 1


def test_only_the_proposer_withdraws_and_only_once(world: World, second: Account) -> None:
    act_id = propose(world)
    with pytest.raises(Refused):
        commands_acts.withdraw_act(act_id=act_id, actor=actor_by_id(second.id), now=NOW)
    commands_acts.withdraw_act(act_id=act_id, actor=world.actor(Role.ADMINISTRATOR), now=NOW)
    for late in (
        lambda: decide(act_id, second),
        lambda: commands_acts.withdraw_act(act_id=act_id, actor=world.actor(Role.ADMINISTRATOR), now=NOW),
    ):
        with pytest.raises(Closed) as caught:
            late()
        assert caught.value.code == "act_decided"


def test_pause_resume_halt(world: World, second: Account) -> None:
    with pytest.raises(Closed):
        propose(world, "resume")
    decide(propose(world, "pause"), second)
    assert status(world).paused
    assert not status(world).is_open
    stop = queries.stop_in_force(world.cycle.id, NOW)
    assert stop is not None
    assert stop.reason == REASON
    with pytest.raises(Closed):
        propose(world, "pause")
    decide(propose(world, "resume"), second)
    assert status(world).is_open
    assert queries.stop_in_force(world.cycle.id, NOW) is None
    decide(propose(world, "halt"), second)
    assert status(world).halted
    for kind in ("resume", "pause", "halt"):
        with pytest.raises(Closed):
            propose(world, kind)


def test_a_term_that_is_over_or_too_late_is_refused(world: World) -> None:
    autumn = datetime(2026, 8, 1, tzinfo=UTC)
    for phase, until, now, code in (
        (Phase.IDEAS, moment(9, 1), autumn, "phase_over"),
        (Phase.IDEAS, moment(6, 30), NOW, "not_an_extension"),
        (Phase.IDEAS, moment(9, 8), NOW, "passes_next_boundary"),
        (Phase.IDEAS, moment(8, 31), NOW, "problems"),  # too few working days are left for the next phase
        (Phase.IDEAS, moment(5, 1), NOW, "until_is_past"),
    ):
        with pytest.raises(DomainError) as caught:
            extend(world, until, phase, now=now)
        assert caught.value.code == code


def test_a_phase_that_waits_for_a_gate_can_be_put_off(world: World, second: Account) -> None:
    october = moment(10, 13)
    assert Gate.BALLOT_LOCKED in status(world, october).waiting_for
    act_id = extend(world, moment(10, 15), Phase.REVIEW, now=october)
    decide(act_id, second, now=october)
    assert status(world, october).phase is Phase.REVIEW
    assert status(world, october).is_open


def test_what_became_impossible_is_not_approved(world: World, second: Account) -> None:
    act_id = extend(world, moment(7, 6))
    with pytest.raises(Closed) as caught:
        decide(act_id, second, now=moment(7, 10))
    assert caught.value.code == "phase_over"
    decide(act_id, second, approve=False, now=moment(7, 10))


def test_every_step_is_public(world: World, second: Account) -> None:
    decide(propose(world), second)
    kinds = ["ActProposed", "ActApproved"]
    rows = list(db.session.scalars(select(Event).where(Event.kind.in_(kinds)).order_by(Event.id)))
    assert [(e.kind, e.is_public, e.data["reason"]) for e in rows] == [(k, True, REASON) for k in kinds]


def test_a_decided_act_never_changes(world: World, second: Account) -> None:
    act_id = propose(world)
    decide(act_id, second)
    for statement in (
        update(CycleAct).where(CycleAct.id == act_id).values(reason=REASON + "!"),
        CycleAct.__table__.delete().where(CycleAct.id == act_id),
    ):
        with pytest.raises(Exception, match="forbidden"), writing() as session:
            session.execute(statement)


def race(app: Flask, *acts: Any) -> list[str]:
    """Run the acts at once, each in its own thread and context; what each came to."""
    outcomes = ["?"] * len(acts)
    barrier = threading.Barrier(len(acts))

    def run(n: int) -> None:
        with app.app_context():
            barrier.wait()
            try:
                acts[n]()
                outcomes[n] = "done"
            except DomainError as error:
                outcomes[n] = error.code
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_two_administrators_approve_at_once(world: World, second: Account, app: Flask) -> None:
    third = make_staff(world.town, Role.ADMINISTRATOR)
    ids = (second.id, third.id)
    act_id = extend(world, moment(7, 6))
    db.session.remove()

    def by(account_id: int) -> Any:
        return lambda: commands_acts.decide_act(
            act_id=act_id, approve=True, actor=actor_by_id(account_id), now=NOW
        )

    assert race(app, *(by(account_id) for account_id in ids)) == ["act_decided", "done"]
    assert db.session.scalars(select(CalendarVersion.version)).all() == [1, 2]


def test_two_administrators_propose_at_once(world: World, second: Account, app: Flask) -> None:
    cycle_id, ids = world.cycle.id, (world.staff[Role.ADMINISTRATOR].id, second.id)
    db.session.remove()

    def by(account_id: int) -> Any:
        return lambda: commands_acts.propose_act(
            cycle_id=cycle_id, kind="pause", reason=REASON, actor=actor_by_id(account_id), now=NOW
        )

    assert race(app, *(by(account_id) for account_id in ids)) == ["act_pending", "done"]
