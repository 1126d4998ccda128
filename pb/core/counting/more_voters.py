"""With how many more voters a project would have been funded under equal shares: found by counting again.

A new voter takes part in the money and so changes everybody's share; no formula says what follows, and more
voters need not help. So what is told is what two counts show: with so many more voters who choose the project
alone it is funded, and with one fewer it is not. All else, the money too, stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pb.core.counting import decimals as numbers
from pb.core.counting.outcome import Reason, Result
from pb.core.counting.parameters import EXTRA, NAMES
from pb.core.counting.profile import APPROVAL_KINDS, Profile
from pb.core.counting.registry import select
from pb.core.counting.shares_records import SharesExplanation, SharesFacts
from pb.core.errors import Invalid

#: What all counts together may take, in about thousandths of a second: what a reader waits for, and a job.
SOON, LATER = 1_500, 4_000
#: Entries of ballots that a run gets through in one of these.
ENTRIES = 30_000
#: No number of voters that are not there would change these.
HOPELESS = frozenset({Reason.FUNDED_ELSEWHERE, Reason.OVER_POT})


def more_voters(profile: Profile, result: Result, work: int = SOON) -> dict[str, int]:
    """By project that was refused. Left out: those that as many more voters as there are do not help, and
    what lies beyond ``work``; everything under rules and ballots for which this is not told."""
    if result.rule != "equal-shares" or profile.kind not in APPROVAL_KINDS:
        return {}
    runs = sum(one.runs for one in result.facts if isinstance(one, SharesFacts))
    allowed = work * ENTRIES // max(1, runs * (ENTRIES + sum(len(one.choices) for one in profile.ballots)))
    endowment = {one.pot: one.endowment for one in result.facts if isinstance(one, SharesFacts)}
    again, found = _Again(profile, result, allowed), {}
    for one in result.projects:
        if not isinstance(one, SharesExplanation) or one.funded or one.reason in HOPELESS:
            continue
        share = endowment[one.pot]
        guess = 1 if not (one.missing and share) else min(-(-one.missing // share), profile.voters)
        turn = turning_point(again.wins(one.project), max(1, int(guess)), profile.voters)
        if again.left < 0:
            break
        if turn is not None:
            found[one.project] = turn
    return found


def turning_point(wins: Callable[[int], bool], guess: int, most: int) -> int | None:
    """A number with which it wins and with one fewer not, looked for from a guess on; None if there is none
    up to ``most`` among those that were tried. Without any more it does not win."""
    low, high, step = 0, guess, 1
    if wins(guess):
        while high - step > 0 and wins(high - step):
            high, step = high - step, step * 2
        low = max(0, high - step)
    else:
        low, high = guess, min(guess + step, most)
        while low < high and not wins(high):
            low, step = high, step * 2
            high = min(low + step, most)
        if low >= high:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if wins(middle) else (middle, high)
    return high


class _Again:
    """Counts the same election with more voters. ``left``: how many counts may still be made."""

    def __init__(self, profile: Profile, result: Result, left: int) -> None:
        self.profile, self.left = profile, left
        shown = result.parameters
        self.given: dict[str, Any] = {name: shown[name] for name in NAMES + EXTRA if name in shown}
        self.given["minimum"] = numbers.show(result.minimum, result.point_decimals)
        self.sums: dict[str, Any] = {}
        if len(result.pots) > 1:
            units = {pot.name: pot.sum for pot in result.pots if pot.name}
            town = sum(pot.sum for pot in result.pots if not pot.name)
            self.sums = {"unit_sums": units, "town_sum": town}
        self.by_unit = any(ballot.unit for ballot in profile.ballots)

    def wins(self, project: str) -> Callable[[int], bool]:
        """Whether a project is funded with so many more voters who choose it alone, of its unit where ballots
        have one. False once no count is left."""
        position = self.profile.index[project]
        unit = self.profile.projects[position].unit if self.by_unit else ""

        def with_more(voters: int) -> bool:
            self.left -= 1
            if self.left < 0:
                return False
            joined = self.profile.joined_by((position,), unit, voters)
            try:
                return project in select(joined, "equal-shares", self.given, **self.sums).winners
            except Invalid:
                # Of a step that has become too small nobody can tell.
                self.left = -1
                return False

        return with_more
