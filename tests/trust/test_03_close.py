"""Point 3. The moment of the close is the database's, whatever the clocks of the servers say."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from pb import clock
from pb.core.ballots import tracking_code
from pb.core.board import Kind
from pb.core.errors import Closed
from pb.core.phases import Phase
from pb.db import db
from pb.voting import queries_board as board
from pb.voting.checking import check_box
from tests.factories import calendar
from tests.trust.reporting import Reached, sized
from tests.trust.serving import Answer, Browser, at_once, served
from tests.trust.town import Town, close_vote, environment

pytestmark = pytest.mark.postgres
CAST = "/terjola/2026/vote/cast"
CLIENTS = 16


@dataclass(frozen=True)
class Sent:
    """A cast by the clock of the machine, which is the database's: sent and answered, in seconds of the epoch."""

    ahead: bool
    sent: float
    answered: float
    answer: Answer


def test_casts_around_the_close(postgres_town: Callable[..., Town], tmp_path: Path, reached: Reached) -> None:
    """Two servers, one an hour ahead and one an hour behind, take turns; the box is closed in the middle of it."""
    count, seconds = sized(160, 2000), sized(2, 5)
    town = postgres_town(voters=count)
    turn_before_the_close(town, 15 * 60)
    cookies = [town.cookie(voter) for voter in town.voters]
    tokens = [town.token(voter) for voter in town.voters]
    hour = {name: {**environment(town.url), "PB_TRUST_SKEW": str(skew)} for name, skew in
            (("ahead", 3600), ("behind", -3600))}  # fmt: skip
    target = "tests.trust.skewed:app()"
    sent: list[Sent] = []
    with (
        served(tmp_path, hour["ahead"], target=target, workers=1) as ahead,
        served(tmp_path, hour["behind"], target=target, workers=1) as behind,
    ):
        close = turn_before_the_close(town, seconds + 1)
        begin, lock, taken = close - seconds, threading.Lock(), iter(range(count))

        def client(_n: int) -> None:
            browsers = [Browser(behind.port), Browser(ahead.port)]
            while True:
                with lock:
                    n = next(taken, None)
                if n is None:
                    return
                time.sleep(max(0.0, begin + n * 2 * seconds / count - time.time()))
                before = time.time()
                form = {"choice": town.choices, "token": tokens[n]}
                answer = browsers[n % 2].post(CAST, form, Cookie=cookies[n])
                sent.append(Sent(bool(n % 2), before, time.time(), answer))

        def closer() -> None:
            with town.app.app_context():
                while True:
                    clock.forget()
                    try:
                        close_vote(town)
                        return
                    except Closed as error:
                        if error.code != "wrong_phase":
                            raise
                        db.session.rollback()
                        time.sleep(0.05)

        at_once(CLIENTS + 1, lambda n: client(n) if n else closer())
    judge(town, close, sent, count, reached)


def turn_before_the_close(town: Town, seconds: int) -> float:
    """Turn the rehearsal clock; gives the moment of the close by the clock of the machine."""
    closes = calendar().closes(Phase.VOTING)
    town.turn_clock(closes - timedelta(seconds=seconds))
    offset = db.session.scalar(text("SELECT rehearsal_offset FROM installation"))
    differs = db.session.scalar(text("SELECT clock_timestamp()")) - datetime.now(UTC)
    db.session.rollback()
    assert abs(differs.total_seconds()) < 0.2, "this proof needs the database on the machine of the clients"
    return float((closes - timedelta(seconds=offset)).timestamp())


def judge(town: Town, close: float, sent: list[Sent], count: int, reached: Reached) -> None:
    taken = [one for one in sent if one.answer.receipt]
    refused = [one for one in sent if one.answer.status in (403, 409)]
    reached("casts answered", must=count, got=len(taken) + len(refused))
    reached("taken although sent after the close", must=0, got=sum(one.sent >= close for one in taken))
    reached(
        "refused although answered before the close", must=0, got=sum(one.answered < close for one in refused)
    )
    both = Counter((one.ahead, bool(one.answer.receipt)) for one in sent)
    reached("taken and refused by each server (ahead, taken): number", got=dict(both))
    reached("servers that both took and refused", must=4, got=len(both))
    reached("on the way while the vote closed, decided either way", got=sum(
        one.sent < close <= one.answered for one in sent))  # fmt: skip
    db.session.rollback()
    entries = list(board.all_entries(town.vote.round_id, board.size_of(town.vote.round_id)))
    closed = next(entry.number for entry in entries if entry.kind == Kind.CLOSED)
    late = sum(entry.kind == Kind.BALLOT and entry.number > closed for entry in entries)
    reached("ballots on the board after the close entry", must=0, got=late)
    posted = {
        tracking_code(bytes.fromhex(entry.fields["commitment"]))
        for entry in entries
        if entry.kind == Kind.BALLOT
    }
    given = {one.answer.receipt for one in taken}
    reached("receipts that are not on the board at the close", must=0, got=len(given - posted))
    reached("ballots on the board without a receipt", must=0, got=len(posted - given))
    broken = [finding for finding in check_box(town.vote.cycle_id) if not finding.holds]
    reached("invariants broken", must=[], got=broken)
