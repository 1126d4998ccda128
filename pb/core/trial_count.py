"""Invented ballots for a rehearsal of the count: a town sees what rules would do before it adopts one.

Everything follows from the rulebook's money and ballot, a number of voters and a seed; no dice of the machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pb.core.counting.profile import Profile, Project, RawBallot, make_profile
from pb.core.counting.registry import RULES
from pb.core.counting.representation import Alternative, compare
from pb.core.counting_terms import ballot_kind, parameters

if TYPE_CHECKING:
    from pb.core.rulebook import CountingRules, Rulebook

VOTERS_RANGE = (200, 3000)
MOST_PER_POT, MOST_PROJECTS = 8, 40  # of a unit, and of one pot for the whole town
TIMES_MONEY = 250  # per cent of its money that the projects of a pot cost together
STEPS = 50  # a share is raised by a fiftieth at least: a page cannot count a thousand times
NEAR = 4  # so many times as often people choose what is near


class Dice:
    """Numbers that follow from a seed: SHA-256 of seed and count. Evenly spread but for less than 2^-40."""

    def __init__(self, seed: str) -> None:
        self._numbers = self._draw(seed)

    @staticmethod
    def _draw(seed: str) -> Iterator[int]:
        count = 0
        while True:
            block = hashlib.sha256(f"pb-trial-v1|{seed}|{count}".encode()).digest()
            yield from (int.from_bytes(block[at : at + 8], "big") for at in range(0, 32, 8))
            count += 1

    def below(self, top: int) -> int:
        """A number from 0 to ``top`` - 1."""
        return next(self._numbers) % top

    def by_weight(self, weights: Sequence[int]) -> int:
        """A place in ``weights``, each as likely as its weight; their sum is above zero."""
        ticket = self.below(sum(weights))
        for place, weight in enumerate(weights):
            ticket -= weight
            if ticket < 0:
                return place
        raise AssertionError("a ticket lies below the sum of the weights")


@dataclass(frozen=True)
class Trial:
    """Invented ballots. ``unit_sums``: tetri by unit where units are counted on their own, else None, and
    ``town_sum`` the pot of the whole town; ``near``: the unit of each project, also in one pot ("" for none).
    """

    profile: Profile
    unit_sums: Mapping[str, int] | None
    town_sum: int
    near: Mapping[str, str]


def trial(rules: Rulebook, units: Sequence[str], *, voters: int, seed: str) -> Trial:
    """Projects with costs like the town's, voters of its units, ballots as the rulebook allows them.

    ``units``: slugs of the town's units, at least one; ``voters``: within VOTERS_RANGE (ValueError).
    """
    if not VOTERS_RANGE[0] <= voters <= VOTERS_RANGE[1]:
        raise ValueError(f"from {VOTERS_RANGE[0]} to {VOTERS_RANGE[1]} voters")
    dice = Dice(f"{seed}|{voters}")
    by_unit = bool(rules.unit_sums) and rules.town_wide_tetri != rules.pot_tetri
    sums = [(slug, rules.unit_sums.get(slug, 0)) for slug in units] if by_unit else []
    town_sum = rules.town_wide_tetri if by_unit else rules.pot_tetri
    projects: list[Project] = []
    near: dict[str, str] = {}
    pots = [(slug, money) for slug, money in [*sums, ("", town_sum)] if money > 0]
    most = MOST_PER_POT if by_unit else MOST_PROJECTS
    for slug, money in pots:
        for cost in _costs(dice, money, rules, most):
            project = Project(str(len(projects) + 1), cost, unit=slug)
            near[project.id] = slug or (units[dice.below(len(units))] if not by_unit else "")
            projects.append(project)
    ballots = _ballots(dice, rules, projects, near, units, voters)
    profile = make_profile(
        kind=ballot_kind(rules.ballot), projects=projects, budget=rules.pot_tetri, ballots=ballots, decimals=2
    )
    return Trial(profile, dict(sums) if by_unit else None, town_sum, near)


def _costs(dice: Dice, money: int, rules: Rulebook, most: int) -> Iterator[int]:
    """Costs of a pot's projects, in hundreds of lari or in lari where the limits allow it; small ones are commoner."""
    low = max(rules.cost_floor_tetri, money // 20, 1)
    high = max(low, min(rules.cost_cap_tetri, money))
    total = 0
    for _ in range(most):
        spread = high - low + 1
        cost = low + dice.below(spread) * (1 + dice.below(100)) // 100
        cost = next((cost // unit * unit for unit in (10_000, 100) if cost // unit * unit >= low), cost)
        yield cost
        total += cost
        if total * 100 >= money * TIMES_MONEY:
            return


def _ballots(
    dice: Dice,
    rules: Rulebook,
    projects: Sequence[Project],
    near: Mapping[str, str],
    units: Sequence[str],
    voters: int,
) -> Iterator[RawBallot]:
    appeal = [10 + dice.below(91) for _ in projects]
    homes = [3 if place == 0 else 1 for place in range(len(units))]  # the first unit is the town, and larger
    own = rules.ballot.scope == "own_unit" and bool(rules.unit_sums)
    for _ in range(voters):
        home = units[dice.by_weight(homes)]
        weights = [
            0 if own and project.unit not in (home, "") else liked * (NEAR if near[project.id] == home else 1)
            for project, liked in zip(projects, appeal, strict=True)
        ]
        wanted = 1 + dice.below(rules.ballot.max_choices)
        yield RawBallot(_chosen(dice, projects, weights, wanted, rules), unit=home)


def _chosen(
    dice: Dice, projects: Sequence[Project], weights: list[int], wanted: int, rules: Rulebook
) -> list[str]:
    """Projects of one ballot, no more than ``wanted``; on spend-the-budget ballots within the money."""
    chosen: list[str] = []
    left = rules.pot_tetri
    while len(chosen) < wanted and any(weights):
        place = dice.by_weight(weights)
        weights[place] = 0
        if rules.ballot.kind == "knapsack" and projects[place].cost > left:
            continue
        left -= projects[place].cost
        chosen.append(projects[place].id)
    return chosen


@dataclass(frozen=True)
class TrialRule:
    """One rule on the invented ballots; ``own``: the town's present choice. ``units``: tetri per voter of a unit,
    cut off, by slug; ``permille``: of the voters who have a funded choice, cut off.
    """

    rule: str
    own: bool
    minimum: int
    refused: str
    winners: tuple[str, ...]
    spent_tetri: int
    permille: int
    units: Mapping[str, int]


def compared(rules: Rulebook, made: Trial) -> tuple[TrialRule, ...]:
    """The town's present rule first, then the others with its parameters, on the same invented ballots.

    Shares are raised by larger steps than in a real count (STEPS).
    """
    step = max(rules.counting.step_tetri, rules.pot_tetri // made.profile.voters // STEPS // 100 * 100)
    own = replace(rules.counting, step_tetri=step, ties=("cost", "votes", "order"))
    if own.rule not in RULES:
        own = replace(own, rule="greedy")
    others = [replace(own, rule=name) for name in RULES if name != own.rule]
    if own.rule != "greedy" and not own.minimum_votes:
        # The simple rule as towns use it: with a minimum, of the twentieth part of the voters.
        others.append(replace(own, rule="greedy", minimum_votes=made.profile.voters // 20))
    asked = [own, *others]
    sums = {} if made.unit_sums is None else {"unit_sums": made.unit_sums, "town_sum": made.town_sum}
    found = compare(made.profile, [(one.rule, parameters(one)) for one in asked], **sums)  # type: ignore[arg-type]
    return tuple(
        _row(one, place == 0, answer) for place, (one, answer) in enumerate(zip(asked, found, strict=True))
    )


def _row(asked: CountingRules, own: bool, found: Alternative) -> TrialRule:
    reach = found.figures.whole if found.figures else None
    return TrialRule(
        rule=asked.rule,
        own=own,
        minimum=asked.minimum_votes,
        refused=found.refused or "",
        winners=found.result.winners if found.result else (),
        spent_tetri=found.result.total_cost if found.result else 0,
        permille=reach.represented * 1000 // reach.voters if reach and reach.voters else 0,
        units={
            unit: one.average.numerator // one.average.denominator
            for unit, one in (found.figures.units if found.figures else ())
        },
    )
