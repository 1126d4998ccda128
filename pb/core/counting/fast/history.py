"""What ``shares_history.PlainHistory`` tells, in numpy.

Voters and points are added up in doubles, whose sums stay below 2^53 (``fast.purses``) and are therefore exact;
the amounts made of them carry a bound of their error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from math import floor
from typing import Any

import numpy as np

from pb.core.counting.shares_history import Spent, sure

#: Entries that are looked at together: sums over them stay near the processor.
NEAR = 65_536
#: Up to so many sums are kept side by side, beyond it those alone that are there.
MOST_SUMS = 2**20
#: No double is rounded by a larger part of itself; a little more than that.
ROUNDED = 2.0**-52
#: Integers up to this are kept as they are.
EXACT = 2**53
#: Any numpy array.
Array = Any


class FastHistory:
    """Flat arrays, one line a sum: round, place, project, voters or points. See ``History``."""

    def __init__(
        self,
        *,
        offsets: Array,
        choices: Array,
        points: Array | None,
        weights: Array,
        ended: Array,
        order: Sequence[int],
        projects: int,
    ) -> None:
        self.order, self.projects, self.places = order, projects, len(order)
        self._place_of = np.full(projects, self.places)
        self._place_of[list(order)] = np.arange(self.places)
        self._weights, self._ended = weights, ended
        self._offsets, self._choices, self._points = offsets, choices, points
        self.voters, self.everybody = np.zeros(projects), np.zeros(projects)
        size = (self.places + 1) * self.places * projects
        table = np.zeros(size if size <= MOST_SUMS else 0)
        found: list[tuple[Array, Array]] = []
        for first, last in pieces(offsets, max(NEAR, len(table) // 4)):
            key, number = self._sums(first, last)
            if len(table):
                table += np.bincount(key, weights=number, minlength=size)
            elif len(key):
                found.append(_by_key(key, number))
        if found:
            key, number = _by_key(*(np.concatenate(part) for part in zip(*found, strict=True)))
        else:
            key = np.flatnonzero(table)
            number = table[key]
        key, self.project = np.divmod(key, projects)
        self.end, self.place = np.divmod(key, max(1, self.places))
        self.number = number

    def _sums(self, first: int, last: int) -> tuple[Array, Array]:
        """Of some rows the keys of what they paid, once for every project on the row, and the numbers."""
        offsets = self._offsets[first : last + 1]
        choices = self._choices[offsets[0] : offsets[-1]]
        lengths, weights = offsets[1:] - offsets[:-1], self._weights[first:last]
        ends = np.minimum(self._ended[first:last], self.places)
        never = np.repeat(np.where(ends == self.places, weights, 0.0), lengths)
        self.voters += _added(choices, never, self.projects)
        self.everybody += _added(choices, np.repeat(weights, lengths), self.projects)
        place, end = self._place_of[choices], np.repeat(ends, lengths)
        paid = np.flatnonzero((place < self.places) & (place <= end))
        place, end = place[paid], end[paid]
        rows = np.repeat(np.arange(last - first), lengths)[paid]
        number = weights[rows]
        if self._points is not None:
            points = self._points[offsets[0] : offsets[-1]]
            number = np.where(place == end, number, number * points[paid])
        keys = (end * self.places + place) * self.projects
        # Whatever a row paid is set against all projects on it.
        wide = lengths[rows]
        done = np.cumsum(wide)
        at = np.arange(done[-1] if len(done) else 0) + np.repeat(
            offsets[rows] - offsets[0] - done + wide, wide
        )
        return np.repeat(keys, wide) + choices[at], np.repeat(number, wide)

    def whole(self, amount: float) -> int:
        return floor(amount)

    def spent(self, share: int, prices: Sequence[int], costs: Sequence[int], parts: int) -> Spent:
        near, has = np.array([price / parts for price in prices]), share / parts
        size = self.places * self.projects
        last = self.end == self.place
        part = self.number * np.where(last, has, near[self.place] if size else has)
        # What a place took from those who gave all they had there is their share less what they paid before.
        earlier = np.flatnonzero(~last & (self.end < self.places))
        gave = _added(self.place * self.projects + self.project, part, size)
        took = self.end[earlier] * self.projects + self.project[earlier]
        paid = _added(took, part[earlier], size)
        rounded = (8 + 2 * self.places) * ROUNDED
        at = np.flatnonzero(gave)
        place, project = np.divmod(at, self.projects)
        amount, slack = (gave - paid)[at], (gave + paid)[at] * rounded
        never = np.flatnonzero(~last & (self.end == self.places))
        out, kept = _added(self.project[never], part[never], self.projects), self.voters * has
        left = list(zip((kept - out).tolist(), ((kept + out) * rounded).tolist(), strict=True))
        # What the supporters of a winner had: their shares less what they paid for earlier places.
        winner = self._place_of[project]
        early = np.flatnonzero((place < winner) & (winner < self.places))
        whole = self.everybody[list(self.order)] * has
        less = _added(winner[early], amount[early], self.places)
        open_to = _added(winner[early], slack[early], self.places) + whole * rounded
        pairs = zip((whole - less).tolist(), open_to.tolist(), strict=True)
        before = [sure(self, one, by) for one, by in pairs]
        own = np.flatnonzero(place == winner)
        amount[own] = np.array(costs, dtype=np.float64)[place[own]]
        slack[own] = np.where(amount[own] < EXACT, 0, amount[own] * rounded)
        return Spent(self._sorted(project, place, amount, slack), left, before)

    def _sorted(
        self, project: Array, place: Array, amount: Array, slack: Array
    ) -> list[list[tuple[int, int]] | None]:
        order = np.lexsort((place, -amount, project))
        project, place, amount, slack = project[order], place[order], amount[order], slack[order]
        least = np.floor(amount - slack)
        unsure = least != np.floor(amount + slack)
        near = (amount - slack)[:-1] <= (amount + slack)[1:]
        unsure[:-1] |= near & (project[:-1] == project[1:])
        pairs = list(zip(place.tolist(), map(int, least.tolist()), strict=True))
        ends = np.searchsorted(project, np.arange(self.projects + 1)).tolist()
        found: list[list[tuple[int, int]] | None] = [pairs[a:b] for a, b in pairwise(ends)]
        for one in project[unsure].tolist():
            found[one] = None
        return found

    @cached_property
    def _by_project(self) -> tuple[Array, Array]:
        order = np.argsort(self.project, kind="stable")
        return order, np.searchsorted(self.project[order], np.arange(self.projects + 1))

    def of(self, project: int) -> tuple[int, Mapping[tuple[int, int], int]]:
        order, starts = self._by_project
        here = order[starts[project] : starts[project + 1]]
        number = self.number[here].astype(np.int64).tolist()
        pairs = zip(self.end[here].tolist(), self.place[here].tolist(), strict=True)
        return int(self.voters[project]), dict(zip(pairs, number, strict=True))


def pieces(offsets: Array, entries: int) -> Iterator[tuple[int, int]]:
    """All rows, from one to before another, with about so many entries each time."""
    rows = len(offsets) - 1
    cuts = np.searchsorted(offsets, np.arange(0, offsets[-1], entries)).tolist()
    for first, last in pairwise([0, *cuts[1:], rows]):
        if first < last:
            yield first, last


def _added(where: Array, numbers: Array, size: int) -> Array:
    return np.bincount(where, weights=numbers, minlength=size)


def _by_key(key: Array, number: Array) -> tuple[Array, Array]:
    """Every key once, with its sum."""
    found, which = np.unique(key, return_inverse=True)
    return found, np.bincount(which.reshape(-1), weights=number)
