"""Equal shares on examples worked out by hand, and against the paper's words on tiny elections."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.core.counting import shares
from pb.core.counting.outcome import Result
from pb.core.counting.parameters import COMPLETIONS, UTILITIES
from pb.core.counting.profile import BallotKind, Profile
from pb.core.counting.registry import count
from pb.core.counting.shares_records import SharesExplanation, SharesStep
from tests.core.counting.naive_shares import Naive
from tests.core.counting.samples import examples, parameters, profiles


@st.composite
def shares_counts(draw: st.DrawFn) -> tuple[Profile, dict[str, Any]]:
    profile = draw(profiles())
    if profile.kind is BallotKind.SCORING:
        profile = replace(profile, default_score=draw(st.sampled_from([0, -1, 2])))
    chosen = draw(parameters(profile))
    chosen["utility"] = draw(st.sampled_from(UTILITIES))
    chosen["completion"] = draw(st.sampled_from(COMPLETIONS))
    chosen["step"] = draw(st.integers(1, 3))
    return profile, chosen


def steps_of(result: Result) -> list[SharesStep]:
    return [step for step in result.steps if isinstance(step, SharesStep)]


def records_of(result: Result) -> dict[str, SharesExplanation]:
    return {one.project: one for one in result.projects if isinstance(one, SharesExplanation)}


@examples(400)
@given(shares_counts())
def test_the_outcome_is_that_of_the_paper_s_words(sample: tuple[Profile, dict[str, Any]]) -> None:
    profile, chosen = sample
    check_against_naive(profile, chosen)


def check_against_naive(profile: Profile, chosen: dict[str, Any]) -> None:
    naive = Naive(profile, chosen)
    expected = naive.winners()
    result = count(profile, "equal-shares", chosen)
    assert [profile.index[name] for name in result.winners] == expected
    assert result.total_cost <= profile.budget
    ids = [project.id for project in profile.projects]
    by_shares = [step for step in steps_of(result) if step.by == "shares"]
    for step in by_shares:
        assert step.price == naive.prices[profile.index[step.project]]
    for record in records_of(result).values():
        if record.supporters_left is None:
            continue
        position = profile.index[record.project]
        who = [i for i, points in enumerate(naive.voters) if position in points]
        left = sum((naive.left[i] for i in who), Fraction())
        assert record.supporters_left == left.numerator // left.denominator
        if not record.funded and record.missing is not None:
            short = record.cost - left
            assert record.missing == -(-short.numerator // short.denominator)
        spent = {
            ids[other]: sum((naive.paid[i].get(other, Fraction()) for i in who), Fraction())
            for other in naive.prices
        }
        assert {one.project: one.amount for one in record.spent_on} == {
            name: int(amount) for name, amount in spent.items() if amount
        }
        amounts = [one.amount for one in record.spent_on]
        assert amounts == sorted(amounts, reverse=True)


@examples(300)
@given(shares_counts())
def test_numpy_gives_the_same_bytes(sample: tuple[Profile, dict[str, Any]]) -> None:
    profile, chosen = sample
    plain, fast = both(profile, chosen)
    assert plain == fast


def both(profile: Profile, chosen: dict[str, Any]) -> tuple[bytes, bytes]:
    """The bytes of a count with lists and with numpy."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shares, "FROM", {True: 10**9, False: 10**9})
        plain = count(profile, "equal-shares", chosen).to_json()
        patch.setattr(shares, "FROM", {True: 0, False: 0})
        patch.setattr(shares, "PlainPurses", None)
        return plain, count(profile, "equal-shares", chosen).to_json()
