"""box-check at each gate: where an invariant is broken, the gate stays shut, says why, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import func, insert, select, update

from pb import clock as the_clock
from pb.audit.models import Event
from pb.core.errors import Closed
from pb.core.phases import Gate
from pb.cycles.models import PassedGate
from pb.db import db, writing
from pb.policy import Role
from pb.results.commands import publish_result
from pb.voting.checking import check_box
from pb.voting.commands_box import _destroy, close_box, open_box
from pb.voting.commands_roll import approve_roll, import_roll
from pb.voting.commands_round import open_trial, prepare_round
from pb.voting.models import BoxBallot, VotingLink, VotingSlot
from pb.voting.models_people import RollEntry
from pb.web.wording import error_words, table
from tests import factories
from tests.conftest import FrozenClock
from tests.pages import CheckedClient
from tests.results import making as results
from tests.results.making import make_box
from tests.voting.making import (
    REVIEW,
    Vote,
    lock_ballot,
    make_ballot,
    make_vote,
    roll_file,
    second_administrator,
    voter_rows,
)

NOBODYS = "ab" * 32


def stray_slot(vote: Vote) -> None:
    """Somebody with the database's password adds a used vote of nobody."""
    unit = vote.world.town.units[0].id
    with writing() as session:
        session.execute(
            insert(VotingSlot).values(
                round_id=vote.round_id, value=NOBODYS, unit_id=unit, channel="web", state="cast"
            )
        )


def stray_link(vote: Vote) -> None:
    with writing() as session:
        session.execute(insert(VotingLink).values(round_id=vote.round_id, value=NOBODYS, sealed=b"x"))


def other_voter(vote: Vote) -> None:
    with writing() as session:
        one = select(func.min(RollEntry.id)).scalar_subquery()
        session.execute(update(RollEntry).where(RollEntry.id == one).values(person_hash=NOBODYS))


def unsigned_ballot(vote: Vote) -> None:
    with writing() as session:
        session.execute(
            insert(BoxBallot).values(
                round_id=vote.round_id, position=999, commitment=NOBODYS, sealed=b"x", signature="x"
            )
        )


def shut(code: str, act: Callable[..., Any], **given: Any) -> str:
    """The gate refuses, and nothing was written; gives what people read."""
    db.session.rollback()
    before = db.session.scalar(select(func.count()).select_from(Event))
    with pytest.raises(Closed) as caught:
        act(**given)
    db.session.rollback()
    assert caught.value.code == code, caught.value
    assert db.session.scalar(select(func.count()).select_from(Event)) == before
    db.session.rollback()
    with current_app.test_request_context("/"):
        return error_words(caught.value)


def given(vote: Vote) -> dict[str, Any]:
    return {"cycle_id": vote.cycle_id, "actor": vote.admin, "now": the_clock.now()}


def test_the_opening_of_the_vote(app: Flask, clock: FrozenClock) -> None:
    """The trial opening, or the approval of the roll where that comes last: after it the calendar alone decides."""
    world = factories.make_world(app)
    admin, second = world.actor(Role.ADMINISTRATOR), second_administrator(world)
    projects = make_ballot(world)
    clock.moment = REVIEW
    the_clock.forget()
    db.session.rollback()
    lock_ballot(world)
    round_id = prepare_round(cycle_id=world.cycle.id, actor=admin, now=REVIEW)
    vote = Vote(world, world.cycle.id, round_id, projects, admin, second)
    stray_slot(vote)
    words = shut("broken_b1", open_trial, **given(vote))
    assert "B1" in words
    with writing() as session:
        session.execute(VotingSlot.__table__.delete())  # type: ignore[attr-defined]
    open_trial(**given(vote))
    stray_slot(vote)
    roll = import_roll(cycle_id=vote.cycle_id, source=roll_file(voter_rows(5)), actor=admin, now=REVIEW)
    shut("broken_b1", approve_roll, roll_id=roll, actor=second, now=REVIEW)
    passed = select(PassedGate.id).where(PassedGate.gate == Gate.ROLL_APPROVED.value)
    assert db.session.scalar(passed) is None
    db.session.rollback()
    with writing() as session:
        session.execute(VotingSlot.__table__.delete())  # type: ignore[attr-defined]
    approve_roll(roll_id=roll, actor=second, now=REVIEW)


@pytest.mark.parametrize(
    ("tamper", "code", "names"),
    [
        (stray_slot, "broken_b1", ("B1", "B3", "B13")),
        (stray_link, "broken_b9", ("B9",)),
        (other_voter, "broken_b11", ("B11",)),
        (unsigned_ballot, "broken_b2", ("B2", "B3", "B13")),
    ],
)
def test_the_close(
    app: Flask, clock: FrozenClock, tamper: Callable[[Vote], None], code: str, names: tuple[str, ...]
) -> None:
    vote = make_vote(app, clock)
    for voter in vote.voters()[3:6]:
        vote.cast(voter, vote.projects[:1])
    from pb.voting.posting import post_due

    post_due(now=clock())
    tamper(vote)
    clock.set(2026, 10, 26)
    the_clock.forget()
    words = shut(code, close_box, **given(vote))
    for name in names:
        assert name in words


def test_the_destruction_and_the_opening(app: Flask, clock: FrozenClock) -> None:
    vote = make_vote(app, clock)
    vote.cast(vote.voters()[0], vote.projects[:1])
    clock.set(2026, 10, 26)
    the_clock.forget()
    close_box(**given(vote))
    db.session.rollback()
    stray_link(vote)
    shut("broken_b9", open_box, **given(vote))
    with writing() as session:
        session.execute(VotingLink.__table__.delete().where(VotingLink.value == NOBODYS))  # type: ignore[attr-defined]
    _destroy(**given(vote))
    stray_link(vote)
    shut("broken_b9", open_box, **given(vote))
    with writing() as session:
        session.execute(VotingLink.__table__.delete())  # type: ignore[attr-defined]
    assert open_box(**given(vote)) == (1, 0)


def test_the_publication(app: Flask, clock: FrozenClock) -> None:
    vote = make_box(app, clock)
    results.counted(vote)
    db.session.rollback()
    stray_link(vote)
    shut("broken_b9", publish_result, **given(vote))
    with writing() as session:
        session.execute(VotingLink.__table__.delete())  # type: ignore[attr-defined]
    publish_result(**given(vote))
    db.session.rollback()
    assert [finding for finding in check_box(vote.cycle_id) if not finding.holds] == []


def test_the_page_says_which_and_what_to_do(sqlite_app: Flask, clock: FrozenClock) -> None:
    vote = make_vote(sqlite_app, clock)
    stray_slot(vote)
    clock.set(2026, 10, 26)
    the_clock.forget()
    web: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    web.sign_in_as(vote.admin.account_id or 0)
    answer = web.send(f"{vote.world.url}/box/close")
    assert answer.status_code == 409
    assert "B1" in answer.get_data(as_text=True)
    assert {f"broken_b{n}" for n in range(1, 14)} <= table("ERRORS").keys()
