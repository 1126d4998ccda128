"""What an outcome gives to the voters, and what other rules would have chosen. Information, never the result.

Two measures, exact: how many voters have at least one funded project among their choices; and the money that
went to a voter's choices, where each funded project's cost is split equally among all who chose it (the
"share" of Lackner, Maly and Rey, "Fairness in participatory budgeting via equality of resources", 2021),
averaged over all voters of a unit, those with an empty ballot included. A choice is a project approved,
ranked, or given more than nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pb.core.counting.outcome import Result, Show
from pb.core.counting.profile import POINT_KINDS, Ballot, Profile
from pb.core.counting.registry import count
from pb.core.counting.shares_records import MONEY_PLACES, cut
from pb.core.errors import Invalid

#: Places of a share of voters between 0 and 1.
SHARE_PLACES = 6


@dataclass(frozen=True, slots=True)
class Reach:
    """What an outcome gives to some voters. ``represented``: those with a funded choice; ``money``: what went
    to their choices, in minor units, for all of them together."""

    voters: int
    represented: int
    money: Fraction

    @property
    def share(self) -> Fraction:
        """The part of the voters who have a funded choice, 0 to 1; 0 without voters."""
        return Fraction(self.represented, self.voters) if self.voters else Fraction(0)

    @property
    def average(self) -> Fraction:
        """Money per voter in minor units; 0 without voters."""
        return self.money / self.voters if self.voters else Fraction(0)

    def to_data(self) -> dict[str, Any]:
        return {
            "voters": self.voters,
            "represented": self.represented,
            "share": cut(self.share, SHARE_PLACES),
            "average": cut(self.average, MONEY_PLACES),
        }


@dataclass(frozen=True, slots=True)
class Figures:
    """An outcome over the whole town, and over the voters of each unit in the order of their names.

    ``units`` is empty where no ballot says its unit; voters without one stand there under "".
    """

    whole: Reach
    units: tuple[tuple[str, Reach], ...]

    def to_data(self) -> dict[str, Any]:
        """Plain data; averages as text in minor units, shares as text between 0 and 1, both cut off."""
        return {
            **self.whole.to_data(),
            "units": [{"unit": unit, **reach.to_data()} for unit, reach in self.units],
        }


@dataclass(frozen=True, slots=True)
class Alternative:
    """What one rule chooses. ``gained`` and ``lost``: projects that it funds and the first one does not, and
    the other way round. ``refused``: the code of the error where the rule is not defined for these ballots or
    parameters; then there is no result."""

    rule: str
    parameters: Mapping[str, Any]
    refused: str | None
    result: Result | None
    figures: Figures | None
    gained: tuple[str, ...]
    lost: tuple[str, ...]

    def to_data(self, money: Show = int) -> dict[str, Any]:
        made = self.result
        return {
            "rule": self.rule,
            "version": made and made.version,
            "parameters": dict(made.parameters if made else self.parameters),
            "refused": self.refused,
            "winners": list(made.winners) if made else [],
            "total_cost": money(made.total_cost) if made else None,
            "left": money(made.left) if made else None,
            "gained": list(self.gained),
            "lost": list(self.lost),
            "figures": self.figures and self.figures.to_data(),
        }


def figures(profile: Profile, winners: Collection[str]) -> Figures:
    """The measures for an outcome; ``winners`` are ids."""
    funded = frozenset(profile.index[name] for name in winners)
    by_unit: dict[str, list[Ballot]] = {}
    for ballot in profile.ballots:
        by_unit.setdefault(ballot.unit, []).append(ballot)
    chosen = {unit: _chosen(profile, ballots) for unit, ballots in by_unit.items()}
    everybody: Counter[int] = Counter()
    for counts in chosen.values():
        everybody.update(counts)
    # Each voter of a project has the same part of its cost, so a unit has as many parts as it has voters.
    parts = {p: Fraction(profile.projects[p].cost, everybody[p]) for p in funded if everybody[p]}
    units = [
        (
            unit,
            Reach(
                voters=sum(ballot.weight for ballot in ballots),
                represented=_represented(profile, ballots, funded),
                money=sum((chosen[unit][p] * part for p, part in sorted(parts.items())), Fraction(0)),
            ),
        )
        for unit, ballots in sorted(by_unit.items())
    ]
    whole = Reach(
        voters=sum(reach.voters for _, reach in units),
        represented=sum(reach.represented for _, reach in units),
        money=sum((reach.money for _, reach in units), Fraction(0)),
    )
    return Figures(whole, tuple(units) if any(by_unit) else ())


def _choices(profile: Profile, ballot: Ballot) -> Iterable[int]:
    if profile.kind in POINT_KINDS:
        return [p for p, points in zip(ballot.choices, ballot.points, strict=True) if points > 0]
    return ballot.choices


def _chosen(profile: Profile, ballots: Sequence[Ballot]) -> Counter[int]:
    """Voters by the project that they chose."""
    chosen: Counter[int] = Counter()
    for ballot in ballots:
        for position in _choices(profile, ballot):
            chosen[position] += ballot.weight
    return chosen


def _represented(profile: Profile, ballots: Sequence[Ballot], funded: frozenset[int]) -> int:
    return sum(ballot.weight for ballot in ballots if not funded.isdisjoint(_choices(profile, ballot)))


def compare(
    profile: Profile,
    counts: Sequence[tuple[str, Mapping[str, Any]]],
    *,
    unit_sums: Mapping[str, int] | None = None,
    town_sum: int = 0,
) -> tuple[Alternative, ...]:
    """Count by each (rule, parameters), parameters as ``registry.count`` takes them; the first one is what the
    others are compared with. Raises Invalid only for what is wrong with the first.
    """
    made: list[Alternative] = []
    for rule, given in counts:
        try:
            result = count(profile, rule, given, unit_sums=unit_sums, town_sum=town_sum)
        except Invalid as error:
            if not made:
                raise
            made.append(Alternative(rule, given, error.code, None, None, (), ()))
            continue
        first = made[0].result if made else None
        before = first.winners if first else result.winners
        made.append(
            Alternative(
                rule=rule,
                parameters=given,
                refused=None,
                result=result,
                figures=figures(profile, result.winners),
                gained=tuple(name for name in result.winners if name not in before),
                lost=tuple(name for name in before if name not in result.winners),
            )
        )
    return tuple(made)
