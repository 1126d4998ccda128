"""The whole ceremony against a model: whatever is tried in whatever order, only what the order allows is done."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import func, select

from pb import clock as clock_module
from pb.core.errors import Closed, DomainError
from pb.cycles.commands_acts import decide_act, propose_act
from pb.db import db
from pb.voting.checking import check_box
from pb.voting.commands_opening import propose_opening
from pb.voting.commands_round import import_trial, prepare_round
from pb.voting.commands_steps import decide_step, propose_step
from pb.voting.commands_void import decide_case, import_links, open_case
from pb.voting.flush import flush_due
from pb.voting.models import OpenedBallot
from pb.voting.models_ceremony import BoxAct
from pb.voting.people import voters_of
from pb.voting.posting import post_due
from tests.conftest import FrozenClock, bound
from tests.voting.ceremony import hand_in, make_ceremony
from tests.voting.making import REVIEW, make_ballot

VOTERS = 6
PAIRS = {"1-2": (0, 1), "1-3": (0, 2), "2-3": (1, 2)}
TEMPLATE: dict[str, Path] = {}  # the database with all tables, made once in a process
WHY = "ხმა მისცა სხვა პირმა; დადგენილია განცხადებით."


class Ceremony(RuleBasedStateMachine):
    """The model: which keys, pairs, votes, voids there are, and how far the box has come."""

    @initialize(start=st.sampled_from(["keys", "vote", "box"]))
    def begin(self, start: str) -> None:
        self.folder = Path(tempfile.mkdtemp(dir=TEMPLATE["folder"]))
        shutil.copyfile(TEMPLATE["file"], self.folder / "db.sqlite")
        self.clock = FrozenClock()
        self.clock.moment = REVIEW
        self.app = bound(f"sqlite:///{self.folder / 'db.sqlite'}", self.clock)
        self.context = self.app.app_context()
        self.context.push()
        self.table = make_ceremony(self.app, self.folder, VOTERS)
        self.projects = make_ballot(self.table.world)
        db.session.rollback()
        self.keys: set[int] = set()
        self.tried: set[str] = set()
        self.voted: set[int] = set()
        self.voided: set[int] = set()
        self.slots: list[Any] = []
        self.phase = "review"
        self.prepared = self.paused = self.closed = self.destroyed = self.opened = False

        if start != "keys":  # else chance would seldom come so far
            for number in (1, 2, 3):
                self.hand_key(number)
            self.prepare()
            for pair in PAIRS:
                self.trial(pair)
            self.time_passes()
        if start == "box":
            for who in range(VOTERS - 1):
                self.cast(who)
            self.time_passes()
            self.close()

    def teardown(self) -> None:
        if hasattr(self, "context"):
            db.session.remove()
            db.engine.dispose()
            self.context.pop()
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def given(self) -> dict[str, Any]:
        return {"cycle_id": self.table.cycle_id, "now": self.clock()}

    def happens(self, expected: bool, act: Callable[[], Any]) -> Any:
        """The act goes through just where the model says so."""
        db.session.rollback()
        if expected:
            return act()
        with pytest.raises(DomainError):
            act()
        return None

    @property
    def all_tried(self) -> bool:
        return len(self.tried) == 3

    # before the vote

    @rule(number=st.integers(1, 3))
    def hand_key(self, number: int) -> None:
        fits = self.phase != "voting" and not self.all_tried and self.phase == "review" and not self.paused
        self.happens(
            fits, lambda: hand_in(self.table.cycle_id, number, self.table.keys[number - 1], self.clock())
        )
        if fits:
            self.keys.add(number)

    @rule()
    def prepare(self) -> None:
        if self.all_tried:
            return  # gives the round again, and changes nothing: a test of its own
        fits = len(self.keys) == 3 and self.phase == "review" and not self.paused
        self.happens(fits, lambda: prepare_round(actor=self.table.admin, **self.given))
        if fits:
            self.prepared, self.tried = True, set()

    @precondition(lambda self: self.prepared)
    @rule(pair=st.sampled_from(sorted(PAIRS)))
    def trial(self, pair: str) -> None:
        if self.all_tried:
            return
        opened = self.table.open_away("trial", PAIRS[pair])
        fits = self.phase == "review" and not self.paused
        self.happens(
            fits, lambda: import_trial(source=io.BytesIO(opened), actor=self.table.admin, **self.given)
        )
        if fits:
            self.tried.add(pair)
            if self.all_tried:
                db.session.rollback()
                self.slots = list(voters_of(self.table.cycle_id))

    @rule()
    def time_passes(self) -> None:
        if self.phase == "review" and self.all_tried:
            self.phase = "voting"
            self.clock.set(2026, 10, 14)
        elif self.phase == "voting" and not self.paused:
            self.phase = "results"
            self.clock.set(2026, 10, 26)
        clock_module.forget()

    @rule()
    def pause_or_resume(self) -> None:
        if self.phase != "voting":
            return
        kind = "resume" if self.paused else "pause"
        act = propose_act(
            kind=kind, reason="მიზეზი, რომელიც საკმარისად გრძელია", actor=self.table.admin, **self.given
        )
        decide_act(act_id=act, approve=True, actor=self.table.second, now=self.clock())
        self.paused = not self.paused

    # the vote

    @precondition(lambda self: self.slots and not self.destroyed)
    @rule(who=st.integers(0, VOTERS - 1))
    def cast(self, who: int) -> None:
        fits = self.phase == "voting" and not self.paused and not self.closed and who not in self.voted
        vote = self.table.vote(self.projects)
        self.happens(fits, lambda: vote.cast(self.slots[who], self.projects[:2]))
        if fits:
            self.voted.add(who)

    @rule()
    def worker(self) -> None:
        db.session.rollback()
        flush_due(now=self.clock())
        post_due(now=self.clock())

    # afterwards

    @precondition(lambda self: self.all_tried)
    @rule()
    def close(self) -> None:
        self.by_two("close", self.phase == "results" and not self.closed)
        self.closed = self.closed or self.phase == "results"

    @precondition(lambda self: self.slots)
    @rule(who=st.integers(0, VOTERS - 1), yes=st.booleans())
    def void(self, who: int, yes: bool) -> None:
        fits = self.closed and not self.destroyed and who in self.voted and who not in self.voided
        case = self.happens(
            fits,
            lambda: open_case(slot=self.slots[who].slot, reason=WHY, actor=self.table.admin, **self.given),
        )
        if not fits:
            return
        with pytest.raises(Closed):  # not while a case is open
            propose_step(kind="destroy", actor=self.table.second, **self.given)
        db.session.rollback()
        act = db.session.scalar(
            select(func.max(BoxAct.id)).where(BoxAct.kind == "void", BoxAct.subject == str(case))
        )
        assert act is not None
        outcome = "approved" if yes else "rejected"
        decide_case(act_id=act, outcome=outcome, actor=self.table.second, **self.given)
        if yes:
            opened = self.table.open_away("links", (0, 2))
            assert import_links(source=io.BytesIO(opened), actor=self.table.admin, **self.given) == 1
            self.voided.add(who)

    @precondition(lambda self: self.all_tried)
    @rule()
    def destroy(self) -> None:
        self.by_two("destroy", self.closed and not self.destroyed)
        self.destroyed = self.destroyed or self.closed

    @precondition(lambda self: self.all_tried)
    @rule(pair=st.sampled_from(sorted(PAIRS)))
    def open(self, pair: str) -> None:
        if not self.destroyed or self.opened:
            self.happens(False, lambda: self.table.export("ballots"))
            self.happens(
                False,
                lambda: propose_opening(sources=[io.BytesIO(b"")], actor=self.table.admin, **self.given),
            )
            return
        opened = self.table.open_away("ballots", PAIRS[pair])
        numbers = self.table.open_by_two(opened, self.clock())
        assert numbers == (len(self.voted) - len(self.voided), 0)
        self.opened = True

    def by_two(self, kind: str, fits: bool) -> None:
        act = self.happens(fits, lambda: propose_step(kind=kind, actor=self.table.admin, **self.given))
        if fits:
            self.happens(
                False,
                lambda: decide_step(act_id=act, outcome="approved", actor=self.table.admin, **self.given),
            )
            decide_step(act_id=act, outcome="approved", actor=self.table.second, **self.given)

    @invariant()
    def all_that_must_hold_holds(self) -> None:
        if not getattr(self, "prepared", False):
            return
        db.session.rollback()
        assert [str(f) for f in check_box(self.table.cycle_id) if not f.holds] == []
        if not self.opened:
            assert db.session.scalar(select(func.count()).select_from(OpenedBallot)) == 0
        db.session.rollback()


@pytest.fixture(autouse=True)
def place(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> None:
    TEMPLATE["folder"], TEMPLATE["file"] = tmp_path_factory.mktemp("machine"), sqlite_template


def run(examples: int, steps: int) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Ceremony,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None,
            suppress_health_check=list(HealthCheck), derandomize=examples < 10,
        ),
    )  # fmt: skip


def test_any_order_a_little() -> None:
    run(4, 30)


@pytest.mark.slow
def test_any_order_at_length() -> None:
    run(150, 60)
