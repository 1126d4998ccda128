"""Passing a gate: the stored act without which the next phase does not begin."""

from __future__ import annotations

from datetime import datetime

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
