"""Greedy by score for the money, and a fixed price per vote: examples by hand, and what holds always."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.core.counting.outcome import Reason, Result
from pb.core.counting.profile import BallotKind, Project, RawBallot, make_profile
from pb.core.counting.registry import count
from pb.core.errors import Invalid
from tests.core.counting.samples import counts, examples, profiles, votes


def record(result: Result, project: str) -> Any:
    return next(one for one in result.projects if one.project == project)


def test_votes_per_cost_decide_and_what_does_not_fit_is_skipped() -> None:
    # Votes per 1,000: a 8, b 10, c 9.
    profile = votes(10_000, {"a": (5_000, 40), "b": (6_000, 60), "c": (4_000, 36)})
    result = count(profile, "greedy-per-cost")
    assert result.winners == ("b", "c")
    assert [one.project for one in result.projects] == ["b", "c", "a"]
    a = record(result, "a")
    # With 50 votes it would have 10 per 1,000 like b, and the order of the list puts it first.
    assert (a.rank, a.reason, a.missing, a.votes_needed) == (3, Reason.DOES_NOT_FIT, 5_000, 10)
    assert record(result, "b").votes_to_spare == 60 - 49


def test_a_ratio_that_differs_in_the_last_digit_is_no_tie() -> None:
    costs = {"a": 999_999_999_989, "b": 999_999_999_999}
    profile = votes(1_000_000_000_000, {"a": (costs["a"], 999_999_989), "b": (costs["b"], 999_999_999)})
    result = count(profile, "greedy-per-cost")
    assert costs["a"] * 999_999_999 > costs["b"] * 999_999_989
    assert (result.winners, result.ties) == (("b",), ())


def test_equal_ratios_are_a_tie_though_votes_differ() -> None:
    profile = votes(100, {"a": (60, 6), "b": (50, 5), "c": (1, 0)})
    for order, winner in (("order", "a"), ("cost", "b"), ("votes", "a")):
        result = count(profile, "greedy-per-cost", {"ties": [order]})
        assert result.winners == (winner,)
        (tie,) = result.ties
        assert (tie.decisive, tie.settled_by, set(tie.projects)) == (True, (order,), {"a", "b"})
        loser = record(result, "ab".replace(winner, ""))
        assert (loser.reason, loser.votes_needed) == (Reason.LOST_TIE, 1)


def test_what_costs_nothing_goes_before_all() -> None:
    profile = votes(50, {"a": (50, 9), "free": (0, 1), "none": (0, 0), "gift": (0, 2)})
    result = count(profile, "greedy-per-cost", {"exclusive": [["free", "gift"]]})
    assert result.winners == ("free", "a")
    assert record(result, "gift").votes_needed is None
    assert record(result, "none").reason is Reason.NO_VOTES
    by_votes = count(profile, "greedy-per-cost", {"exclusive": [["free", "gift"]], "ties": ["votes"]})
    assert by_votes.winners == ("gift", "a")
    # Equal votes would be enough: then the order of the list decides, where it stands first.
    assert record(by_votes, "free").votes_needed == 1


def test_points_count_per_cost_too() -> None:
    profile = make_profile(
        kind=BallotKind.CUMULATIVE,
        projects=[Project("a", 10), Project("b", 4)],
        budget=10,
        ballots=[RawBallot(["a", "b"], [7, 3])],
    )
    assert count(profile, "greedy-per-cost").winners == ("b",)


@examples(150)
@given(st.data())
def test_a_cheaper_winner_still_wins(data: st.DataObject) -> None:
    profile = data.draw(profiles())
    rule, chosen = data.draw(counts(profile, ["greedy-per-cost"]))
    for name in count(profile, rule, chosen).winners:
        projects = list(profile.projects)
        place = profile.index[name]
        if projects[place].cost == 0:
            continue
        cheaper = data.draw(st.integers(0, projects[place].cost - 1))
        projects[place] = replace(projects[place], cost=cheaper)
        other = replace(profile, projects=tuple(projects))
        assert name in count(other, rule, chosen).winners


def test_votes_that_are_worth_the_cost_win_in_the_order_of_votes_within_the_money() -> None:
    profile = votes(10_000, {"a": (5_000, 60), "b": (6_000, 59), "c": (6_500, 65), "d": (3_500, 35)})
    result = count(profile, "price-per-vote", {"price": 100})
    # 65 votes pay 6,500, to the last one; a's 60 pay 5,000 but it does not fit any more; d fits exactly.
    assert result.winners == ("c", "d")
    assert (result.total_cost, result.parameters["price"]) == (10_000, 100)
    a, b, c = (record(result, name) for name in "abc")
    assert (a.reason, a.missing, a.votes_needed) == (Reason.DOES_NOT_FIT, 1_500, 5)
    assert (b.reason, b.left, b.votes_needed) == (Reason.VOTES_DO_NOT_PAY, None, 6)
    assert c.votes_to_spare == 0
    assert b.project not in [step.project for step in result.steps]


def test_a_price_that_pays_nothing_and_one_that_pays_all() -> None:
    profile = votes(10_000, {"a": (5_000, 60), "b": (6_000, 59)})
    assert count(profile, "price-per-vote", {"price": 1}).winners == ()
    assert count(profile, "price-per-vote", {"price": "10000"}).winners == ("a",)
    shown = count(profile, "price-per-vote", {"price": 10_000}).to_data(money=str)
    assert shown["parameters"]["price"] == "10000"
    assert (
        count(profile, "price-per-vote", {"price": 10_000}).to_data(money=str)["parameters"]["price"]
        == "10000"
    )


@pytest.mark.parametrize("kind", [BallotKind.CUMULATIVE, BallotKind.ORDINAL, BallotKind.SCORING])
def test_a_price_per_vote_has_no_meaning_for_points_and_ranks(kind: BallotKind) -> None:
    profile = make_profile(kind=kind, projects=[Project("a", 1)], budget=1, ballots=[])
    with pytest.raises(Invalid) as caught:
        count(profile, "price-per-vote", {"price": 1})
    assert caught.value.code == "undefined_pair"
