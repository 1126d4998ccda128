"""The exact side of equal shares: what each project cost its payers, and what any set of voters has left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from fractions import Fraction
from math import gcd


class Ledger:
    """Prices that were paid, in their order, over denominators each of which divides the next.

    A voter who has not paid everything has exactly ``share - sum of price * points`` over the funded
    projects on the ballot. So what a set of such voters has left follows from whole numbers alone: how many
    they are, and how many points they gave to each funded project.
    """

    def __init__(self, share: Fraction) -> None:
        self.share = share.numerator
        self.denominator = share.denominator
        #: Project, numerator of its price, and the factor by which the denominator grew for it.
        self.prices: list[tuple[int, int, int]] = []

    def copy(self) -> Ledger:
        """Another one with the same entries."""
        other = copy(self)
        other.prices = self.prices[:]
        return other

    def left(self, voters: int, points: Mapping[int, int] | Sequence[int]) -> int:
        """What voters have left together, as a multiple of 1 / ``denominator``. ``points``: by project, the
        points that they gave it together."""
        if not voters:
            return 0
        sum_left = voters * self.share
        for project, numerator, factor in self.prices:
            sum_left = sum_left * factor - int(points[project]) * numerator
        return sum_left

    def one_left(self, points: Mapping[int, int]) -> int:
        """What one voter has left who gave these points and has not paid everything."""
        sum_left = self.share
        for project, numerator, factor in self.prices:
            sum_left = sum_left * factor - points.get(project, 0) * numerator
        return sum_left

    def charge(self, project: int, missing: int, points: int) -> None:
        """Enter a project: its price is ``missing`` / ``denominator`` / ``points``."""
        common = gcd(missing, points)
        self.prices.append((project, missing // common, points // common))
        self.denominator *= points // common

    def fractions(self) -> dict[int, Fraction]:
        """Every project's price."""
        found = {}
        denominator = self.denominator
        for project, numerator, factor in reversed(self.prices):
            found[project] = Fraction(numerator, denominator)
            denominator //= factor
        return found

    def parts(self) -> tuple[int, dict[int, int]]:
        """Everybody's share and every project's price as multiples of 1 / ``denominator``."""
        found, grown = {}, 1
        for project, numerator, factor in reversed(self.prices):
            found[project] = numerator * grown
            grown *= factor
        return self.share * grown, found
