"""Equal shares as the paper words it: one fraction a voter, every price from scratch. Slow and plain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from pb.core.counting import parameters as checked_parameters
from pb.core.counting.parameters import EXTRA
from pb.core.counting.profile import POINT_KINDS, BallotKind, Profile
from pb.core.counting.ties import tie_keys


def utilities(profile: Profile) -> list[dict[int, int]]:
    """Per voter the points (more than nothing) by position of the project."""
    return [{choice: points for choice, points in one.items() if points > 0} for one in said(profile)]


def said(profile: Profile) -> list[dict[int, int]]:
    """Per voter all points by position of the project, nothing and less included."""
    voters = []
    for ballot in profile.ballots:
        given = {}
        if profile.kind in POINT_KINDS:
            given = dict.fromkeys(range(len(profile.projects)), profile.default_score)
        for place, choice in enumerate(ballot.choices):
            if profile.kind in POINT_KINDS:
                given[choice] = ballot.points[place]
            else:
                given[choice] = profile.longest - place if profile.kind is BallotKind.ORDINAL else 1
        voters += [given] * ballot.weight
    return voters


def price(cost: int, money: Sequence[Fraction], given: Sequence[int]) -> Fraction | None:
    """The smallest q with sum of min(money, q * given) = cost, tried at every place where the sum bends."""
    if sum(money) < cost:
        return None
    order = sorted(range(len(money)), key=lambda i: money[i] / given[i])
    paid, points = Fraction(0), sum(given)
    for i in order:
        q = (cost - paid) / points
        if q <= money[i] / given[i]:
            return q
        paid += money[i]
        points -= given[i]
    raise AssertionError("money is enough, so somebody is the last to pay in full")


@dataclass
class Naive:
    """A naive count; ``winners`` in order of selection, ``prices`` of those that voters paid for."""

    profile: Profile
    given: dict[str, Any]
    prices: dict[int, Fraction] = field(default_factory=dict)
    left: list[Fraction] = field(default_factory=list)
    paid: list[dict[int, Fraction]] = field(default_factory=list)
    raises: int = 0
    tied: bool = False

    def __post_init__(self) -> None:
        p = checked_parameters.check(self.profile, self.given, EXTRA[:3])
        self.parameters, self.voters = p, utilities(self.profile)
        self.keys = tie_keys(self.profile, p.ties)
        tally = self.profile.tally
        self.listed = [
            position
            for position, project in enumerate(self.profile.projects)
            if project.id not in p.elsewhere
            and tally.votes[position] > 0
            and tally.scores[position] > 0
            and tally.scores[position] >= p.minimum
            and project.cost <= self.profile.budget
        ]

    def cost(self, positions: Sequence[int]) -> int:
        return sum(self.profile.projects[position].cost for position in positions)

    def excluded(self, position: int, funded: Sequence[int]) -> bool:
        return bool(self.parameters.rivals.get(position, frozenset()) & set(funded))

    def run(self, share: Fraction) -> list[int]:
        self.left = [share for _ in self.voters]
        self.paid = [{} for _ in self.voters]
        self.prices, self.tied = {}, False
        funded: list[int] = []
        while True:
            offers: dict[int, tuple[Fraction, Fraction]] = {}
            for position in self.listed:
                who = [i for i, points in enumerate(self.voters) if position in points]
                if position in funded or self.excluded(position, funded) or not who:
                    continue
                cost = self.profile.projects[position].cost
                q = price(cost, [self.left[i] for i in who], [self.voters[i][position] for i in who])
                if q is not None:
                    by_cost = self.parameters.utility == "cost" and cost > 0
                    offers[position] = (q / cost if by_cost else q), q
            if not offers:
                return funded
            least = min(measure for measure, _ in offers.values())
            tied = [position for position, (measure, _) in offers.items() if measure == least]
            self.tied |= len(tied) > 1
            taken = min(tied, key=lambda position: self.keys[position])
            funded.append(taken)
            q = self.prices[taken] = offers[taken][1]
            for i, points in enumerate(self.voters):
                if taken in points:
                    amount = min(self.left[i], q * points[taken])
                    self.left[i] -= amount
                    self.paid[i][taken] = amount

    def greedily(self, funded: Sequence[int]) -> list[int]:
        scores, taken = self.profile.tally.scores, list(funded)
        for position in sorted(self.listed, key=lambda p: (-scores[p], self.keys[p])):
            cost = self.cost(taken) + self.profile.projects[position].cost
            if position not in taken and cost <= self.profile.budget and not self.excluded(position, taken):
                taken.append(position)
        return taken[len(funded) :]

    def add1(self) -> list[int]:
        share = Fraction(self.profile.budget, len(self.voters))
        winners, self.raises = self.run(share), 0
        while any(
            position not in winners and not self.excluded(position, winners)
            for position in self.listed
            if any(position in points for points in self.voters)
        ):
            further = self.run(share + (self.raises + 1) * self.parameters.step)
            if self.cost(further) > self.profile.budget:
                break
            winners, self.raises = further, self.raises + 1
        self.run(share + self.raises * self.parameters.step)
        return winners

    def winners(self) -> list[int]:
        if not self.voters:
            return []
        completion = self.parameters.completion
        if completion in ("none", "utilitarian"):
            funded = self.run(Fraction(self.profile.budget, len(self.voters)))
        else:
            funded = self.add1()
        if completion in ("utilitarian", "add1u"):
            return funded + self.greedily(funded)
        if completion == "comparison":
            greedy = self.greedily([])
            sums = [
                (sum(points.get(p, 0) for p in funded), sum(points.get(p, 0) for p in greedy))
                for points in said(self.profile)
            ]
            if sum(a < b for a, b in sums) > sum(a > b for a, b in sums):
                return greedy
        return funded
