"""Point 8, second part. The steps on the box: each needs two people, whatever one of them tries.

A whole ceremony with custodians who are people, from an update of the program to the opened box: at every step one
person approves the own proposal, with two sessions, behind the program's back; the second comes too late, with another
file, or once more.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from pb import clock as the_clock
from pb.audit.models import Event
from pb.core.errors import Closed, DomainError, Invalid, Refused
from pb.core.rulebook import BallotRules
from pb.db import db, writing
from pb.places.models import Centre
from pb.policy import Actor, Role
from pb.voting import commands_keying as keying
from pb.voting import commands_paper as papers
from pb.voting.commands_opening import approve_opening, propose_opening
from pb.voting.commands_steps import decide_step, propose_step
from pb.voting.commands_void import decide_case, import_links, open_case
from pb.voting.models_ceremony import BoxAct, VoidCase
from pb.voting.models_paper import PaperFormerProtocol
from pb.voting.opened import counted
from pb.voting.posting import post_due
from pb.voting.queries_board import acts
from pb.voting.rounds import the_round
from tests.attacks.making import attacker
from tests.conftest import FrozenClock
from tests.results import making as results
from tests.trust.reporting import Reached
from tests.voting.ceremony import make_open_vote
from tests.voting.making import number

REASON = "მიზეზი, რომელიც საკმარისად გრძელია."
DAY = timedelta(hours=25)


@dataclass
class Step:
    """``propose`` gives the id of the act; ``approve`` is the second person's; ``done``: whether it is in force."""

    kind: str
    propose: Callable[[Actor], int]
    approve: Callable[[int, Actor], Any]
    done: Callable[[], bool]


class Table:
    """The ceremony, and how each of its steps is proposed, approved, and seen to be done."""

    def __init__(self, app: Flask, clock: FrozenClock, folder: Path) -> None:
        book = results.rules(
            ballot=BallotRules(max_choices=2, on_paper=True), identification=("sms_code", "in_person")
        )
        self.ceremony, self.vote = make_open_vote(app, clock, folder, rules=book)
        self.app, self.clock, self.opened = app, clock, b""
        with writing() as session:
            words = {"ka": "ცენტრი", "en": "Centre"}
            centre = Centre(town_id=self.vote.world.town.id, name=words, address=words, hours=words)
            session.add(centre)
            session.flush()
            self.centre = centre.id
        papers.make_batch(centre_id=self.centre, size=5, actor=self.admin, **self.given)
        self.operator = self.vote.world.actor(Role.OPERATOR)
        papers.issue_paper(number=number(20), batch=1, actor=self.operator, **self.given)

    @property
    def admin(self) -> Actor:
        return self.ceremony.admin

    @property
    def given(self) -> dict[str, Any]:
        return {"cycle_id": self.ceremony.cycle_id, "now": self.clock()}

    def row(self) -> Any:
        db.session.rollback()
        return the_round(self.ceremony.cycle_id)

    def step(self, kind: str, done: Callable[[], bool], subject: str = "", reason: str = "") -> Step:
        return Step(
            kind,
            lambda who: propose_step(kind=kind, subject=subject, reason=reason, actor=who, **self.given),
            lambda act, who: decide_step(act_id=act, outcome="approved", actor=who, **self.given),
            done,
        )

    def voiding(self, slot: str) -> Step:
        def case() -> VoidCase | None:
            db.session.rollback()
            return db.session.scalar(select(VoidCase).where(VoidCase.slot == slot))

        def propose(who: Actor) -> int:
            found = open_case(slot=slot, reason=REASON, actor=who, **self.given)
            act = db.session.scalar(
                select(func.max(BoxAct.id)).where(BoxAct.kind == "void", BoxAct.subject == str(found))
            )
            db.session.rollback()
            assert act is not None
            return act

        return Step(
            "void", propose,
            lambda act, who: decide_case(act_id=act, outcome="approved", actor=who, **self.given),
            lambda: (found := case()) is not None and found.state == "approved",
        )  # fmt: skip

    def opening(self) -> Step:
        self.opened = self.ceremony.open_away("ballots")
        return Step(
            "open",
            lambda who: propose_opening(sources=[io.BytesIO(self.opened)], actor=who, **self.given),
            lambda act, who: approve_opening(
                act_id=act, sources=[io.BytesIO(self.opened)], actor=who, **self.given
            ),
            lambda: self.row().opened_at is not None,
        )


def test_every_step_of_the_box(
    app: Flask, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reached: Reached
) -> None:
    table = Table(app, clock, tmp_path)
    vote, numbers = table.vote, Numbers(table)
    voters = vote.voters()
    for voter in voters[:5]:
        vote.cast(voter, vote.projects[:1])
    post_due(now=clock())
    monkeypatch.setattr("pb.voting.posting.own_code", lambda: "ab" * 32)
    numbers.attack(
        table.step("explain", lambda: acts(vote.round_id)[-1].kind == "code_changed", reason=REASON)
    )
    clock.set(2026, 10, 26)
    the_clock.forget()
    numbers.attack(table.step("close", lambda: table.row().closed_at is not None))
    numbers.attack(table.voiding(voters[1].slot))
    opened = table.ceremony.open_away("links", (0, 2))
    assert import_links(source=io.BytesIO(opened), actor=table.admin, **table.given) == 1
    numbers.attack(table.voiding(voters[2].slot))
    case = db.session.scalar(select(VoidCase.id).where(VoidCase.slot == voters[2].slot))
    numbers.attack(
        table.step("keep", lambda: acts(vote.round_id)[-1].kind == "case_given_up", str(case), REASON)
    )
    at: dict[str, Any] = {"centre_id": table.centre, **table.given}
    keying.count_papers(in_box=1, missing=0, note="", actor=table.operator, **at)
    with pytest.raises(Refused, match="same_person_paper"):
        keying.sign_protocol(in_box=1, actor=table.operator, **at)
    keying.sign_protocol(in_box=1, actor=vote.world.actor(Role.OFFICER), **at)
    numbers.attack(
        table.step(
            "reopen", lambda: bool(db.session.scalars(select(PaperFormerProtocol.id)).all()),
            str(table.centre), REASON,
        )
    )  # fmt: skip
    keying.count_papers(in_box=1, missing=0, note="", actor=table.operator, **at)
    keying.sign_protocol(in_box=1, actor=vote.world.actor(Role.OFFICER), **at)
    for who in (table.operator, vote.world.actor(Role.OFFICER)):
        keying.key_sheet(sheet=1, batch=1, numbers=[1], reason="", actor=who, **at)
    keying.box_papers(actor=table.admin, **table.given)
    numbers.attack(table.step("destroy", lambda: table.row().destroyed_at is not None))
    step = table.opening()
    numbers.attack(step)
    reached("steps of two people on the box", must=8, got=numbers.steps)
    reached("attempts by one person, a wrong role, too late, edited, or once more", got=numbers.tried)
    reached("of them that passed", must=0, got=numbers.passed)
    # four web ballots (one of five is void) and the one of paper
    assert (numbers.ballots(), numbers.steps) == (5, 8)


class Numbers:
    """Everything that one person can try at a step; how often it was tried, and passed."""

    def __init__(self, table: Table) -> None:
        self.table, self.steps, self.tried, self.passed = table, 0, 0, 0

    def ballots(self) -> int:
        return counted(self.table.vote.round_id)[0]

    def seen(self, step: Step) -> None:
        self.tried += 1
        self.passed += step.done()
        db.session.rollback()

    def attack(self, step: Step) -> None:
        self.steps += 1
        table, first, second = self.table, self.table.admin, self.table.ceremony.second
        act = step.propose(first)
        with pytest.raises(Refused, match="own_step"):
            step.approve(act, first)
        db.session.rollback()
        self.seen(step)
        self._by_pages(step, act)
        self._behind_the_back(step, act)
        # the second person comes too late
        before = table.clock.moment
        table.clock.moment += DAY
        the_clock.forget()
        with pytest.raises(Closed, match="step_expired"):
            step.approve(act, second)
        db.session.rollback()
        self.seen(step)
        act = step.propose(first)
        if step.kind == "open":
            self._with_another_file(step, act)
        step.approve(act, second)
        db.session.rollback()
        assert step.done(), step.kind
        events = number_of_events()
        for who in (first, second):  # once more
            with pytest.raises(DomainError):
                step.approve(act, who)
            db.session.rollback()
            attacker(table.app, who.account_id).send(self._address(act))
            self.tried += 2
        self.passed += number_of_events() != events
        for change in ("outcome = 'rejected'", "reason = reason || '!'", "decided_by = proposed_by"):
            with pytest.raises(DBAPIError), writing() as session:
                session.execute(text(f"UPDATE box_act SET {change} WHERE id = {act}"))
            self.tried += 1
        table.clock.moment = before + timedelta(minutes=1)
        the_clock.forget()

    def _address(self, act: int) -> str:
        return f"{self.table.vote.world.url}/box/acts/{act}/approve"

    def _by_pages(self, step: Step, act: int) -> None:
        """One person with two sessions, who sends other values along; everybody else of the town; nobody."""
        table, world = self.table, self.table.vote.world
        assert table.admin.account_id is not None
        for _session in range(2):
            browser = attacker(table.app, table.admin.account_id)
            browser.send(self._address(act), {"proposed_by": "0", "decided_by": "0"})
            self.seen(step)
        for role in Role:
            if role is not Role.ADMINISTRATOR:
                attacker(table.app, world.staff[role].id).send(self._address(act))
                self.seen(step)
        attacker(table.app).send(self._address(act))
        self.seen(step)

    def _behind_the_back(self, step: Step, act: int) -> None:
        """Whoever writes into the database finds the constraint and the trigger."""
        table = self.table
        values: list[dict[str, Any]] = [
            {"subject": "x"}, {"reason": "x"}, {"proposed_by": table.ceremony.second.account_id},
            {"expires_at": table.clock() + timedelta(days=9)},
            {"outcome": "approved", "decided_by": table.admin.account_id, "decided_at": table.clock()},
        ]  # fmt: skip
        for changed in values:
            with pytest.raises((DBAPIError, IntegrityError)), writing() as session:
                session.execute(update(BoxAct).where(BoxAct.id == act).values(**changed))
            self.seen(step)

    def _with_another_file(self, step: Step, act: int) -> None:
        """The second person brings what another pair opened: the same ballots, and not the file that was proposed."""
        other = self.table.ceremony.open_away("ballots", (1, 2))
        given = {"act_id": act, "actor": self.table.ceremony.second, **self.table.given}
        with pytest.raises(Invalid, match="other_file"):
            approve_opening(sources=[io.BytesIO(other)], **given)
        db.session.rollback()
        self.seen(step)


def number_of_events() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Event)) or 0
