"""Scores and votes of a large profile."""

from __future__ import annotations

import numpy as np

from pb.core.counting.columns import Columns

#: Sums below this are exact in the doubles that bincount adds up.
EXACT = 2**53
ROWS = 16_384


def tally(columns: Columns, projects: int) -> tuple[list[int], list[int]] | None:
    """Per project the sum of weighted points (or of weights) and the voters who gave it more than nothing.

    None when a sum could be too large to be exact.
    """
    weights = np.frombuffer(columns.weights, dtype=np.int64)
    offsets = np.frombuffer(columns.offsets, dtype=np.int64)
    choices = np.frombuffer(columns.choices, dtype=np.int32)
    points = None if columns.points is None else np.frombuffer(columns.points, dtype=np.int64)
    if int(weights.max(initial=0)) * columns.largest * len(choices) >= EXACT:
        return None
    scores, votes = np.zeros(projects), np.zeros(projects)
    # In pieces that stay near the processor.
    for start in range(0, len(weights), ROWS):
        ends = offsets[start : start + ROWS + 1]
        here = slice(ends[0], ends[-1])
        by_entry = np.repeat(weights[start : start + ROWS], ends[1:] - ends[:-1])
        if points is None:
            votes += np.bincount(choices[here], weights=by_entry, minlength=projects)
            continue
        scores += np.bincount(choices[here], weights=by_entry * points[here], minlength=projects)
        votes += np.bincount(choices[here], weights=by_entry * (points[here] > 0), minlength=projects)
    return _whole(votes if points is None else scores), _whole(votes)


def _whole(sums: np.ndarray) -> list[int]:
    return [int(value) for value in sums]
