"""What sequential Phragmén says of its rounds and its projects: data that pages draw."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pb.core.counting.outcome import Reason, Show, or_none
from pb.core.counting.shares_records import amount, rounded


@dataclass(frozen=True, slots=True)
class PhragmenStep:
    """A project that was bought. Money in minor units; fractions are exact.

    ``price``: the load of each of its supporters after it, which is what each has paid in all;
    ``effective_votes``: cost / price, for a free project all its votes; ``supporters``: voters of the pot who
    named it; ``paid_less``: those of them who had paid for something before and so paid less now;
    ``loads_before``: what its supporters had paid together before; ``spent``: of the pot after it.
    """

    pot: str
    project: str
    score: int
    cost: int
    price: Fraction
    effective_votes: Fraction
    supporters: int
    paid_less: int
    loads_before: Fraction
    spent: int

    def to_data(self, money: Show, points: Show) -> dict[str, Any]:
        return {
            "pot": self.pot,
            "project": self.project,
            "score": points(self.score),
            "cost": money(self.cost),
            "price": amount(self.price, money),
            "effective_votes": rounded(self.effective_votes),
            "supporters": self.supporters,
            "paid_less": self.paid_less,
            "loads_before": money(self.loads_before.numerator // self.loads_before.denominator),
            "spent": money(self.spent),
            "by": "phragmen",
            "funded": True,
        }


@dataclass(frozen=True, slots=True)
class PhragmenExplanation:
    """All that there is to say about one project under sequential Phragmén. Money in minor units.

    ``rank`` counts within the pot from 1: winners in the order of buying, then those refused, the lowest load
    first, then those off the list. ``price``: the load of its supporters when it was bought, or that they
    would have had to bear when the count ended; None for a project off the list or without a supporter.
    ``left``: the pot's money at that moment; ``spent``: of the pot after it was bought; ``by``: the rival
    that excluded it, or the project at which the count ended. ``votes_needed``: the least number of more
    voters, who choose it alone, with which it would have been funded; None when it is funded or no number
    would do.
    """

    project: str
    name: str
    pot: str
    rank: int
    score: int
    votes: int
    cost: int
    funded: bool
    reason: Reason | None
    by: str | None
    price: Fraction | None
    effective_votes: Fraction | None
    supporters: int
    loads_before: Fraction | None
    left: int | None
    spent: int | None
    votes_needed: int | None

    @property
    def missing(self) -> int | None:
        """The money that the pot lacked for it."""
        return None if self.left is None or self.left >= self.cost else self.cost - self.left

    def to_data(self, money: Show, points: Show) -> dict[str, Any]:
        before = self.loads_before
        return {
            "project": self.project,
            "name": self.name,
            "pot": self.pot,
            "rank": self.rank,
            "score": points(self.score),
            "votes": self.votes,
            "cost": money(self.cost),
            "funded": self.funded,
            "reason": self.reason,
            "by": self.by,
            "price": amount(self.price, money),
            "effective_votes": rounded(self.effective_votes),
            "supporters": self.supporters,
            "loads_before": None if before is None else money(before.numerator // before.denominator),
            "left": or_none(self.left, money),
            "spent": or_none(self.spent, money),
            "missing": or_none(self.missing, money),
            "votes_needed": or_none(self.votes_needed, points),
        }
