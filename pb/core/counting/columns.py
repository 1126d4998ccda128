"""Ballots as flat columns of machine integers: what the counting of many ballots runs over."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, compress
from operator import itemgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pb.core.counting.profile import Ballot


@dataclass(frozen=True, eq=False, slots=True)
class Columns:
    """Grouped ballots, row by row.

    Row r stands for ``weights[r]`` voters and has the entries from ``offsets[r]`` up to ``offsets[r + 1]``:
    ``choices`` holds positions of projects, ``points`` what each was given (None: every choice counts one).
    ``least`` and ``most`` bound the points (1 and 1 without any). All are ``array``s of 64 bit signed
    integers, ``choices`` of 32 bit; other code may look at their memory.
    """

    weights: array[int]
    offsets: array[int]
    choices: array[int]
    points: array[int] | None
    least: int = 1
    most: int = 1

    @property
    def voters(self) -> int:
        return sum(self.weights)

    def joined_by(self, choices: Sequence[int], weight: int) -> Columns:
        """One more row, of ballots without points."""
        return Columns(
            weights=self.weights + array("q", (weight,)),
            offsets=self.offsets + array("q", (self.offsets[-1] + len(choices),)),
            choices=self.choices + array("i", choices),
            points=None,
        )

    @property
    def largest(self) -> int:
        """No point is further from 0; at least 1."""
        return max(1, self.most, -self.least)


def columns_of(ballots: Sequence[Ballot], *, points: bool, ranks_from: int | None = None) -> Columns:
    """Columns of grouped ballots: with the voters' points, with Borda points that count down from
    ``ranks_from``, or with neither. Raises OverflowError for a number that does not fit 64 bits."""
    given: array[int] | None = None
    if points:
        given = array("q", chain.from_iterable(map(itemgetter(2), ballots)))
    elif ranks_from is not None:
        borda = range(ranks_from, 0, -1)
        given = array("q", chain.from_iterable(borda[: len(ballot.choices)] for ballot in ballots))
    chosen = list(map(itemgetter(1), ballots))
    # Arrays take lists about twice as fast as iterators.
    return Columns(
        weights=array("q", list(map(itemgetter(3), ballots))),
        offsets=_offsets(map(len, chosen)),
        choices=array("i", list(chain.from_iterable(chosen))),
        points=given,
        **_bounds(given),
    )


def with_entries(weights: array[int], rows: Iterable[Sequence[tuple[int, int]]]) -> Columns:
    """Columns of rows that are written out as pairs of (choice, points)."""
    listed = list(rows)
    given = array("q", (value for row in listed for _, value in row))
    return Columns(
        weights=weights,
        offsets=_offsets(map(len, listed)),
        choices=array("i", (choice for row in listed for choice, _ in row)),
        points=given,
        **_bounds(given),
    )


def above_nothing(columns: Columns) -> Columns:
    """The same rows without the entries whose points are nothing or less."""
    if columns.points is None or columns.least > 0:
        return columns
    kept = list(map((0).__lt__, columns.points))
    before = list(accumulate(kept, initial=0))
    given = array("q", list(compress(columns.points, kept)))
    return Columns(
        weights=columns.weights,
        offsets=array("q", list(map(before.__getitem__, columns.offsets))),
        choices=array("i", list(compress(columns.choices, kept))),
        points=given,
        **_bounds(given),
    )


def _bounds(points: array[int] | None) -> dict[str, int]:
    return {"least": min(points), "most": max(points)} if points else {}


def _offsets(lengths: Iterable[int]) -> array[int]:
    return array("q", list(accumulate(lengths, initial=0)))
