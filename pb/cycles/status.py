"""The phase of a cycle: its calendar, and what was passed and decided since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, literal, select, text, union_all

from pb.core.phases import Calendar, Gate, Phase, Status, status_at
from pb.cycles.models import Cycle, CycleAct, PassedGate, PhaseHold
from pb.db import db

#: Gates passed, stops approved and holds put and released of a cycle, in their order.
ACTS: Any = union_all(
    select(
        literal("gate").label("what"), PassedGate.gate.label("name"), PassedGate.passed_at, PassedGate.id
    ).where(PassedGate.cycle_id == bindparam("cycle_id")),
    select(literal("stop"), CycleAct.kind, CycleAct.decided_at, CycleAct.id).where(
        CycleAct.cycle_id == bindparam("cycle_id"), CycleAct.outcome == "approved", CycleAct.kind != "extend"
    ),
    select(literal("held"), PhaseHold.phase, PhaseHold.since, PhaseHold.id).where(
        PhaseHold.cycle_id == bindparam("cycle_id")
    ),
    select(literal("released"), PhaseHold.phase, PhaseHold.released_at, PhaseHold.id).where(
        PhaseHold.cycle_id == bindparam("cycle_id"), PhaseHold.released_at.is_not(None)
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
    held: Counter[str] = Counter()  # by phase: how many things hold it
    paused = halted = False
    for what, name, at, _id in acts:
        if at > now:
            continue
        if what == "gate":
            gates.add(Gate(name))
        elif what in ("held", "released"):
            held[name] += 1 if what == "held" else -1
        else:
            paused = {"pause": True, "resume": False}.get(name, paused)
            halted = halted or name == "halt"
    if published_at is not None and published_at <= now:
        gates.add(Gate.PUBLISHED)
    phases = {Phase(name) for name, count in held.items() if count > 0}
    return status_at(calendar, now, gates, paused=paused, halted=halted, held=phases)
