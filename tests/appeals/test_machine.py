"""Objecting, examining, withdrawing, publishing, in any order: what must hold always."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import hypothesis.strategies as st
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from sqlalchemy import func, select

from pb.appeals import commands
from pb.appeals.models import Objection
from pb.core.errors import DomainError
from pb.core.phases import Gate
from pb.cycles.models import PassedGate, PhaseHold
from pb.db import db
from pb.projects.models import Project
from pb.review.models import FinalList
from pb.review.redone import redo_decision, waiting
from tests.appeals.making import NEXT_DAY, Listed, decide, listed
from tests.conftest import FrozenClock, bound
from tests.review.commission_making import CONFIRMED, LONG

ACTS = ("file", "withdraw", "uphold", "partly", "reject", "redo", "confirm", "file_late")
REDONE = LONG + " საჩივრის განხილვის შემდეგ კომისიამ ხელახლა გადაწყვიტა."


@pytest.fixture
def fresh_app(tmp_path: Path, sqlite_template: Path) -> Callable[[], Flask]:
    """Each call an application on a database of its own."""
    numbers = itertools.count(1)

    def make() -> Flask:
        path = tmp_path / f"{next(numbers)}.sqlite"
        shutil.copyfile(sqlite_template, path)
        return bound(f"sqlite:///{path}", FrozenClock())

    return make


def do(act: str, it: Listed, step: int) -> None:
    now = NEXT_DAY + timedelta(minutes=step)
    newest = db.session.scalar(select(func.max(Objection.id))) or 0
    db.session.rollback()
    if act == "file":
        it.file(now)
    elif act == "file_late":
        it.file(CONFIRMED)
    elif act == "withdraw":
        commands.withdraw(objection_id=newest, actor=it.author, now=now)
    elif act in ("uphold", "partly", "reject"):
        outcome = {"uphold": "upheld", "reject": "rejected"}.get(act, act)
        decide(newest, outcome, it.examiner, now, accepted=[it.c.rules.rubric.criteria[0].id])
    elif act == "redo":
        redo_decision(
            project_id=it.c.projects[2].id, outcome="on_ballot", reason=REDONE, actor=it.c.chair, now=now
        )
    else:
        it.c.confirm(CONFIRMED + timedelta(minutes=step))


def check(it: Listed, final_before: bool) -> None:
    cycle_id = it.c.world.cycle.id
    rows = db.session.scalars(select(Objection).order_by(Objection.id)).all()
    open_ones = [row for row in rows if row.state == "filed"]
    held = db.session.scalars(select(PhaseHold.thing_id).where(PhaseHold.released_at.is_(None))).all()
    assert sorted(held) == [row.id for row in open_ones]  # exactly what is open holds
    assert len([row for row in rows if row.state in ("draft", "filed", "decided")]) <= 1
    assert [row.number for row in rows if row.number] == list(
        range(1, len([r for r in rows if r.number]) + 1)
    )
    final = db.session.get(FinalList, cycle_id) is not None
    locked = db.session.scalars(select(PassedGate.gate).where(PassedGate.cycle_id == cycle_id)).all()
    assert (Gate.BALLOT_LOCKED.value in locked) is final
    states = set(db.session.scalars(select(Project.state)))
    assert ("decided" in states) is not final
    if final and not final_before:
        assert not open_ones
        assert not waiting(cycle_id)
    db.session.rollback()


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(acts=st.lists(st.sampled_from(ACTS), min_size=3, max_size=9))
def test_what_holds_in_any_order(fresh_app: Callable[[], Flask], acts: list[str]) -> None:
    app = fresh_app()
    with app.app_context():
        it = listed(app)
        final = False
        for step, act in enumerate(acts):
            with suppress(DomainError):
                do(act, it, step)
            db.session.rollback()
            check(it, final)
            final = db.session.get(FinalList, it.c.world.cycle.id) is not None
            db.session.rollback()
