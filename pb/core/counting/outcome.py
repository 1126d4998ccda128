"""What a count gives back: winners, ties, steps and a record per project, and its canonical JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from pb.core.canonical import canonical_json
from pb.core.counting.ties import Tie

#: The parameters that are money.
MONEY = ("step", "price")


class Reason(StrEnum):
    """Why a project was not funded."""

    FUNDED_ELSEWHERE = "funded_elsewhere"
    NO_VOTES = "no_votes"
    BELOW_MINIMUM = "below_minimum"
    OVER_POT = "over_pot"
    DOES_NOT_FIT = "does_not_fit"
    STOPPED = "stopped"
    EXCLUDED = "excluded"
    LOST_TIE = "lost_tie"
    SUPPORTERS_LACK_MONEY = "supporters_lack_money"
    VOTES_DO_NOT_PAY = "votes_do_not_pay"


Show = Callable[[int], Any]


class Record(Protocol):
    """A step of a count, or what it says of one project; each family of rules has its own."""

    @property
    def pot(self) -> str: ...

    @property
    def project(self) -> str: ...

    def to_data(self, money: Show, points: Show) -> dict[str, Any]:
        """Plain data. All money passes through ``money`` and all scores through ``points``."""
        ...


class Facts(Protocol):
    """What a rule says of a whole pot beside its steps and projects."""

    @property
    def pot(self) -> str: ...

    def to_data(self, money: Show, points: Show) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Step:
    """One project whose turn came. ``left``: money of the pot before it; ``spent``: of the pot after it."""

    pot: str
    project: str
    score: int
    cost: int
    left: int
    spent: int
    funded: bool
    reason: Reason | None

    def to_data(self, money: Show, points: Show) -> dict[str, Any]:
        return {
            "pot": self.pot,
            "project": self.project,
            "score": points(self.score),
            "cost": money(self.cost),
            "left": money(self.left),
            "spent": money(self.spent),
            "funded": self.funded,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that there is to say about one project under a greedy rule. Money in minor units, scores scaled.

    ``rank`` counts within the pot from 1, projects off the list included. ``spent`` is the running sum
    after the project's turn and ``left`` the money before it; both None when it never had one.
    ``votes_needed``: the least number of additional votes (points, for ballots with points or ranks) with
    which it would have been funded, all else equal; None when it is funded, or when no number would do.
    ``votes_to_spare``: how many a funded one could lose and stay funded. ``by``: the rival that excluded
    it, or the project at which the scan stopped.
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
    left: int | None
    spent: int | None
    by: str | None
    votes_needed: int | None
    votes_to_spare: int | None

    @property
    def missing(self) -> int | None:
        """The money that it lacked when its turn came."""
        return None if self.left is None or self.left >= self.cost else self.cost - self.left

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
            "left": or_none(self.left, money),
            "spent": or_none(self.spent, money),
            "needed": None if self.missing is None else money(self.cost),
            "missing": or_none(self.missing, money),
            "by": self.by,
            "votes_needed": or_none(self.votes_needed, points),
            "votes_to_spare": or_none(self.votes_to_spare, points),
        }


def or_none(value: int | None, show: Show) -> Any:
    """The value shown, or None where there is none."""
    return None if value is None else show(value)


@dataclass(frozen=True, slots=True)
class PotTotal:
    """One sum of money: what there was, what came over from the units, what was spent."""

    name: str
    sum: int
    brought: int
    spent: int

    @property
    def left(self) -> int:
        return self.sum + self.brought - self.spent


@dataclass(frozen=True, slots=True)
class Told:
    """What a rule says of what it did in one pot."""

    ties: tuple[Tie, ...]
    steps: tuple[Record, ...]
    projects: tuple[Record, ...]
    facts: Facts | None = None


@dataclass(frozen=True, slots=True)
class PotOutcome:
    """What a rule makes of one pot; winners are positions in the profile, in the order of selection.
    ``told``: says why, which takes longer than to find them, and is asked at most once."""

    winners: tuple[int, ...]
    told: Callable[[], Told]


@dataclass(frozen=True, slots=True)
class Selection:
    """Who wins, without a word on why; ids in the order of selection."""

    winners: tuple[str, ...]
    total_cost: int
    pots: tuple[PotTotal, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """A whole count. The same for any order of the ballots."""

    rule: str
    version: str
    parameters: Mapping[str, Any]
    minimum: int
    ballots: str
    voters: int
    budget: int
    decimals: int
    point_decimals: int
    winners: tuple[str, ...]
    total_cost: int
    pots: tuple[PotTotal, ...]
    ties: tuple[Tie, ...]
    steps: tuple[Record, ...]
    projects: tuple[Record, ...]
    facts: tuple[Facts, ...] = ()

    @property
    def left(self) -> int:
        """What stays of the budget."""
        return self.budget - self.total_cost

    def to_data(self, money: Show = int, points: Show = int) -> dict[str, Any]:
        """Plain data. All money passes through ``money`` and all scores through ``points``."""
        amounts = {name: money(self.parameters[name]) for name in MONEY if name in self.parameters}
        facts = {"facts": [one.to_data(money, points) for one in self.facts]} if self.facts else {}
        return {
            **facts,
            "rule": self.rule,
            "version": self.version,
            "parameters": {**self.parameters, **amounts, "minimum": points(self.minimum)},
            "ballots": self.ballots,
            "voters": self.voters,
            "budget": money(self.budget),
            "total_cost": money(self.total_cost),
            "left": money(self.left),
            "winners": list(self.winners),
            "pots": [
                {
                    "name": pot.name,
                    "sum": money(pot.sum),
                    "brought": money(pot.brought),
                    "spent": money(pot.spent),
                    "left": money(pot.left),
                }
                for pot in self.pots
            ],
            "ties": [
                {
                    "pot": tie.pot,
                    "score": points(tie.score),
                    "projects": list(tie.projects),
                    "settled_by": list(tie.settled_by),
                    "changed_winners": tie.decisive,
                }
                for tie in self.ties
            ],
            "steps": [step.to_data(money, points) for step in self.steps],
            "projects": [one.to_data(money, points) for one in self.projects],
        }

    def to_json(self) -> bytes:
        """Canonical JSON: money in units of 10^-``decimals``, scores in units of 10^-``point_decimals``."""
        scale = {"decimals": self.decimals, "point_decimals": self.point_decimals}
        return canonical_json({**self.to_data(), **scale})
