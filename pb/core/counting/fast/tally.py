"""Scores and votes of a large profile."""

from __future__ import annotations

import numpy as np

from pb.core.counting.columns import Columns

#: Sums below this are exact in the doubles that bincount adds up.
EXACT = 2**53


def tally(columns: Columns, projects: int) -> tuple[list[int], list[int]] | None:
    """Per project the sum of weighted points (or of weights) and the voters who gave it more than nothing.

    None when a sum could be too large to be exact.
    """
    weights = np.frombuffer(columns.weights, dtype=np.int64)
    offsets = np.frombuffer(columns.offsets, dtype=np.int64)
    choices = np.frombuffer(columns.choices, dtype=np.int32)
    if int(weights.max(initial=0)) * len(choices) >= EXACT:
        return None
    by_entry = np.repeat(weights, offsets[1:] - offsets[:-1])
    if columns.points is None:
        votes = np.bincount(choices, weights=by_entry, minlength=projects)
        return _whole(votes), _whole(votes)
    points = np.frombuffer(columns.points, dtype=np.int64)
    largest = max(int(points.max(initial=0)), -int(points.min(initial=0)))
    if int(by_entry.max(initial=0)) * largest * len(points) >= EXACT:
        return None
    scores = np.bincount(choices, weights=by_entry * points, minlength=projects)
    votes = np.bincount(choices, weights=by_entry * (points > 0), minlength=projects)
    return _whole(scores), _whole(votes)


def _whole(sums: np.ndarray) -> list[int]:
    return [int(value) for value in sums]
