"""Holds: what keeps a phase from beginning until it is settled (an open objection). Features put and release them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from pb.core.phases import Calendar, Phase
from pb.cycles.models import PhaseHold
from pb.cycles.queries import Here
from pb.db import command, db


def held_phase(calendar: Calendar, phase: Phase) -> Phase | None:
    """Which phase may not begin before something opened in ``phase`` is settled: the next one, but none before the
    review, since eligibility is checked until development ends. None in the last phase.
    """
    following = calendar.next_phase(phase)
    while following is not None and following in (Phase.IDEAS, Phase.DEVELOPMENT):
        following = calendar.next_phase(following)
    return following


@command
def hold(*, here: Here, thing: str, thing_id: int, now: datetime) -> None:
    """Keep the phase after the present one from beginning. The calling command writes the event."""
    if here.calendar is None or here.status is None:
        return
    phase = held_phase(here.calendar, here.status.phase)
    if phase is not None:
        db.session.add(
            PhaseHold(
                cycle_id=here.the_cycle.id, phase=phase.value, thing=thing, thing_id=thing_id, since=now
            )
        )


@command
def release(*, thing: str, thing_id: int, now: datetime) -> None:
    """It is settled."""
    query = select(PhaseHold).where(
        PhaseHold.thing == thing, PhaseHold.thing_id == thing_id, PhaseHold.released_at.is_(None)
    )
    for row in db.session.scalars(query.with_for_update()):
        row.released_at = now
