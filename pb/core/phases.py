"""The phases of a cycle: this file alone says which phase a moment falls into and what a phase still waits
for.

Boundaries are aware UTC moments, contiguous and half open: a phase runs from its start up to, and not
including, the next start. The phase is computed from them and never stored; stored are the gates (acts that
somebody did).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any

from pb.core.errors import Closed, Invalid, Problem
from pb.core.windows import Window as Window
from pb.core.windows import utc as _utc


class Phase(StrEnum):
    PREPARATION = "preparation"
    IDEAS = "ideas"
    DEVELOPMENT = "development"
    REVIEW = "review"
    VOTING = "voting"
    RESULTS = "results"
    IMPLEMENTATION = "implementation"


class Gate(StrEnum):
    PUBLISHED = "published"
    ROLL_APPROVED = "roll_approved"
    BALLOT_LOCKED = "ballot_locked"
    TRIAL_OPENED = "trial_opened"
    # Not passed by an act: missing as long as an objection holds the phase (pb.cycles.holds).
    OBJECTIONS_SETTLED = "objections_settled"
    RESULT_PUBLISHED = "result_published"


ORDER: tuple[Phase, ...] = tuple(Phase)
OPTIONAL_PHASES: frozenset[Phase] = frozenset({Phase.VOTING})

GATES: dict[Phase, tuple[Gate, ...]] = {
    Phase.PREPARATION: (),
    Phase.IDEAS: (Gate.PUBLISHED,),
    Phase.DEVELOPMENT: (),
    Phase.REVIEW: (),
    Phase.VOTING: (Gate.BALLOT_LOCKED, Gate.ROLL_APPROVED, Gate.TRIAL_OPENED),
    Phase.RESULTS: (),
    Phase.IMPLEMENTATION: (Gate.RESULT_PUBLISHED,),
}

# Which phase a named window must lie in. A window that a calendar does not name is the whole phase.
WINDOWS: dict[str, Phase] = {
    "scoring": Phase.REVIEW,
    "objections": Phase.REVIEW,
    "result_objections": Phase.RESULTS,
}

# The fewest working days in which the acts of a phase can be done with their terms: in the review 5 for the
# author's answer on cost, 3 for scoring, 5 for objections and 2 to settle them; in the results 5 for
# objections.
MINIMUM_WORKING_DAYS: dict[Phase, int] = {
    Phase.PREPARATION: 0,
    Phase.IDEAS: 10,
    Phase.DEVELOPMENT: 10,
    Phase.REVIEW: 15,
    Phase.VOTING: 5,
    Phase.RESULTS: 5,
    Phase.IMPLEMENTATION: 0,
}
MINIMUM_WINDOW_DAYS: dict[str, int] = {"scoring": 3, "objections": 3, "result_objections": 3}


@dataclass(frozen=True)
class Calendar:
    """The boundaries of one cycle (UTC). ValueError for a moment without time zone; what else is wrong,
    ``problems`` tells.
    """

    starts: Mapping[Phase, datetime]
    ends: datetime
    windows: Mapping[str, Window]

    def __post_init__(self) -> None:
        given = {Phase(phase): _utc(moment) for phase, moment in self.starts.items()}
        object.__setattr__(self, "starts", {phase: given[phase] for phase in ORDER if phase in given})
        object.__setattr__(self, "ends", _utc(self.ends))
        object.__setattr__(self, "windows", dict(self.windows))

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases this cycle has, in order."""
        return tuple(self.starts)

    def next_phase(self, phase: Phase) -> Phase | None:
        return next((other for other in self.phases if ORDER.index(other) > ORDER.index(phase)), None)

    def opens(self, phase: Phase) -> datetime:
        """The first moment of the phase. Raises Invalid("no_such_phase")."""
        if phase not in self.starts:
            raise Invalid("no_such_phase", phase=phase.value)
        return self.starts[phase]

    def closes(self, phase: Phase) -> datetime:
        """The moment at which the phase is over: the next start, or the end of the cycle."""
        self.opens(phase)
        following = self.next_phase(phase)
        return self.ends if following is None else self.starts[following]

    def window(self, name: str) -> Window:
        """The named window, or its whole phase when the calendar names none. Raises
        Invalid("no_such_window").
        """
        if name in self.windows:
            return self.windows[name]
        if name not in WINDOWS:
            raise Invalid("no_such_window", window=name)
        phase = WINDOWS[name]
        return Window(self.opens(phase), self.closes(phase))

    def extended(self, phase: Phase, until: datetime) -> Calendar:
        """The calendar with the end of ``phase`` moved to ``until``; every other boundary stays, so the next
        phase gets shorter.

        A window that ended with the phase ends with it still. Raises Invalid("not_an_extension") when
        ``until`` is not later than the present end, Closed("passes_next_boundary") when nothing would be left
        of the next phase or a window of the next phase would begin before it. The last phase moves the end of
        the cycle.
        """
        until = _utc(until)
        old = self.closes(phase)
        if until <= old:
            raise Invalid("not_an_extension", field="until", closes_at=old)
        following = self.next_phase(phase)
        windows = {
            name: Window(window.opens, until)
            if WINDOWS.get(name) is phase and window.closes == old
            else window
            for name, window in self.windows.items()
        }
        if following is None:
            return Calendar(self.starts, until, windows)
        first_window = min(
            (window.opens for name, window in windows.items() if WINDOWS.get(name) is following),
            default=self.closes(following),
        )
        if until >= self.closes(following) or until > first_window:
            raise Closed("passes_next_boundary", field="until", phase=following.value, limit=first_window)
        return Calendar({**self.starts, following: until}, self.ends, windows)

    def problems(self, objection_days: int = 0) -> tuple[Problem, ...]:
        """Everything that is wrong with the calendar; empty when it can be published.

        ``objection_days``: the rulebook's term, in working days, that the objection windows must leave.
        """
        found = [
            Problem("phase_missing", f"starts.{phase}")
            for phase in ORDER
            if phase not in OPTIONAL_PHASES and phase not in self.starts
        ]
        bounds = [*self.starts.items(), ("ends", self.ends)]
        for (name, moment), (after_name, after) in pairwise(bounds):
            if moment >= after:
                place = "ends" if after_name == "ends" else f"starts.{after_name}"
                found.append(Problem("out_of_order", place, {"after": str(name)}))
            elif (days := Window(moment, after).working_days) < MINIMUM_WORKING_DAYS[Phase(name)]:
                limit = MINIMUM_WORKING_DAYS[Phase(name)]
                found.append(
                    Problem("too_few_working_days", f"starts.{name}", {"days": days, "minimum": limit})
                )
        for name, window in self.windows.items():
            found.extend(self._window_problems(name, window, objection_days))
        if {"scoring", "objections"} <= self.windows.keys():
            scoring, objections = self.windows["scoring"], self.windows["objections"]
            if objections.opens < scoring.closes:
                found.append(Problem("out_of_order", "windows.objections", {"after": "scoring"}))
        return tuple(found)

    def _window_problems(self, name: str, window: Window, objection_days: int) -> list[Problem]:
        field = f"windows.{name}"
        phase = WINDOWS.get(name)
        if phase is None:
            return [Problem("no_such_window", field, {"window": name})]
        if window.opens >= window.closes:
            return [Problem("out_of_order", field, {"after": name})]
        if phase not in self.starts or not (
            self.starts[phase] <= window.opens and window.closes <= self.closes(phase)
        ):
            return [Problem("window_outside_phase", field, {"phase": phase.value})]
        minimum = MINIMUM_WINDOW_DAYS[name]
        if name != "scoring":
            minimum = max(minimum, objection_days)
        if window.working_days < minimum:
            return [Problem("too_few_working_days", field, {"days": window.working_days, "minimum": minimum})]
        return []

    def to_json(self) -> dict[str, Any]:
        """Plain data with ISO 8601 moments in UTC."""
        return {
            "starts": {phase.value: moment.isoformat() for phase, moment in self.starts.items()},
            "ends": self.ends.isoformat(),
            "windows": {
                name: {"opens": window.opens.isoformat(), "closes": window.closes.isoformat()}
                for name, window in sorted(self.windows.items())
            },
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Calendar:
        """The inverse of ``to_json``. Raises Invalid("bad_calendar") naming what cannot be read."""
        try:
            return cls(
                {Phase(phase): datetime.fromisoformat(text) for phase, text in data["starts"].items()},
                datetime.fromisoformat(data["ends"]),
                {
                    name: Window(
                        datetime.fromisoformat(span["opens"]), datetime.fromisoformat(span["closes"])
                    )
                    for name, span in data["windows"].items()
                },
            )
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise Invalid("bad_calendar", detail=str(error)) from error


@dataclass(frozen=True)
class Status:
    """Where a cycle stands. ``waiting_for``: gates not yet passed, of this phase or an earlier one. Moments
    are UTC.
    """

    phase: Phase
    waiting_for: tuple[Gate, ...]
    paused: bool
    halted: bool
    opens_at: datetime | None
    closes_at: datetime
    next_phase: Phase | None
    next_opens_at: datetime | None
    over: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the acts of the phase are allowed now."""
        return not (self.waiting_for or self.paused or self.halted or self.over)


def status_at(
    calendar: Calendar,
    now: datetime,
    gates: Collection[Gate],
    paused: bool = False,
    halted: bool = False,
    held: Collection[Phase] = (),
) -> Status:
    """The phase at ``now`` (UTC) and whether it is open, given the gates that were passed and the phases that open
    objections hold.

    A boundary that is reached with a gate missing shows the new phase, closed, waiting for that gate. A gate
    that an earlier phase lacked goes on being waited for: time alone never heals it. Before the first
    boundary the cycle is in preparation; after its end it is in its last phase, over.
    """
    now = _utc(now)
    reached = [phase for phase, moment in calendar.starts.items() if moment <= now]
    phase = reached[-1] if reached else Phase.PREPARATION
    following = calendar.next_phase(phase)
    waiting = tuple(gate for entered in reached for gate in GATES[entered] if gate not in gates)
    if any(entered in held for entered in reached):
        waiting = (Gate.OBJECTIONS_SETTLED, *waiting)
    return Status(
        phase=phase,
        waiting_for=waiting,
        paused=paused,
        halted=halted,
        opens_at=calendar.starts.get(phase),
        closes_at=calendar.ends if following is None else calendar.starts[following],
        next_phase=following,
        next_opens_at=None if following is None else calendar.starts[following],
        over=now >= calendar.ends,
    )
