"""How scores are written for people: this file alone formats hundredths."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from pb.core.rubrics import Criterion, Rubric
from pb.core.scoring import rounded_hundredths, sheet_score
from pb.web.wording import language


def points(hundredths: int | None) -> str:
    """„78,25“ in Georgian, "78.25" in English; always two decimals, since ranks rest on them."""
    if hundredths is None:
        return "–"
    whole, rest = divmod(hundredths, 100)
    return f"{whole}{',' if language() == 'ka' else '.'}{rest:02}"


def percent(basis_points: int) -> str:
    """„25 %“ of a weight in basis points; decimals only where there are any."""
    whole, rest = divmod(basis_points, 100)
    sign = "," if language() == "ka" else "."
    decimals = f"{rest:02}".rstrip("0")
    return f"{whole}{sign + decimals if decimals else ''} %"


def line_points(criterion: Criterion, value: int) -> int:
    """What one level gives on a sheet, in hundredths of a point."""
    share = Fraction(criterion.weight_bp * (value - criterion.low), criterion.high - criterion.low)
    return rounded_hundredths(share / 100)


def total(rubric: Rubric, values: Mapping[str, int]) -> int | None:
    """The score of a complete sheet in hundredths; None while a criterion is missing (or left out)."""
    if any(c.id not in values for c in rubric.criteria):
        return None
    return rounded_hundredths(sheet_score(values, rubric))
