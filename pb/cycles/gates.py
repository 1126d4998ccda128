"""Gates: the stored acts without which the next phase does not begin; passing one, and whether one was passed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from pb.core.phases import Gate
from pb.cycles.models import PassedGate
from pb.db import command, db
from pb.policy import Actor


@command
def pass_gate(*, cycle_id: int, gate: Gate, actor: Actor | None, now: datetime) -> None:
    """Store that the gate was passed. The calling command has decided, and writes the event."""
    db.session.add(
        PassedGate(
            cycle_id=cycle_id, gate=gate.value, passed_at=now, passed_by=actor.account_id if actor else None
        )
    )


def gate_is_passed(cycle_id: int, gate: Gate, now: datetime) -> bool:
    """Whether the gate was passed by ``now``."""
    query = select(PassedGate.id).where(
        PassedGate.cycle_id == cycle_id, PassedGate.gate == gate.value, PassedGate.passed_at <= now
    )
    return db.session.scalar(query) is not None
