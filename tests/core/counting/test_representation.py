"""What an outcome gives to the voters: by hand, and against a sum over every single voter."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.core.counting.profile import BallotKind, Project, RawBallot, make_profile
from pb.core.counting.registry import count
from pb.core.counting.representation import compare, figures
from pb.core.errors import Invalid
from tests.core.counting.samples import approvals, counts, examples, profiles, raw


def test_a_cost_is_split_among_those_who_chose_the_project() -> None:
    projects = [Project("a", 60), Project("b", 30), Project("c", 10)]
    ballots = [
        RawBallot(["a", "b"], unit="north", weight=2),
        RawBallot(["a"], unit="south"),
        RawBallot(["c"], unit="south", weight=2),
        RawBallot([], unit="south"),
    ]
    profile = make_profile(kind=BallotKind.APPROVAL, projects=projects, budget=90, ballots=ballots)
    found = figures(profile, ["a", "b"])
    assert (found.whole.voters, found.whole.represented, found.whole.money) == (6, 3, 90)
    north, south = (reach for _, reach in found.units)
    assert (north.share, north.average) == (1, Fraction(20 * 2 + 30, 2))
    assert (south.share, south.average) == (Fraction(1, 4), 5)
    assert found.to_data()["units"][1] == {
        "unit": "south",
        "voters": 4,
        "represented": 1,
        "share": "0.250000",
        "average": "5.000000",
    }


def test_without_voters_or_units() -> None:
    profile = approvals(10, {"a": 5})
    assert figures(profile, []).to_data() == {
        "voters": 0,
        "represented": 0,
        "share": "0.000000",
        "average": "0.000000",
        "units": [],
    }


def test_nothing_given_is_no_choice() -> None:
    profile = make_profile(
        kind=BallotKind.SCORING,
        projects=[Project("a", 6)],
        budget=9,
        ballots=[RawBallot(["a"], [0]), RawBallot(["a"], [-1]), RawBallot(["a"], [2])],
    )
    assert figures(profile, ["a"]).whole.represented == 1


def test_rules_side_by_side() -> None:
    profile = approvals(100, {"a": 100, "b": 50, "c": 40}, ("a", 6), ("b", 5), ("c", 4))
    first, per_cost, shares, refused = compare(
        profile, [("greedy", {}), ("greedy-per-cost", {}), ("phragmen", {}), ("price-per-vote", {})]
    )
    assert (first.gained, first.lost) == ((), ())
    assert (per_cost.gained, per_cost.lost) == (("b", "c"), ("a",))
    assert per_cost.figures is not None
    assert per_cost.figures.whole.represented == 9
    assert shares.to_data(str)["left"] == "10"
    assert (refused.refused, refused.to_data()["winners"]) == ("missing_price", [])
    with pytest.raises(Invalid):
        compare(profile, [("price-per-vote", {})])


@examples(100)
@given(st.data())
def test_the_figures_are_those_of_every_single_voter(data: st.DataObject) -> None:
    profile = data.draw(profiles())
    rule, chosen = data.draw(counts(profile))
    winners = set(count(profile, rule, chosen).winners)
    voters = raw(profile)
    pointed = profile.kind in (BallotKind.CUMULATIVE, BallotKind.SCORING)
    choices = [
        {name for place, name in enumerate(ballot.choices) if not pointed or ballot.points[place] > 0}
        for ballot in voters
    ]
    found = figures(profile, winners).whole
    assert found.represented == sum(1 for one in choices if one & winners)
    money = Fraction(0)
    for one in choices:
        for name in one & winners:
            cost = profile.projects[profile.index[name]].cost
            money += Fraction(cost, sum(1 for other in choices if name in other))
    assert (found.voters, found.money) == (len(voters), money)
    # Every winner has a voter, so that all the money spent reaches somebody.
    assert found.money == sum(profile.projects[profile.index[name]].cost for name in winners)
