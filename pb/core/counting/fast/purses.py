"""The purses of equal shares in numpy: the integers of ``shares_purses.PlainPurses``, kept in doubles.

Proof that nothing is rounded. All balances of a run, and one unit more for every voter, are below 2^53
together (``shares_run.MONEY_BITS`` and the bound on voters below). What is summed are integers between 0 and
a voter's balance, each times its weight, so that every sum, in whatever order, is an integer below 2^53.
Only ``price * points`` may be larger; it is then rounded, but not to less than 2^53, and the balance beside
it is taken. All points of all voters together are below 2^53 (checked below), and
so is every sum of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from pb.core.counting.electorate import Electorate
from pb.core.counting.fast.history import NEAR, FastHistory
from pb.core.counting.shares_purses import Claim, Doubt

EXACT = 2**53
MOST_VOTERS = 2**50
#: Longer products are handed to several threads, which wait for each other on a busy machine.
PIECE = 8_192
#: Any numpy array; its kind stands in the name or the comment.
Array = Any


def product(one: Array, other: Array) -> int:
    """The sum of the products, an integer below 2^53."""
    if len(one) <= PIECE:
        return int(one @ other)
    starts = range(0, len(one), PIECE)
    return int(sum([one[start : start + PIECE] @ other[start : start + PIECE] for start in starts]))


class FastPurses:
    """Balances in one array; see ``Purses``. Raises OverflowError when numbers could be too large."""

    def __init__(self, electorate: Electorate, projects: int) -> None:
        self.electorate = electorate
        columns = electorate.columns
        weights = np.frombuffer(columns.weights, dtype=np.int64)
        self.offsets = np.frombuffer(columns.offsets, dtype=np.int64)
        self.choices = np.frombuffer(columns.choices, dtype=np.int32)
        self.lengths = self.offsets[1:] - self.offsets[:-1]
        self.longest = self.lengths.max(initial=1)
        points = None if columns.points is None else np.frombuffer(columns.points, dtype=np.int64)
        most = electorate.said.largest
        if electorate.voters * most * projects >= EXACT or electorate.voters >= MOST_VOTERS:
            raise OverflowError("sums beyond what doubles hold")
        self.projects = projects
        self.weights = weights.astype(np.float64)
        self.utilities = None if points is None else points.astype(np.float64)
        self._turn(projects)
        self.balances = np.zeros(len(weights))
        self.room = np.empty((2, max(self.counts, default=0)))
        self.funded = np.zeros(projects, dtype=bool)
        #: What was paid for, in this order; by row when it gave all that it had.
        self.order: list[int] = []
        self.holder: object = None
        self.ended = np.zeros(len(weights), dtype=np.int64)
        #: By row for which place it paid last; -1 for none.
        self.last = np.zeros(len(weights), dtype=np.int32)

    def _turn(self, projects: int) -> None:
        """The entries by project: rows of its supporters, their weights and the points that they gave."""
        narrow = self.choices.astype(
            np.uint8 if projects <= 256 else np.uint16 if projects <= 65_536 else np.int32
        )
        order = np.argsort(narrow, kind="stable")
        rows = np.repeat(np.arange(len(self.lengths)), self.lengths)[order]
        weighing = self.weights[rows]
        given = None if self.utilities is None else self.utilities[order]
        self.counts = np.bincount(narrow, minlength=projects).tolist()
        here = [slice(a, b) for a, b in pairwise(accumulate(self.counts, initial=0))]
        self.rows = [rows[one] for one in here]
        self.weighing = [weighing[one] for one in here]
        self.given = [None if given is None else given[one] for one in here]
        self.voters = [int(np.add.reduce(one)) for one in self.weighing]
        self.points, self.largest = self.voters, [1] * projects
        if given is not None:
            pairs = list(zip(self.weighing, [given[one] for one in here], strict=True))
            self.points = [product(*pair) for pair in pairs]
            self.largest = [int(one.max(initial=0.0)) for _, one in pairs]

    def begin(self, units: int) -> None:
        self.balances.fill(units)
        self.funded[:] = False
        self.order = []
        self.ended.fill(self.projects)
        self.last.fill(-1)

    def state(self) -> Any:
        return self.balances.copy(), self.funded.copy(), self.order[:], self.ended.copy(), self.last.copy()

    def go_back(self, state: Any) -> None:
        balances, funded, order, ended, last = state
        self.balances[:], self.funded[:], self.ended[:], self.last[:] = balances, funded, ended, last
        self.order = order[:]

    def untouched(self, project: int, place: int) -> bool:
        return bool(self.last[self.rows[project]].max(initial=-1) < place)

    def spent_as(self, state: Any, place: int) -> bool:
        return bool(np.array_equal(self.ended <= place, state[3] <= place))

    def bound(
        self, project: int, price: int, floor: int, ceiling: int, enough: int
    ) -> tuple[int, bool] | None:
        weights, given = self.weighing[project], self.given[project]
        has, paid = self.room[:, : len(weights)]
        self.balances.take(self.rows[project], out=has, mode="clip")
        if product(weights, has) < ceiling:
            return None
        while price <= enough:
            part = price if given is None else given * price
            now = product(weights, np.minimum(has, part, out=paid))
            if now >= floor:
                return price, True
            more = price + 1
            part = more if given is None else given * more
            slope = product(weights, np.minimum(has, part, out=paid)) - now
            if floor - now <= slope:
                return price, True
            price += (floor - now) // slope
        return price, False

    def claim(self, project: int, price: int) -> FastClaim:
        return FastClaim(self, project, price)

    def pay(self, claim: Claim, price: int) -> None:
        assert isinstance(claim, FastClaim)
        part = price if claim.given is None else claim.given * price
        self.balances[claim.rows] = np.where(claim.is_poor, 0.0, claim.has - part)
        self.last[claim.rows] = len(self.order)
        if claim.short:
            poor = claim.rows[claim.is_poor]
            self.ended[poor] = np.minimum(self.ended[poor], len(self.order))
        self.order.append(claim.project)
        self.funded[claim.project] = True

    def history(self) -> FastHistory:
        return FastHistory(
            offsets=self.offsets,
            choices=self.choices,
            points=self.utilities,
            weights=self.weights,
            ended=self.ended,
            order=self.order,
            projects=self.projects,
        )

    def entries(self, rows: Array) -> tuple[Array, Array, Array | None]:
        """All entries of some rows: which of ``rows`` (its place) they belong to, the project, the points."""
        lengths = self.lengths[rows]
        places = np.repeat(np.arange(len(rows)), lengths)
        ends = np.cumsum(lengths)
        total = int(ends[-1]) if len(ends) else 0
        at = np.arange(total) + np.repeat(self.offsets[rows] - (ends - lengths), lengths)
        return places, self.choices[at], None if self.utilities is None else self.utilities[at]

    def pieces(self, rows: Array) -> Iterator[Array]:
        """The rows, some at a time."""
        size = max(1, NEAR // max(1, int(self.longest)))
        for start in range(0, len(rows), size):
            yield rows[start : start + size]

    def by_project(self, rows: Array) -> Array:
        """The points that voters of the rows gave, by project."""
        points = np.zeros(self.projects)
        for piece in self.pieces(rows):
            lengths = self.lengths[piece]
            ends = np.cumsum(lengths)
            at = np.arange(ends[-1]) + np.repeat(self.offsets[piece] - ends + lengths, lengths)
            amounts = np.repeat(self.weights[piece], lengths)
            if self.utilities is not None:
                # A choice without points is one point.
                amounts *= self.utilities[at]
            points += np.bincount(self.choices[at], weights=amounts, minlength=self.projects)
        return points

    def preferring(self, gained: Iterable[int], lost: Iterable[int]) -> tuple[int, int]:
        said = self.electorate.said
        sign = np.zeros(self.projects)
        sign[list(gained)] = 1
        sign[list(lost)] = -1
        marks = sign[np.frombuffer(said.choices, dtype=np.int32)]
        if said.points is not None:
            marks *= np.frombuffer(said.points, dtype=np.int64)
        offsets = np.frombuffer(said.offsets, dtype=np.int64)
        rows = np.repeat(np.arange(len(self.weights)), offsets[1:] - offsets[:-1])
        lead = np.bincount(rows, weights=marks, minlength=len(self.weights))
        return int(self.weights[lead > 0].sum()), int(self.weights[lead < 0].sum())


class FastClaim:
    """A claim over arrays; see ``Claim``."""

    def __init__(self, purses: FastPurses, project: int, price: int) -> None:
        self.purses, self.project = purses, project
        self.rows, self.given = purses.rows[project], purses.given[project]
        self.weights = purses.weighing[project]
        self.has = purses.balances[self.rows]
        self.rich, self.short = purses.points[project], 0
        self.poor_voters = 0
        self.poor_points: Array = np.zeros(0)
        self.is_poor = np.zeros(len(self.rows), dtype=bool)
        below = self._below(price)
        self._move(np.flatnonzero(below | (self.has <= 0)))

    def _below(self, price: int) -> Array:
        return self.has < (price if self.given is None else self.given * price)

    def _move(self, places: Array) -> bool:
        if not len(places):
            return False
        weights = self.weights[places]
        self.is_poor[places] = True
        self.rich -= int(weights.sum() if self.given is None else weights @ self.given[places])
        self.short += int(weights.sum())
        some = places[self.has[places] > 0]
        if len(some):
            rows = self.rows[some]
            self.poor_voters += int(self.weights[some].sum())
            found = self.purses.by_project(rows)
            self.poor_points = self.poor_points + found if len(self.poor_points) else found
        return True

    def tighten(self, price: int) -> bool:
        return self._move(np.flatnonzero(self._below(price) & ~self.is_poor))

    def doubts(self, price: int, slack: int) -> list[Doubt]:
        part = price if self.given is None else self.given * price
        places = np.flatnonzero((self.has - part < slack) & ~self.is_poor)
        if not len(places):
            return []
        purses = self.purses
        funded = np.flatnonzero(purses.funded)
        # Per place the points that it gave to each funded project and to this one: equal lines are one doubt.
        lines = np.zeros((len(places), len(funded) + 1), dtype=np.int64)
        at, projects, points = purses.entries(self.rows[places])
        here = purses.funded[projects]
        column = np.searchsorted(funded, projects[here])
        lines[at[here], column] = 1 if points is None else points[here]
        lines[:, -1] = 1 if self.given is None else self.given[places]
        kinds, which = np.unique(lines, axis=0, return_inverse=True)
        which = which.reshape(-1)
        order = np.argsort(which, kind="stable")
        pieces = np.split(places[order], np.flatnonzero(np.diff(which[order])) + 1)
        return [
            Doubt(line[-1], {p: n for p, n in zip(funded.tolist(), line[:-1], strict=True) if n}, members)
            for line, members in zip(kinds.tolist(), pieces, strict=True)
        ]

    def move(self, doubt: Doubt) -> None:
        self._move(np.asarray(doubt.members))

    def rich_points(self) -> tuple[int, Sequence[int]]:
        rich = ~self.is_poor
        return int(self.weights[rich].sum()), self.purses.by_project(self.rows[rich])
