"""How far a panel agrees: Krippendorff's alpha, exact. It describes and never decides anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction

#: Krippendorff's own customary bounds, in hundredths: from here on conclusions are firm, from there on tentative.
FIRM, TENTATIVE = 80, 67


def krippendorff_alpha(data: Sequence[Sequence[int | None]], level: str = "ordinal") -> Fraction | None:
    """Krippendorff's alpha of observers' values (rows: observers, columns: units, None: not scored), exact.

    As ``alpha_of_units``.
    """
    return alpha_of_units(zip(*data, strict=True), level)


def alpha_of_units(
    values_of_units: Iterable[Iterable[int | None]], level: str = "ordinal"
) -> Fraction | None:
    """The same from the values of each unit; who gave which plays no part.

    ``level``: nominal, ordinal or interval. None when no unit has two values or all values are the same. Units are
    counted, not gone through pair by pair, so that a large panel costs no more than reading it. Source: K.
    Krippendorff, Computing Krippendorff's Alpha-Reliability (2011).
    """
    counted = (Counter(value for value in unit if value is not None) for unit in values_of_units)
    units = [unit for unit in counted if unit.total() > 1]
    totals: Counter[int] = Counter()
    pairs: dict[int, Counter[tuple[int, int]]] = {}  # by the number of values in a unit
    for unit in units:
        totals.update(unit)
        seen = pairs.setdefault(unit.total(), Counter())
        for one, times in unit.items():
            for other, others in unit.items():
                if one < other:
                    seen[one, other] += times * others
    values, size = sorted(totals), totals.total()

    def distance(low: int, high: int) -> int:  # four times the squared difference, so that it is whole
        if level == "nominal":
            return 4
        if level == "interval":
            return 4 * (high - low) ** 2
        if level != "ordinal":
            raise ValueError(f"no level of measurement is called {level!r}")
        between = sum(totals[value] for value in values if low <= value <= high)
        return (2 * between - totals[low] - totals[high]) ** 2

    apart = {(low, high): distance(low, high) for low in values for high in values if low < high}
    expected = sum(totals[low] * totals[high] * d for (low, high), d in apart.items())
    if not expected:
        return None
    observed = sum(
        (Fraction(sum(n * apart[p] for p, n in seen.items()), m - 1) for m, seen in pairs.items()),
        Fraction(0),
    )
    return 1 - (size - 1) * observed / expected


def agreement_code(alpha: Fraction | None) -> str:
    """The word for an alpha: unknown, firm, tentative or weak."""
    if alpha is None:
        return "unknown"
    return "firm" if alpha * 100 >= FIRM else "tentative" if alpha * 100 >= TENTATIVE else "weak"
