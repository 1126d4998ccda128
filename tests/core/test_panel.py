"""Descriptions of a panel: other averages, and agreement against the author's own numbers."""

from __future__ import annotations

from fractions import Fraction
from statistics import mean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.core.agreement import krippendorff_alpha
from pb.core.panel import statistics

_ = None
# Krippendorff's example C: four observers, twelve units.
EXAMPLE_C = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
    [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
]


@pytest.mark.parametrize(("level", "expected"), [("nominal", 7434), ("ordinal", 8154), ("interval", 8491)])
def test_alpha_of_the_authors_example(level: str, expected: int) -> None:
    alpha = krippendorff_alpha(EXAMPLE_C, level)
    assert alpha is not None
    assert round(alpha * 10_000) == expected


def test_alpha_at_its_ends() -> None:
    assert krippendorff_alpha([[1, 2, 3], [1, 2, 3]]) == 1
    assert krippendorff_alpha([[1, 1], [1, 1]]) is None
    assert krippendorff_alpha([[1, None], [None, 2]]) is None
    with pytest.raises(ValueError, match="ratio"):
        krippendorff_alpha(EXAMPLE_C, "ratio")


@given(st.lists(st.fractions(0, 100, max_denominator=50), min_size=1, max_size=9))
def test_statistics_agree_with_the_standard_library(scores: list[Fraction]) -> None:
    found = statistics(scores)
    assert found.mean == mean(scores)
    assert found.median == median(scores)
    assert found.spread == max(scores) - min(scores)
    assert found.trimmed == (mean(sorted(scores)[1:-1]) if len(scores) > 2 else mean(scores))
    expected = [mean(scores[:i] + scores[i + 1 :]) for i in range(len(scores))] if len(scores) > 1 else []
    assert list(found.leave_one_out) == expected
