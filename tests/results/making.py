"""Makes a vote that is over: cast, closed and opened through the commands, ready to be counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Flask

from pb import clock
from pb.core.phases import Phase
from pb.core.rulebook import CountingRules
from pb.db import db
from pb.results import commands, jobs, queries
from pb.voting.commands_box import close_box, open_box
from tests.conftest import FrozenClock
from tests.factories import calendar, make_town, rulebook
from tests.voting.making import Vote, make_vote

# Projects of tests.voting.making cost 10,000, 20,000, 15,000 and 5,000 lari (numbers 1 to 4).
BALLOTS: Sequence[Sequence[int]] = (
    *[(2,)] * 9, *[(1, 2)] * 3, *[(3,)] * 7, *[(1, 4)] * 3, *[(4,)] * 1,
)  # fmt: skip
# votes: 1 has 6, 2 has 12, 3 has 7, 4 has 4


def rules(**changes: Any) -> Any:
    """A rulebook of 40,000 lari in one pot, greedy with a minimum of 5 votes, ties by cost and lot."""
    town = make_town("ozurgeti")
    book = rulebook(town)
    return replace(
        book,
        **{
            "pot_tetri": 4_000_000, "unit_sums": {}, "town_wide_tetri": 4_000_000,
            "cost_cap_tetri": 4_000_000, "cost_floor_tetri": 0,
            "counting": CountingRules(rule="greedy", minimum_votes=5, ties=("cost", "lot")), **changes,
        },
    )  # fmt: skip


def without_vote() -> dict[str, Any]:
    """Values of a cycle in which the commission decides."""
    dates = calendar()
    starts = {phase: opens for phase, opens in dates.starts.items() if phase is not Phase.VOTING}
    return {"rules": replace(rules(), votes_held=False), "dates": replace(dates, starts=starts)}


def make_box(
    app: Flask, clock_: FrozenClock, ballots: Sequence[Sequence[int]] = BALLOTS, **changes: Any
) -> Vote:
    """The vote is over and the box is open, on 27 October."""
    vote = make_vote(app, clock_, voters=len(ballots) + 2, rules=rules(**changes))
    for voter, numbers in zip(vote.voters(), ballots, strict=False):
        vote.cast(voter, [vote.projects[n - 1] for n in numbers])
    at(clock_, 10, 27)
    now = clock.now()
    close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=now)
    open_box(cycle_id=vote.cycle_id, actor=vote.admin, now=now)
    db.session.rollback()
    return vote


def at(clock_: FrozenClock, month: int, day: int, year: int = 2026) -> None:
    """Move the clock."""
    clock_.set(year, month, day)
    clock.forget()
    db.session.rollback()


def counted(vote: Vote) -> int:
    """Order the count and let the worker do it; gives the id of the result."""
    order_id = commands.order_count(cycle_id=vote.cycle_id, actor=vote.admin, now=clock.now())
    jobs.count_due(now=clock.now())
    result_id = queries.order_by_id(order_id).result_id
    assert result_id is not None
    return result_id


def published(vote: Vote) -> None:
    """Count and publish, now."""
    counted(vote)
    commands.publish_result(cycle_id=vote.cycle_id, actor=vote.admin, now=clock.now())
    db.session.rollback()
