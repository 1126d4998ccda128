"""Invented ballots: the same ones for the same seed, such as the rulebook allows, with costs like the town's."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pb.core.counting.registry import RULES
from pb.core.rulebook import BallotRules, CountingRules, Rulebook, starter
from pb.core.trial_count import VOTERS_RANGE, Dice, Trial, compared, trial

UNITS = [f"unit-{number}" for number in range(6)]
SPLITS = ("one_pot", "equal_per_unit")


def book(split: str = "one_pot", **changes: object) -> Rulebook:
    return replace(starter(30_000_000, UNITS, split=split), **changes)  # type: ignore[arg-type]


def same(one: Trial, other: Trial) -> bool:
    return one.profile.ballots == other.profile.ballots and one.profile.projects == other.profile.projects


@pytest.mark.parametrize("split", SPLITS)
def test_the_same_seed_gives_the_same_ballots(split: str) -> None:
    first = trial(book(split), UNITS, voters=300, seed="1")
    assert same(first, trial(book(split), UNITS, voters=300, seed="1"))
    assert not same(first, trial(book(split), UNITS, voters=300, seed="2"))
    assert first.profile.voters == 300


def test_the_numbers_are_held() -> None:
    """The numbers of a seed never change: a page that was printed can be made again."""
    dice = Dice("x")
    assert [dice.below(1000) for _ in range(6)] == [822, 19, 931, 923, 45, 538]


@settings(max_examples=25)
@given(
    split=st.sampled_from(SPLITS),
    pot=st.integers(6_000_00, 10**9),
    voters=st.integers(*VOTERS_RANGE),
    most=st.integers(1, 10),
    kind=st.sampled_from(["approval", "knapsack"]),
)
def test_projects_and_ballots_are_what_the_rulebook_allows(
    split: str, pot: int, voters: int, most: int, kind: str
) -> None:
    rules = starter(pot, UNITS, split=split)
    rules = replace(rules, ballot=replace(rules.ballot, max_choices=most, min_suggested=1, kind=kind))
    made = trial(rules, UNITS, voters=voters, seed="7")
    profile = made.profile
    for project in profile.projects:
        assert 0 < project.cost <= max(rules.cost_cap_tetri, rules.cost_floor_tetri)
        assert project.cost >= min(rules.cost_floor_tetri, rules.cost_cap_tetri)
    for ballot in profile.ballots:
        assert 1 <= len(ballot.choices) <= most
        assert ballot.unit in UNITS
        if rules.ballot.scope == "own_unit":
            assert {profile.projects[choice].unit for choice in ballot.choices} <= {ballot.unit, ""}
        if kind == "knapsack":
            assert sum(profile.projects[choice].cost for choice in ballot.choices) <= pot
    if made.unit_sums is not None:
        assert sum(made.unit_sums.values()) + made.town_sum == pot


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_is_compared_and_none_overspends(split: str, rule: str) -> None:
    rules = book(split, counting=CountingRules(rule=rule, step_tetri=1_000_00))
    made = trial(rules, UNITS, voters=200, seed="3")
    rows = compared(rules, made)
    assert rows[0].own
    assert rows[0].rule == rule
    assert {row.rule for row in rows} == set(RULES)
    assert [row.own for row in rows].count(True) == 1
    for row in rows:
        assert not row.refused
        costs = [made.profile.projects[made.profile.index[code]].cost for code in row.winners]
        assert row.spent_tetri == sum(costs) <= rules.pot_tetri
        assert 0 <= row.permille <= 1000
        assert set(row.units) == {ballot.unit for ballot in made.profile.ballots}
    minimums = [row.minimum for row in rows if row.rule == "greedy"]
    assert len(minimums) == (1 if rule == "greedy" else 2)


def test_a_choice_of_one_and_a_rule_that_is_not_there() -> None:
    rules = book(ballot=BallotRules(kind="approval", max_choices=1, min_suggested=1, scope="town"))
    rules = replace(rules, counting=CountingRules(rule="no-such-rule", step_tetri=1_000_00))
    rows = compared(rules, trial(rules, UNITS, voters=200, seed="3"))
    assert {row.rule for row in rows} == set(RULES)
    with pytest.raises(ValueError, match="voters"):
        trial(rules, UNITS, voters=VOTERS_RANGE[0] - 1, seed="3")
