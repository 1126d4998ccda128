"""What equal shares promises, on tiny elections: everybody's money, nobody's vote wasted, any order."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from math import floor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.core.counting import shares
from pb.core.counting.profile import BallotKind, Profile
from pb.core.counting.registry import count
from pb.core.counting.shares_records import SharesFacts
from tests.core.counting.naive_shares import utilities
from tests.core.counting.samples import approvals, examples, profiles, raw, with_ballots
from tests.core.counting.test_shares import shares_counts, steps_of


@examples(200)
@given(shares_counts())
def test_payments_are_a_price_system(sample: tuple[Profile, dict[str, Any]]) -> None:
    """Nobody pays more than the endowment nor for what is not on the ballot, payments are the cost, and
    supporters of what is not funded have less than its cost left."""
    profile, chosen = sample
    result = count(profile, "equal-shares", chosen)
    steps = steps_of(result)
    assert result.total_cost <= profile.budget
    if any(step.by == "greedy" for step in steps):
        return
    (facts,) = result.facts
    assert isinstance(facts, SharesFacts)
    voters = utilities(profile)
    left = [facts.endowment] * len(voters)
    for step in steps:
        if step.price is None:
            continue
        position = profile.index[step.project]
        parts = [
            min(has, step.price * points.get(position, 0)) for has, points in zip(left, voters, strict=True)
        ]
        before = sum(has for has, points in zip(left, voters, strict=True) if position in points)
        assert sum(parts) == step.cost
        assert step.left_before == floor(before)
        assert step.supporters == sum(position in points for points in voters)
        less = [p < step.price * v[position] for p, v in zip(parts, voters, strict=True) if position in v]
        assert step.paid_less == sum(less)
        left = [has - part for has, part in zip(left, parts, strict=True)]
    assert min(left, default=0) >= 0
    for record in result.projects:
        if getattr(record, "reason", None) == "supporters_lack_money":
            position = profile.index[record.project]
            have = sum(
                (has for has, points in zip(left, voters, strict=True) if position in points), Fraction()
            )
            assert have < profile.projects[position].cost


def subsets(items: range) -> Iterator[tuple[int, ...]]:
    for size in range(1, len(items) + 1):
        yield from combinations(items, size)


@examples(120)
@given(profiles([BallotKind.APPROVAL]), st.sampled_from(["none", "add1", "add1u", "utilitarian"]))
def test_a_group_that_agrees_is_represented(profile: Profile, completion: str) -> None:
    """Extended justified representation up to one project, with the number of projects as utility: voters
    who all approve of a set that their part of the money pays for have a member with at least as many funded
    choices as that set, or with one more of them."""
    voters = utilities(profile)[:7]
    small = with_ballots(profile, raw(profile)[:7])
    chosen = {"utility": "cardinality", "completion": completion}
    won = {small.index[name] for name in count(small, "equal-shares", chosen).winners}
    for group in subsets(range(len(voters))):
        agreed = set.intersection(*(set(voters[i]) for i in group))
        for wanted in subsets(range(len(small.projects))):
            cost = sum(small.projects[position].cost for position in wanted)
            if not agreed.issuperset(wanted) or cost * len(voters) > small.budget * len(group):
                continue
            assert any(
                len(won & set(voters[i])) + bool(set(wanted) - won) > len(wanted)
                or len(won & set(voters[i])) >= len(wanted)
                for i in group
            )


@examples(150)
@given(shares_counts(), st.randoms(use_true_random=False))
def test_any_order_of_ballots_gives_the_same_bytes(
    sample: tuple[Profile, dict[str, Any]], dice: random.Random
) -> None:
    profile, chosen = sample
    ballots = raw(profile)
    dice.shuffle(ballots)
    again = replace(with_ballots(profile, ballots), default_score=profile.default_score)
    assert count(again, "equal-shares", chosen).to_json() == count(profile, "equal-shares", chosen).to_json()


@examples(150)
@given(shares_counts(), st.randoms(use_true_random=False))
def test_without_a_tie_any_order_of_projects_gives_the_same_winners(
    sample: tuple[Profile, dict[str, Any]], dice: random.Random
) -> None:
    """With a lot, even where projects tie."""
    profile, chosen = sample
    chosen |= {"ties": ["lot"], "seed": "17"}
    listed = list(profile.projects)
    dice.shuffle(listed)
    again = with_ballots(replace(profile, projects=tuple(listed)), raw(profile))
    again = replace(again, default_score=profile.default_score)
    before = count(profile, "equal-shares", chosen).winners
    assert count(again, "equal-shares", chosen).winners == before


@examples(150)
@given(shares_counts())
def test_a_tie_that_is_said_not_to_decide_does_not(sample: tuple[Profile, dict[str, Any]]) -> None:
    """For runs at one endowment: whichever of the lots is drawn, the set is the same."""
    profile, chosen = sample
    chosen |= {"ties": ["lot"], "seed": "0", "completion": "none"}
    result = count(profile, "equal-shares", chosen)
    if len(result.ties) == 1 and not result.ties[0].decisive and len(result.ties[0].projects) == 2:
        for seed in range(1, 6):
            other = count(profile, "equal-shares", {**chosen, "seed": str(seed)})
            assert set(other.winners) == set(result.winners)


def test_a_large_profile_without_numpy_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(11)
    names = [f"p{number}" for number in range(30)]
    ballots = [(" ".join(dice.sample(names, dice.randint(1, 6))), dice.randint(1, 9)) for _ in range(2_000)]
    profile = approvals(2_000, {name: dice.randint(20, 400) for name in names}, *ballots)
    assert sum(len(ballot.choices) for ballot in profile.ballots) >= shares.FROM[True]
    chosen = {"completion": "comparison", "step": 1}
    monkeypatch.setitem(sys.modules, "pb.core.counting.fast.purses", None)
    without = count(profile, "equal-shares", chosen).to_json()
    monkeypatch.undo()
    monkeypatch.setattr(shares, "PlainPurses", None)
    assert count(profile, "equal-shares", chosen).to_json() == without
