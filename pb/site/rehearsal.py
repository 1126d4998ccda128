"""The rehearsal clock's stops: moments of a demonstration that are worth turning to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pb.core.phases import Phase
from pb.cycles.queries import Here


@dataclass(frozen=True)
class Stop:
    """A phase of a cycle and the moment a good way into it (UTC)."""

    phase: Phase
    at: datetime


def stops(here: Here) -> list[Stop]:
    """One moment in each phase of a cycle: noon of its third day, or its middle where it is shorter."""
    calendar = here.calendar
    if calendar is None:
        return []
    found = []
    for phase in calendar.phases:
        opens, closes = calendar.opens(phase), calendar.closes(phase)
        found.append(Stop(phase, min(opens + timedelta(days=2, hours=12), opens + (closes - opens) / 2)))
    return found
