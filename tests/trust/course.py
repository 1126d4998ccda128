"""Any course of a vote, held against a model that is written in sets: on the web, on paper, with void ballots."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import func, select

from pb import clock as clock_module
from pb.core.errors import Closed
from pb.cycles.commands_acts import decide_act, propose_act
from pb.db import db
from pb.rows import SqliteRows
from pb.voting import tokens
from pb.voting.checking import check_box
from pb.voting.commands_box import close_box, open_box
from pb.voting.flush import FLUSH_FROM, flush_due
from pb.voting.models import BoxBallot, InboxBallot, OpenedBallot, VotingSlot
from pb.voting.queries import find_receipt
from pb.voting.receipts import Receipt
from tests.conftest import FrozenClock
from tests.trust.papers import Desk, PaperVote, refused, void

VOTERS = 24
REASON = "მიზეზი, რომელიც საკმარისად გრძელია, რომ მიიღონ."


class Crash(Exception):
    """The process dies in the middle of a transaction."""


class Course(RuleBasedStateMachine):
    """One vote. ``given``: the receipt of each voter who has one, by number; ``boxed``: how many of them are in the
    box; ``papers``: who has a paper; ``touched``: who ever had one; ``voided``: whose ballot does not count.
    """

    fresh: Callable[[], tuple[PaperVote, FrozenClock]]  # a vote in which nobody has voted yet
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.vote, self.clock = type(self).fresh()
        self.voters = self.vote.voters()
        self.tokens: dict[int, tuple[str, list[str]]] = {}
        self.given: dict[int, Receipt] = {}
        self.desk = Desk(self.vote, self.clock)
        self.papers, self.touched, self.voided = set[int](), set[int](), set[int]()
        self.settled = False
        self.boxed, self.paused, self.over, self.closed, self.opened = 0, False, False, False, False

    def taking(self) -> bool:
        return not (self.paused or self.over or self.closed)

    def form(self, n: int, first: int) -> tuple[str, list[str]]:
        """The page that the voter has before the eyes."""
        if n not in self.tokens:
            chosen = sorted({self.vote.projects[first], self.vote.projects[-1]})
            self.tokens[n] = tokens.issue(self.vote.round_id, self.voters[n].slot, chosen), chosen
        return self.tokens[n]

    @rule(who=st.integers(0, VOTERS - 1), first=st.integers(0, 3))
    def cast(self, who: int, first: int) -> None:
        """Also the repetition: the same page gives the same receipt as long as anything is taken or recorded."""
        token, chosen = self.form(who, first)
        try:
            receipt: Receipt | None = self.vote.cast(self.voters[who], chosen, token)
        except Closed:
            receipt = None
        assert (receipt is not None) == (self.taking() and who not in self.touched)
        if receipt is None:
            return
        assert self.given.setdefault(who, receipt) == receipt

    @rule(crowd=st.integers(1, VOTERS))
    def many_cast(self, crowd: int) -> None:
        for who in range(crowd):
            if who not in self.given and who not in self.touched:
                self.cast(who, 0)

    @rule(who=st.integers(0, VOTERS - 1))
    def cast_on_another_page(self, who: int) -> None:
        chosen = self.vote.projects[:1]
        token = tokens.issue(self.vote.round_id, self.voters[who].slot, chosen)
        if who in self.given or who in self.touched:
            with pytest.raises(Closed):
                self.vote.cast(self.voters[who], chosen, token)
        elif self.taking():
            self.given[who] = self.vote.cast(self.voters[who], chosen, token)
            self.tokens[who] = token, chosen

    @rule(who=st.integers(0, VOTERS - 1), at=st.integers(0, 1))
    def crash(self, who: int, at: int) -> None:
        """Before or after the first row of the ballot is written; sending again is what ``cast`` does."""
        if who in self.given or who in self.touched or not self.taking():
            return
        token, chosen = self.form(who, 1)
        count, whole = [0], {"write": SqliteRows.write, "write_all": SqliteRows.write_all}

        def dying(name: str) -> Callable[..., Any]:
            def run(*values: Any) -> Any:
                if count[0] == at:
                    raise Crash
                count[0] += 1
                return whole[name](*values)

            return run

        with (
            mock.patch.object(SqliteRows, "write", dying("write")),
            mock.patch.object(SqliteRows, "write_all", dying("write_all")),
            pytest.raises(Crash),
        ):
            self.vote.cast(self.voters[who], chosen, token)

    @rule()
    def flush(self) -> None:
        moved = flush_due(now=self.clock())
        waiting = len(self.given) - self.boxed
        assert moved == (waiting if waiting >= FLUSH_FROM and not self.closed else 0)
        self.boxed += moved

    @rule(who=st.integers(0, VOTERS - 1))
    def issue_paper(self, who: int) -> None:
        """It takes the one vote of the person, who cannot have another one beside it."""
        fits = self.taking() and who not in self.given and who not in self.papers
        assert refused(self.desk.issue, who) != fits
        if fits:
            self.papers.add(who)
            self.touched.add(who)

    @rule(who=st.integers(0, VOTERS - 1))
    def take_paper_back(self, who: int) -> None:
        """The person can have another paper, and votes on the web no more."""
        fits = self.taking() and who in self.papers
        assert refused(self.desk.take_back, who) != fits
        if fits:
            self.papers.discard(who)

    @rule()
    def replace_spoilt_paper(self) -> None:
        assert refused(self.desk.replace_spoilt) != (self.taking() and bool(self.papers))

    @precondition(lambda self: self.over)
    @rule()
    def settle_papers(self) -> None:
        """Counted, signed, keyed and put into the box; once."""
        fits = self.closed and not self.settled
        assert refused(lambda: self.desk.settle(len(self.papers))) != fits
        self.settled = self.settled or fits

    @precondition(lambda self: self.over)
    @rule(who=st.integers(0, VOTERS - 1))
    def void(self, who: int) -> None:
        """A ballot of the web, after the close, before the opening, once; of a paper nobody can tell whose it is."""
        fits = self.closed and not self.opened and who in self.given and who not in self.voided
        assert refused(void, self.vote, self.voters[who].slot, self.clock()) != fits
        if fits:
            self.voided.add(who)

    @precondition(lambda self: not self.over)
    @rule()
    def pause_or_go_on(self) -> None:
        kind, now = "resume" if self.paused else "pause", self.clock()
        act = propose_act(
            cycle_id=self.vote.cycle_id, kind=kind, reason=REASON, actor=self.vote.admin, now=now
        )
        decide_act(act_id=act, approve=True, actor=self.vote.second, now=now)
        self.paused = not self.paused
        self.clock.moment += timedelta(seconds=1)  # what was decided stands from the next moment on
        clock_module.forget()

    @precondition(lambda self: not self.over)
    @rule()
    def end(self) -> None:
        with pytest.raises(Closed):
            close_box(cycle_id=self.vote.cycle_id, actor=self.vote.admin, now=self.clock())
        if not self.paused:
            self.clock.set(2026, 10, 26)
            clock_module.forget()
            self.over = True

    @precondition(lambda self: self.over)
    @rule()
    def close(self) -> None:
        ballots = close_box(cycle_id=self.vote.cycle_id, actor=self.vote.admin, now=self.clock())
        assert ballots == len(self.given) + (len(self.papers) if self.settled else 0)
        self.boxed, self.closed = len(self.given), True

    @precondition(lambda self: self.over)
    @rule()
    def open(self) -> None:
        if not self.closed:
            with pytest.raises(Closed, match="box_not_closed"):
                open_box(cycle_id=self.vote.cycle_id, actor=self.vote.admin, now=self.clock())
            return
        if not self.settled:
            with pytest.raises(Closed, match="paper_not_counted"):
                open_box(cycle_id=self.vote.cycle_id, actor=self.vote.admin, now=self.clock())
            return
        found = open_box(cycle_id=self.vote.cycle_id, actor=self.vote.admin, now=self.clock())
        assert found == (self.counting, 0)
        self.opened = True

    @property
    def counting(self) -> int:
        """How many ballots count: those of the web that are not void, and those of paper."""
        return len(self.given) - len(self.voided) + len(self.papers)

    @invariant()
    def numbers(self) -> None:
        type(self).steps += 1
        db.session.rollback()
        count = [
            db.session.scalar(select(func.count()).select_from(model)) or 0
            for model in (VotingSlot, InboxBallot, BoxBallot, OpenedBallot)
        ]
        cast, paper = len(self.given), len(self.papers) if self.settled else 0
        opened = self.counting if self.opened else 0
        assert count == [cast + len(self.touched), cast - self.boxed, self.boxed + paper, opened]
        for receipt in list(self.given.values())[-2:]:
            found = find_receipt(self.vote.cycle_id, receipt.code)
            assert found is not None
            assert found.receipt == receipt
        db.session.rollback()

    def teardown(self) -> None:
        broken = [finding for finding in check_box(self.vote.cycle_id) if not finding.holds]
        db.session.rollback()
        assert not broken
