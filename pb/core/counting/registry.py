"""The rules by name and version, the ballots each is defined for, and ``count``, the one way to run them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pb.core.canonical import LARGEST_INT
from pb.core.counting import greedy, parameters, phragmen, shares
from pb.core.counting.outcome import PotOutcome, PotTotal, Result, Selection, Told
from pb.core.counting.parameters import Parameters
from pb.core.counting.profile import APPROVAL_KINDS, BallotKind, Pot, Profile
from pb.core.errors import Invalid

#: The name of the pot of the whole town.
TOWN = ""
#: Differences of scores must stay within what JSON holds exactly.
LARGEST_SCORE = LARGEST_INT // 4


@dataclass(frozen=True, slots=True)
class Rule:
    """A way of counting. A change that can change a result gets a new version.

    ``takes``: the parameters of ``parameters.EXTRA`` that it uses; ``undefined``: why it is not defined for
    other ballots than those of ``kinds``.
    """

    id: str
    version: str
    kinds: frozenset[BallotKind]
    run: Callable[[Profile, Pot, Parameters], PotOutcome]
    takes: frozenset[str] = frozenset()
    undefined: str = ""


RULES: Mapping[str, Rule] = {
    rule.id: rule
    for rule in (
        Rule("greedy", "1", frozenset(BallotKind), greedy.greedy),
        Rule("greedy-no-skip", "1", frozenset(BallotKind), greedy.greedy_no_skip),
        Rule("greedy-per-cost", "1", frozenset(BallotKind), greedy.greedy_per_cost),
        Rule(
            "price-per-vote",
            "1",
            APPROVAL_KINDS,
            greedy.price_per_vote,
            frozenset({"price"}),
            "a price is set for a vote, and points and ranks are no votes",
        ),
        Rule(
            "phragmen",
            "1",
            APPROVAL_KINDS,
            phragmen.phragmen,
            undefined="who supports a project pays for it like every other supporter, whatever the points or rank",
        ),
        Rule("equal-shares", "1", frozenset(BallotKind), shares.equal_shares, shares.TAKES),
    )
}


def rule_for(rule_id: str, kind: BallotKind, rules: Mapping[str, Rule] = RULES) -> Rule:
    """The rule, if it is defined for such ballots. Raises Invalid ``unknown_rule`` or ``undefined_pair``."""
    rule = rules.get(rule_id)
    if rule is None:
        raise Invalid("unknown_rule", "rule", expected="one of " + ", ".join(sorted(rules)), found=rule_id)
    if kind not in rule.kinds:
        expected = "ballots of kind " + ", ".join(sorted(rule.kinds))
        why = {"reason": rule.undefined} if rule.undefined else {}
        raise Invalid("undefined_pair", "rule", rule=rule_id, expected=expected, found=kind.value, **why)
    return rule


def count(
    profile: Profile,
    rule: str,
    given: Mapping[str, Any] | None = None,
    *,
    unit_sums: Mapping[str, int] | None = None,
    town_sum: int = 0,
) -> Result:
    """Count a profile by a rule; ``given`` as in ``parameters.check``.

    With ``unit_sums`` (minor units by unit name) each unit's projects compete for its own sum, in the order
    of the mapping, and then the projects without a unit for ``town_sum``, to which the units' leftovers may
    be added. Raises Invalid for an unknown rule, a pair of rule and ballots without a definition, and wrong
    parameters.
    """
    chosen, checked = _prepared(profile, rule, given)
    told: list[Told] = []
    found = _over_pots(profile, chosen, checked, unit_sums, town_sum, lambda one: told.append(one.told()))
    return Result(
        rule=chosen.id,
        version=chosen.version,
        parameters=checked.shown,
        minimum=checked.minimum,
        ballots=profile.kind.value,
        voters=profile.voters,
        budget=profile.budget,
        decimals=profile.decimals,
        point_decimals=profile.point_decimals,
        winners=found.winners,
        total_cost=found.total_cost,
        pots=found.pots,
        ties=tuple(tie for one in told for tie in one.ties),
        steps=tuple(step for one in told for step in one.steps),
        projects=tuple(record for one in told for record in one.projects),
        facts=tuple(one.facts for one in told if one.facts is not None),
    )


def select(
    profile: Profile,
    rule: str,
    given: Mapping[str, Any] | None = None,
    *,
    unit_sums: Mapping[str, int] | None = None,
    town_sum: int = 0,
) -> Selection:
    """Who wins in a ``count``, without what it says of each step and project; what it raises as well."""
    chosen, checked = _prepared(profile, rule, given)
    return _over_pots(profile, chosen, checked, unit_sums, town_sum)


def _prepared(profile: Profile, rule: str, given: Mapping[str, Any] | None) -> tuple[Rule, Parameters]:
    chosen = rule_for(rule, profile.kind)
    highest = max(map(abs, profile.tally.scores), default=0)
    if highest > LARGEST_SCORE:
        expected = f"sums of at most {LARGEST_SCORE}"
        raise Invalid("number_too_large", "points", expected=expected, found=str(highest))
    return chosen, parameters.check(profile, given or {}, chosen.takes)


def _over_pots(
    profile: Profile,
    rule: Rule,
    checked: Parameters,
    unit_sums: Mapping[str, int] | None,
    town_sum: int,
    after: Callable[[PotOutcome], None] = lambda _: None,
) -> Selection:
    """The rule over one pot after the other, ``after`` each of them."""
    if unit_sums is None:
        shares = [(TOWN, profile.budget, tuple(range(len(profile.projects))))]
    else:
        shares = _shares(profile, unit_sums, town_sum)
    winners: list[int] = []
    totals: list[PotTotal] = []
    left_over = 0
    for name, money, members in shares:
        brought = left_over if name == TOWN and checked.leftover == "town_wide" else 0
        outcome = rule.run(profile, Pot(name, money + brought, members, frozenset(winners)), checked)
        after(outcome)
        spent = sum(profile.projects[position].cost for position in outcome.winners)
        totals.append(PotTotal(name, money, brought, spent))
        winners += outcome.winners
        left_over += money - spent
    return Selection(
        winners=tuple(profile.projects[position].id for position in winners),
        total_cost=sum(profile.projects[position].cost for position in winners),
        pots=tuple(totals),
    )


def _shares(
    profile: Profile, unit_sums: Mapping[str, int], town_sum: int
) -> list[tuple[str, int, tuple[int, ...]]]:
    """Name, money and projects of each pot, the town's last."""
    if TOWN in unit_sums:
        raise Invalid("bad_unit", "unit_sums", expected="a name for each unit", found="an empty one")
    sums = [*unit_sums.items(), (TOWN, town_sum)]
    for name, money in sums:
        if money < 0:
            raise Invalid(
                "negative_number", "unit_sums", expected="sums of at least 0", found=f"{name} {money}"
            )
    if sum(money for _, money in sums) > profile.budget:
        found = profile.money(sum(money for _, money in sums))
        expected = f"sums of at most the budget, {profile.money(profile.budget)}"
        raise Invalid("sums_over_budget", "unit_sums", expected=expected, found=found)
    members: dict[str, list[int]] = {name: [] for name, _ in sums}
    for position, project in enumerate(profile.projects):
        if project.unit not in members:
            raise Invalid("unit_without_sum", "unit_sums", expected=f"a sum for {project.unit}", found="none")
        members[project.unit].append(position)
    return [(name, money, tuple(members[name])) for name, money in sums]
