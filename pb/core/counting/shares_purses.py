"""The rough side of equal shares: every voter's money in whole units, close enough to search with.

A balance is an integer that is never below the true one and at most ``slack`` above it (``shares_run``
counts the slack), and 0 exactly if the true one is 0. Sums of integers are exact, so that the true sum over
voters of weight W lies within W * slack below the sum found here. ``fast.purses`` does the same with numpy;
both take the same integers to the same integers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from operator import mul
from typing import Any, NamedTuple, Protocol

from pb.core.counting.electorate import Electorate
from pb.core.counting.shares_history import History, PlainHistory


class Doubt(NamedTuple):
    """Supporters about whom the units cannot tell whether they can pay their part.

    All of them gave ``points`` to the project and ``history`` (points by project) to the funded ones;
    ``members`` means something to the claim alone.
    """

    points: int
    history: dict[int, int]
    members: Any


class Claim(Protocol):
    """The supporters of a project, parted into those with enough money for a price and those without.

    ``rich``: points of those with enough; ``poor_voters`` and ``poor_points`` (by project): of those
    without, but with something; ``short``: all voters without enough, those with nothing included.
    """

    @property
    def rich(self) -> int: ...

    @property
    def poor_voters(self) -> int: ...

    @property
    def poor_points(self) -> Sequence[int]: ...

    @property
    def short(self) -> int: ...

    def tighten(self, price: int) -> bool:
        """Move those who have less than ``price`` a point; whether there were any."""

    def doubts(self, price: int, slack: int) -> list[Doubt]:
        """Those counted as rich whose true balance may be below ``price`` a point."""

    def move(self, doubt: Doubt) -> None:
        """Count them as poor."""

    def rich_points(self) -> tuple[int, Sequence[int]]:
        """How many the rich are, and the points that they gave to each project."""


class Purses(Protocol):
    """Balances of the grouped voters. ``points``, ``voters`` and ``largest``: per project what its
    supporters gave it together, how many they are, and the most that one gave. ``holder``: the run whose
    balances these are."""

    points: list[int]
    voters: list[int]
    largest: list[int]
    holder: object

    def begin(self, units: int) -> None:
        """Everybody has so much."""

    def state(self) -> Any:
        """A copy of what has happened since ``begin``."""

    def go_back(self, state: Any) -> None:
        """To such a copy, which can be used again."""

    def untouched(self, project: int, place: int) -> bool:
        """Whether no supporter of the project has paid for the place or a later one."""

    def spent_as(self, state: Any, place: int) -> bool:
        """Whether those who have given all they had are those who, in a state, had when the place was paid."""

    def bound(
        self, project: int, price: int, floor: int, ceiling: int, enough: int
    ) -> tuple[int, bool] | None:
        """A lower bound of the price (units a point), never below the one given, and whether it is the best
        that balances tell; None if supporters have less than ``ceiling`` together. ``floor`` and
        ``ceiling``: the cost rounded down and up. A bound above ``enough`` is returned without more ado.

        Newton's method from below. What supporters would pay at a price is a concave function of the price
        and balances are never too low, so that no step passes the true price. The slope is taken between two
        neighbouring prices: from the second on, the function grows no faster than that.
        """

    def claim(self, project: int, price: int) -> Claim:
        """Part the supporters at a price that is not above the true one."""

    def pay(self, claim: Claim, price: int) -> None:
        """The rich pay ``price`` a point, the others all that they have."""

    def history(self) -> History:
        """What was paid since the last ``begin``."""

    def preferring(self, gained: Iterable[int], lost: Iterable[int]) -> tuple[int, int]:
        """Voters who gave more points to ``gained`` than to ``lost``, and the other way round."""


class PlainClaim:
    """A claim over lists."""

    def __init__(self, purses: PlainPurses, project: int, price: int) -> None:
        self.project = project
        self.purses = purses
        self.rows, self.given = purses.rows[project], purses.given[project]
        self.rich, self.short = purses.points[project], 0
        self.poor_voters, self.poor_points = 0, [0] * len(purses.points)
        self.is_rich = [True] * len(self.rows)
        #: Places of the poor with something.
        self.poor: list[int] = []
        self._move(place for place, row in enumerate(self.rows) if not purses.balances[row])
        self.tighten(price)

    def _move(self, places: Iterable[int]) -> bool:
        purses, moved = self.purses, False
        for place in places:
            row, moved = self.rows[place], True
            weight = purses.weights[row]
            self.is_rich[place] = False
            self.rich -= weight * self.given[place]
            self.short += weight
            if purses.balances[row]:
                self.poor.append(place)
                self.poor_voters += weight
                for project, points in purses.ballots[row]:
                    self.poor_points[project] += weight * points
        return moved

    def tighten(self, price: int) -> bool:
        balances = self.purses.balances
        return self._move(
            [
                place
                for place, (row, points) in enumerate(zip(self.rows, self.given, strict=True))
                if balances[row] < price * points and self.is_rich[place]
            ]
        )

    def doubts(self, price: int, slack: int) -> list[Doubt]:
        purses = self.purses
        groups: dict[tuple[int, ...], Doubt] = {}
        for place, (row, points) in enumerate(zip(self.rows, self.given, strict=True)):
            if self.is_rich[place] and purses.balances[row] - slack < price * points:
                history = {
                    project: given for project, given in purses.ballots[row] if project in purses.funded
                }
                key = (points, *(number for pair in history.items() for number in pair))
                groups.setdefault(key, Doubt(points, history, [])).members.append(place)
        return list(groups.values())

    def move(self, doubt: Doubt) -> None:
        self._move(doubt.members)

    def _rich(self) -> list[tuple[int, int]]:
        """Row and points of each of the rich."""
        return [
            one
            for one, rich in zip(zip(self.rows, self.given, strict=True), self.is_rich, strict=True)
            if rich
        ]

    def rich_points(self) -> tuple[int, list[int]]:
        voters, points = 0, [0] * len(self.purses.points)
        for row, _ in self._rich():
            voters += self.purses.weights[row]
            for project, given in self.purses.ballots[row]:
                points[project] += self.purses.weights[row] * given
        return voters, points


class PlainPurses:
    """Balances in lists; see ``Purses``."""

    def __init__(self, electorate: Electorate, projects: int) -> None:
        self.electorate = electorate
        columns = electorate.columns
        given = columns.points or [1] * len(columns.choices)
        self.weights = columns.weights
        #: By row the pairs of (project, points); by project the rows of its supporters and their points.
        self.ballots = [
            tuple(zip(columns.choices[a:b], given[a:b], strict=True)) for a, b in pairwise(columns.offsets)
        ]
        self.rows: list[list[int]] = [[] for _ in range(projects)]
        self.given: list[list[int]] = [[] for _ in range(projects)]
        for row, ballot in enumerate(self.ballots):
            for project, points in ballot:
                self.rows[project].append(row)
                self.given[project].append(points)
        self.weighing = [[self.weights[row] for row in rows] for rows in self.rows]
        self.points = [sum(map(mul, *pair)) for pair in zip(self.weighing, self.given, strict=True)]
        self.voters = [sum(weights) for weights in self.weighing]
        self.largest = [max(given, default=0) for given in self.given]
        self.holder: object = None
        self.balances: list[int] = []
        #: What was paid for, in this order; by row when it gave all that it had.
        self.funded: dict[int, None] = {}
        self.ended: list[int] = []
        #: By row for which place it paid last; -1 for none.
        self.last: list[int] = []

    def begin(self, units: int) -> None:
        self.balances = [units] * len(self.ballots)
        self.funded = {}
        self.ended = [len(self.rows)] * len(self.ballots)
        self.last = [-1] * len(self.ballots)

    def state(self) -> Any:
        return self.balances[:], dict(self.funded), self.ended[:], self.last[:]

    def go_back(self, state: Any) -> None:
        balances, funded, ended, last = state
        self.balances, self.funded, self.ended, self.last = balances[:], dict(funded), ended[:], last[:]

    def untouched(self, project: int, place: int) -> bool:
        return all(self.last[row] < place for row in self.rows[project])

    def spent_as(self, state: Any, place: int) -> bool:
        return [end <= place for end in self.ended] == [end <= place for end in state[2]]

    def bound(
        self, project: int, price: int, floor: int, ceiling: int, enough: int
    ) -> tuple[int, bool] | None:
        weights, given = self.weighing[project], self.given[project]
        has = list(map(self.balances.__getitem__, self.rows[project]))
        if sum(map(mul, weights, has)) < ceiling:
            return None
        pairs = list(zip(weights, has, given, strict=True))
        while price <= enough:
            now = sum([weight * min(money, price * points) for weight, money, points in pairs])
            if now >= floor:
                return price, True
            more = price + 1
            slope = sum([weight * min(money, more * points) for weight, money, points in pairs]) - now
            if floor - now <= slope:
                return price, True
            price += (floor - now) // slope
        return price, False

    def claim(self, project: int, price: int) -> PlainClaim:
        return PlainClaim(self, project, price)

    def pay(self, claim: Claim, price: int) -> None:
        assert isinstance(claim, PlainClaim)
        place = len(self.funded)
        for row, points, rich in zip(claim.rows, claim.given, claim.is_rich, strict=True):
            self.last[row] = place
            if rich:
                self.balances[row] -= price * points
            else:
                self.balances[row] = 0
                self.ended[row] = min(self.ended[row], place)
        self.funded[claim.project] = None

    def history(self) -> PlainHistory:
        projects = len(self.rows)
        return PlainHistory(self.ballots, self.weights, self.ended, list(self.funded), projects)

    def preferring(self, gained: Iterable[int], lost: Iterable[int]) -> tuple[int, int]:
        said = self.electorate.said
        sign = dict.fromkeys(gained, 1) | dict.fromkeys(lost, -1)
        given = [1] * len(said.choices) if said.points is None else said.points
        leads = [sign.get(project, 0) * points for project, points in zip(said.choices, given, strict=True)]
        more = less = 0
        for weight, (start, end) in zip(said.weights, pairwise(said.offsets), strict=True):
            lead = sum(leads[start:end])
            more += weight if lead > 0 else 0
            less += weight if lead < 0 else 0
        return more, less
