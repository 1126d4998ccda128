"""What a new cycle begins with: the usual dates of a year, or those and the rules of a former cycle moved
to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from pb.core.phases import Calendar, Phase, Window
from pb.core.rulebook import Rulebook
from pb.core.workdays import TBILISI

# Month, day and (for the end) years later, at midnight in Tbilisi.
_STARTS: Mapping[Phase, tuple[int, int]] = {
    Phase.PREPARATION: (1, 15),
    Phase.IDEAS: (5, 1),
    Phase.DEVELOPMENT: (7, 1),
    Phase.REVIEW: (9, 7),
    Phase.VOTING: (10, 12),
    Phase.RESULTS: (10, 26),
    Phase.IMPLEMENTATION: (11, 9),
}
_WINDOWS: Mapping[str, tuple[tuple[int, int], tuple[int, int]]] = {
    "scoring": ((9, 23), (10, 1)),
    "objections": ((10, 1), (10, 12)),
    "result_objections": ((10, 29), (11, 9)),
}


def usual_calendar(year: int) -> Calendar:
    """The dates that towns usually take: ideas from 1 May, results before the draft budget of 15 November."""

    def at(month: int, day: int, of: int = year) -> datetime:
        return datetime(of, month, day, tzinfo=TBILISI).astimezone(UTC)

    return Calendar(
        starts={phase: at(*when) for phase, when in _STARTS.items()},
        ends=at(1, 1, year + 2),
        windows={name: Window(at(*opens), at(*closes)) for name, (opens, closes) in _WINDOWS.items()},
    )


def moved(calendar: Calendar, years: int) -> Calendar:
    """Every moment of a calendar the same day and hour ``years`` later (29 February becomes the 28th)."""

    def later(moment: datetime) -> datetime:
        local = moment.astimezone(TBILISI)
        try:
            local = local.replace(year=local.year + years)
        except ValueError:
            local = local.replace(year=local.year + years, day=28)
        return local.astimezone(UTC)

    return Calendar(
        starts={phase: later(moment) for phase, moment in calendar.starts.items()},
        ends=later(calendar.ends),
        windows={name: Window(later(w.opens), later(w.closes)) for name, w in calendar.windows.items()},
    )


def renewed(rulebook: Rulebook) -> Rulebook:
    """A former cycle's rules for a new year: the council passes its act anew, so number and date are
    empty.
    """
    return replace(rulebook, act_number="", act_date=None)
