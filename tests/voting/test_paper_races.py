"""Two who act on papers at the same moment: the second waits, and then sees what the first did."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, text

from pb import clock as the_clock
from pb.core.errors import Closed, Invalid
from pb.db import db, one_at_a_time, writing
from pb.voting import commands_paper as papers
from pb.voting import paper
from pb.voting.models import VotingSlot
from tests.conftest import FrozenClock, bound, pushed
from tests.databases import Reused
from tests.voting.making import number
from tests.voting.test_paper import Paper, make_paper

pytestmark = pytest.mark.postgres  # SQLite has one writer at a time

FORGET = text("SELECT pg_stat_clear_snapshot()")
WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@pytest.fixture
def postgres_app(reused: Reused, clock: FrozenClock) -> Iterator[Flask]:
    with reused.database() as url, pushed(bound(url, clock)) as app:
        yield app


@pytest.fixture
def made(postgres_app: Flask, clock: FrozenClock) -> Paper:
    return make_paper(postgres_app, clock)


def meanwhile(app: Flask, act: Callable[[], object], done: Callable[[], object]) -> Any:
    """Begin ``act`` in another thread while the transaction in hand stands open, then ``done``, and let this one end
    once the other waits or has ended; gives what the other got or met when both are over.
    """
    got: list[object] = []

    def run() -> None:
        with app.app_context():
            try:
                got.append(act())
            except Exception as error:
                got.append(error)
            finally:
                db.session.remove()

    thread = threading.Thread(target=run)
    with writing() as session:
        done()
        session.flush()
        thread.start()
        while thread.is_alive() and not session.scalar(WAITING):
            thread.join(0.02)
            session.execute(FORGET)
    thread.join(30)
    return got[0]


def test_what_is_signed_is_the_count_that_stands(
    made: Paper, postgres_app: Flask, clock: FrozenClock
) -> None:
    for voter in (1, 2, 3):
        made.issue(voter)
    made.close(clock)
    made.count(3)
    met = meanwhile(
        postgres_app, lambda: made.sign(3), lambda: made.count(2, 1, "ერთი ფურცელი დაიკარგა ცენტრში")
    )
    assert isinstance(met, Invalid)
    assert met.code == "counted_otherwise"
    met = meanwhile(postgres_app, lambda: made.count(3), lambda: made.sign(2))
    assert isinstance(met, Closed)
    assert met.code == "protocol_signed"
    db.session.expire_all()
    kept = paper.protocol_of(made.vote.round_id, made.centre)
    assert kept is not None
    assert (kept.in_box, kept.missing) == (2, 1)


def test_two_who_count_first_at_once(made: Paper, postgres_app: Flask, clock: FrozenClock) -> None:
    made.issue(1)
    made.close(clock)
    assert meanwhile(postgres_app, lambda: made.count(1, who=made.others[0]), lambda: made.count(1)) is None


def test_the_desk_finds_a_slot_that_a_flush_writes_anew(made: Paper, postgres_app: Flask) -> None:
    made.issue(1)
    vote = made.vote

    def written_anew() -> None:  # as pb.voting.stirring does
        one_at_a_time(f"flush {vote.round_id}")
        issued = VotingSlot.state == "issued"
        columns = VotingSlot.__table__.columns
        rows = db.session.execute(select(*columns).where(issued)).mappings().all()
        db.session.execute(delete(VotingSlot).where(issued))
        db.session.execute(insert(VotingSlot), [dict(row) for row in rows])

    def back() -> None:
        papers.take_back(
            cycle_id=vote.cycle_id, number=number(1), batch=1, actor=made.operator, now=the_clock.now()
        )

    assert meanwhile(postgres_app, back, written_anew) is None
