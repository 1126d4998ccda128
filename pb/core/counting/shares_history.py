"""Who paid how much for what, told by the projects of the payers, after a run of equal shares has ended.

A voter paid price * points for every funded project on the ballot, until the round in which that was more
than was left: there the voter gave all that there was, and nothing for what came later. So three numbers say
everything about the supporters of a project: in which round so many of them gave all they had, which places
those had paid for before, and with how many points. Sums of them are exact; the amounts that follow are found
near enough to be rounded down, and exactly (``shares_explain``) where the error could matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

#: Bits behind the point of amounts that need not be exact.
BITS = 64


class Spent(NamedTuple):
    """What follows for every project, in minor units; None where the error leaves it open.

    ``paid``: by project, as (place, amount rounded down) what its supporters paid for the winners of places,
    the biggest sum first, equal ones by their places; ``left``: by project what its supporters have left at
    the end, as an amount of the history's own kind of numbers and how far it may be off; ``before``: by place
    what the supporters of its winner had left before they paid for it, rounded down.
    """

    paid: Sequence[Sequence[tuple[int, int]] | None]
    left: Sequence[tuple[Any, Any]]
    before: Sequence[int | None]


class History(Protocol):
    """Of a finished run; places count the projects that somebody paid for, from 0, in their order."""

    def whole(self, amount: Any) -> int:
        """An amount rounded down to minor units."""

    def spent(self, share: int, prices: Sequence[int], costs: Sequence[int], parts: int) -> Spent:
        """All amounts; share and prices by place are given in 1 / ``parts`` of a minor unit. ``costs``: what
        each winner cost, which is what its own supporters paid for it."""

    def of(self, project: int) -> tuple[int, Mapping[tuple[int, int], int]]:
        """Exactly, of the supporters of one project: how many never gave all that they had; and by (end,
        place): where the two are the same, how many gave all they had there, else the points that those who
        gave all for the place ``end`` (the number of places: for none) had given to the place before it."""


class PlainHistory:
    """With the integers of the standard library."""

    def __init__(
        self,
        ballots: Sequence[Sequence[tuple[int, int]]],
        weights: Sequence[int],
        ended: Sequence[int],
        order: Sequence[int],
        projects: int,
    ) -> None:
        """``ended``: by row the place for which it gave all it had, the number of places or more for none."""
        self.order, self.places = order, len(order)
        place_of = {project: place for place, project in enumerate(order)}
        self.sums: list[Counter[tuple[int, int]]] = [Counter() for _ in range(projects)]
        self.voters = [0] * projects
        self.everybody = [0] * projects
        self.error = 0
        for ballot, weight, end in zip(ballots, weights, ended, strict=True):
            end = min(end, self.places)
            paid = [
                (place, weight if place == end else weight * points)
                for project, points in ballot
                if (place := place_of.get(project, self.places)) < self.places and place <= end
            ]
            self.error += weight + sum([number for _, number in paid])
            for project, _ in ballot:
                sums = self.sums[project]
                for place, number in paid:
                    sums[end, place] += number
                self.everybody[project] += weight
                if end == self.places:
                    self.voters[project] += weight
        # Every price and the share are rounded down by less than one each.
        self.error *= 2

    def whole(self, amount: int) -> int:
        return amount >> BITS

    def spent(self, share: int, prices: Sequence[int], costs: Sequence[int], parts: int) -> Spent:
        near, has = [(price << BITS) // parts for price in prices], (share << BITS) // parts
        everything: list[dict[int, int]] = []
        left = []
        for sums, voters in zip(self.sums, self.voters, strict=True):
            amounts = dict.fromkeys(sorted({place for _, place in sums}), 0)
            kept = voters * has
            for (end, place), number in sums.items():
                if place == end:
                    amounts[place] += number * has
                    continue
                part = number * near[place]
                amounts[place] += part
                if end < self.places:
                    amounts[end] -= part
                else:
                    kept -= part
            everything.append(amounts)
            left.append((kept, self.error if voters else 0))
        before = []
        for place, project in enumerate(self.order):
            earlier = [amount for at, amount in everything[project].items() if at < place]
            has_left = self.everybody[project] * has - sum(earlier)
            before.append(sure(self, has_left, self.error * (len(earlier) + 1)))
            everything[project][place] = costs[place] << BITS
        own = {project: place for place, project in enumerate(self.order)}
        return Spent(
            [self._sorted(one, own.get(project)) for project, one in enumerate(everything)], left, before
        )

    def _sorted(self, amounts: Mapping[int, int], own: int | None) -> list[tuple[int, int]] | None:
        ordered = sorted(amounts.items(), key=lambda one: -one[1])
        if any(one[1] - other[1] <= 2 * self.error for one, other in pairwise(ordered)):
            return None
        found = []
        for place, amount in ordered:
            whole = sure(self, amount, 0 if place == own else self.error)
            if whole is None:
                return None
            found.append((place, whole))
        return found

    def of(self, project: int) -> tuple[int, Mapping[tuple[int, int], int]]:
        return self.voters[project], self.sums[project]


def exact(history: History, project: int, share: int, prices: Sequence[int]) -> tuple[dict[int, int], int]:
    """By place what the supporters of a project paid for it, and what they have left: in the parts in which
    share and prices are given, exactly."""
    voters, sums = history.of(project)
    amounts = dict.fromkeys(sorted({place for _, place in sums}), 0)
    left = voters * share
    for (end, place), number in sums.items():
        if place == end:
            amounts[place] += number * share
            continue
        part = number * prices[place]
        amounts[place] += part
        if end < len(prices):
            amounts[end] -= part
        else:
            left -= part
    return amounts, left


def sure(history: History, amount: Any, slack: Any) -> int | None:
    """An amount rounded down, None where its slack leaves that open."""
    least = history.whole(amount - slack)
    return least if least == history.whole(amount + slack) else None
