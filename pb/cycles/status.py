"""The phase of a cycle: its calendar, and what was passed and decided since."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, literal, select, text, union_all

from pb.core.phases import Calendar, Gate, Status, status_at
from pb.cycles.models import Cycle, CycleAct, PassedGate
from pb.db import db

#: Gates passed and stops approved of a cycle, in their order.
ACTS: Any = union_all(
    select(
        literal("gate").label("what"), PassedGate.gate.label("name"), PassedGate.passed_at, PassedGate.id
    ).where(PassedGate.cycle_id == bindparam("cycle_id")),
    select(literal("stop"), CycleAct.kind, CycleAct.decided_at, CycleAct.id).where(
        CycleAct.cycle_id == bindparam("cycle_id"), CycleAct.outcome == "approved", CycleAct.kind != "extend"
    ),
).order_by(text("3"), text("4"))


def status_of(cycle: Cycle, calendar: Calendar, now: datetime) -> Status:
    """The phase at ``now``."""
    return status_after(db.session.execute(ACTS, {"cycle_id": cycle.id}), cycle.published_at, calendar, now)


def status_after(
    acts: Iterable[Any], published_at: datetime | None, calendar: Calendar, now: datetime
) -> Status:
    """The phase at ``now`` after what ``ACTS`` found. Acts that lie after ``now`` (a rehearsal clock turned back) do
    not count.
    """
    gates: set[Gate] = set()
    paused = halted = False
    for what, name, at, _id in acts:
        if at > now:
            continue
        if what == "gate":
            gates.add(Gate(name))
        else:
            paused = {"pause": True, "resume": False}.get(name, paused)
            halted = halted or name == "halt"
    if published_at is not None and published_at <= now:
        gates.add(Gate.PUBLISHED)
    return status_at(calendar, now, gates, paused=paused, halted=halted)
