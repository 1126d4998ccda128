"""What equal shares says of its rounds, its projects and its shares: data that pages draw."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from pb.core.canonical import LARGEST_INT
from pb.core.counting.outcome import Reason, Show, or_none

#: Places after the point of a minor unit, beyond which it is cut off, and of effective votes.
MONEY_PLACES = 6
VOTES_PLACES = 2


def cut(value: Fraction | None, places: int) -> str | None:
    """A fraction as decimal text, cut off towards zero: ``(Fraction(2, 3), 2)`` is ``"0.66"``."""
    if value is None:
        return None
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    sign = "-" if value < 0 and digits.strip("0") else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def amount(value: Fraction | None, money: Show) -> str | None:
    """A fraction of minor units as text, in the same units as ``money`` gives whole amounts."""
    return None if value is None else cut(value * Fraction(money(1)), MONEY_PLACES)


def held(value: int | None, money: Show) -> Any:
    """An amount, or None for a sum above what JSON holds exactly: voters' shares together may be one."""
    return None if value is None or value > LARGEST_INT else money(value)


def rounded(value: Fraction | None) -> str | None:
    """Effective votes as text with two decimals, rounded half up, as towns print them."""
    return None if value is None else cut(value + Fraction(1, 200), VOTES_PLACES)


@dataclass(frozen=True, slots=True)
class SharesStep:
    """A project that was funded. Money in minor units; fractions are exact.

    ``price``: what a supporter with enough money paid (for ballots with points or ranks: per point);
    ``effective_votes``: cost / price, for a free project all its votes; ``supporters``: voters of the pot
    who named it; ``paid_less``: those of them who had less left than their part and paid that, be it
    nothing; ``left_before``: what all its supporters had left together, rounded down; ``spent``: of the pot after it;
    ``by``: "shares", or the part of the completion that chose it ("add1u", "utilitarian", "greedy"): nobody
    paid then, and price, effective votes, paid_less and left_before are None.
    """

    pot: str
    project: str
    score: int
    cost: int
    price: Fraction | None
    effective_votes: Fraction | None
    supporters: int
    paid_less: int | None
    left_before: int | None
    spent: int
    by: str

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
            "left_before": held(self.left_before, money),
            "spent": money(self.spent),
            "by": self.by,
            "funded": True,
        }


class Spending(NamedTuple):
    """What the supporters of one project together paid for another, in minor units, rounded down."""

    project: str
    amount: int


@dataclass(frozen=True, slots=True)
class SharesExplanation:
    """All that there is to say about one project under equal shares. Money in minor units.

    ``rank`` counts within the pot from 1: winners in the order of selection, then those refused, first those
    whose supporters have most left for their cost, then those off the list. ``supporters_left``: what its
    supporters have left at the end, rounded down; ``missing``: how much less than the cost that is, rounded
    up, None when it is funded or money is not what it lacks; ``spent_on``: on what they spent theirs, the
    project itself included, the biggest sum first. These are None and empty for a project off the list and
    where the comparison chose the greedy outcome. ``by``: the rival that excluded it; ``spent``: of the pot
    after it was funded.
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
    supporters_left: int | None
    missing: int | None
    spent_on: tuple[Spending, ...]
    spent: int | None

    def to_data(self, money: Show, points: Show) -> dict[str, Any]:
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
            "supporters_left": held(self.supporters_left, money),
            "missing": or_none(self.missing, money),
            "spent_on": [
                {"project": one.project, "amount": held(one.amount, money)} for one in self.spent_on
            ],
            "spent": or_none(self.spent, money),
        }


@dataclass(frozen=True, slots=True)
class Preference:
    """How many voters have strictly more of what they chose under each of two outcomes; ``kept``: whether
    equal shares stays, which it does unless more voters prefer the greedy outcome."""

    shares: int
    greedy: int
    kept: bool


@dataclass(frozen=True, slots=True)
class SharesFacts:
    """The share that the outcome of a pot rests on. ``voters``: among whom its money was split;
    ``share``: money / voters; ``raises``: how many steps were added to everybody's; ``endowment``: the two
    together; ``runs``: how many endowments were tried; ``preference``: the comparison, where there was one.
    """

    pot: str
    voters: int
    share: Fraction
    raises: int
    endowment: Fraction
    runs: int
    preference: Preference | None

    def to_data(self, money: Show, points: Show) -> dict[str, Any]:
        one = self.preference
        return {
            "pot": self.pot,
            "voters": self.voters,
            "share": amount(self.share, money),
            "raises": self.raises,
            "endowment": amount(self.endowment, money),
            "runs": self.runs,
            "preference": one and {"shares": one.shares, "greedy": one.greedy, "kept": one.kept},
        }
