"""Which voters have paid up to which turn of Phragmén's count, for large profiles."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pb.core.counting.columns import Columns

#: Sums below this are exact in the doubles that bincount adds up.
EXACT = 2**53


class FastLoads:
    """As ``phragmen_loads.Loads``. Raises OverflowError where a number of voters would not be exact."""

    def __init__(self, columns: Columns, projects: int) -> None:
        self._projects = projects
        self._weights = np.frombuffer(columns.weights, dtype=np.int64)
        if columns.voters >= EXACT:
            raise OverflowError
        self._offsets = np.frombuffer(columns.offsets, dtype=np.int64)
        self._choices = np.frombuffer(columns.choices, dtype=np.int32)
        self._lengths = self._offsets[1:] - self._offsets[:-1]
        by_entry = np.repeat(np.arange(len(self._weights), dtype=np.int32), self._lengths)
        # Sorting small integers of 16 bits is a radix sort; there are never more projects than that.
        small = self._choices.astype(np.uint16 if projects < 2**16 else np.int32)
        self._rows = by_entry[np.argsort(small, kind="stable")]
        self._starts = np.concatenate(([0], np.cumsum(np.bincount(small, minlength=projects))))
        named = np.bincount(self._choices, weights=self._weights[by_entry], minlength=projects)
        self.supporters = [int(voters) for voters in named]
        self.reset()

    def reset(self) -> None:
        self._last = np.zeros(len(self._weights), dtype=np.int64)

    def pay(self, project: int, turn: int) -> Mapping[int, Mapping[int, int]]:
        rows = self._rows[self._starts[project] : self._starts[project + 1]]
        lengths = self._lengths[rows]
        before, which = np.unique(self._last[rows], return_inverse=True)
        self._last[rows] = turn
        # The places of all entries of these rows: each row's start, repeated, and counted up from there.
        ends = np.cumsum(lengths)
        total = int(ends[-1]) if len(ends) else 0
        entries = np.arange(total) + np.repeat(self._offsets[rows] - (ends - lengths), lengths)
        cells = np.repeat(which * self._projects, lengths) + self._choices[entries]
        weights = np.repeat(self._weights[rows], lengths)
        sums = np.bincount(cells, weights=weights, minlength=len(before) * self._projects)
        moved: dict[int, dict[int, int]] = {}
        for place, earlier in enumerate(before):
            part = sums[place * self._projects : (place + 1) * self._projects]
            named = np.flatnonzero(part)
            voters = part[named].astype(np.int64)
            moved[int(earlier)] = dict(zip(named.tolist(), voters.tolist(), strict=True))
        return moved
