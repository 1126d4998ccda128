"""Sequential Phragmén: examples by hand, a naive count with a fraction per voter, and what it claims."""

from __future__ import annotations

import sys
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.core.counting import phragmen_loads
from pb.core.counting.outcome import Reason, Result
from pb.core.counting.profile import APPROVAL_KINDS, BallotKind, Profile, Project, RawBallot, make_profile
from pb.core.counting.registry import count
from pb.core.counting.ties import tie_keys, tie_order
from pb.core.errors import Invalid
from tests.core.counting.samples import approvals, examples, parameters, profiles, raw, with_ballots

APPROVALS = sorted(APPROVAL_KINDS)


def record(result: Result, project: str) -> Any:
    return next(one for one in result.projects if one.project == project)


def test_loads_of_a_small_town() -> None:
    # a at 60/6 = 10 each. Then b: its 4 supporters have paid 2 x 10, so (50 + 20) / 4 = 17.5;
    # c: (36 + 0) / 2 = 18; d would be at 90 / 4 = 22.5 and costs more than is left.
    ballots = [("a", 4), ("a b", 2), ("b", 2), ("c d", 2), ("d", 2)]
    profile = approvals(150, {"a": 60, "b": 50, "c": 36, "d": 90}, *ballots)
    result = count(profile, "phragmen")
    assert result.winners == ("a", "b", "c")
    first, second, third = result.steps
    assert (first.price, second.price, third.price) == (10, Fraction(35, 2), 18)
    assert second.to_data(int, int) == {
        "pot": "",
        "project": "b",
        "score": 4,
        "cost": 50,
        "price": "17.500000",
        "effective_votes": "2.86",
        "supporters": 4,
        "paid_less": 2,
        "loads_before": 20,
        "spent": 110,
        "by": "phragmen",
        "funded": True,
    }
    d = record(result, "d")
    assert (d.reason, d.left, d.missing, d.price) == (Reason.DOES_NOT_FIT, 4, 86, Fraction(90 + 36, 4))
    # After a there are 90 left, just enough; 90 / 6 = 15 goes before b at 17.5, and 90 / 5 = 18 does not.
    assert d.votes_needed == 2


def test_the_count_ends_where_the_next_one_would_overspend_though_others_fit() -> None:
    profile = approvals(100, {"a": 60, "b": 50, "c": 40}, ("a", 6), ("b", 4), ("c", 2))
    result = count(profile, "phragmen")
    assert result.winners == ("a",)
    c = record(result, "c")
    assert (c.reason, c.by, c.left, c.price) == (Reason.STOPPED, "b", 40, 20)
    # 40 / 4 = 10 is level with a, which goes first, and still before b at 12.5.
    assert c.votes_needed == 2
    assert count(approvals(100, {"a": 60, "c": 40}, ("a", 6), ("c", 2)), "phragmen").winners == ("a", "c")


def test_a_tie_with_one_that_does_not_fit_ends_the_count_whatever_its_order() -> None:
    costs = {"big": 80, "small": 40, "first": 30}
    profile = approvals(100, costs, ("big", 4), ("small", 2), ("first", 3))
    for ties in (["order"], ["cost", "order"], ["votes", "order"]):
        result = count(profile, "phragmen", {"ties": ties})
        assert result.winners == ("first",)
        assert (record(result, "small").reason, record(result, "small").by) == (Reason.STOPPED, "big")
        assert record(result, "small").votes_needed == 1


def test_ties_are_settled_by_the_published_order_and_say_whether_they_decide() -> None:
    profile = approvals(100, {"a": 60, "b": 40, "c": 60}, ("a", 6), ("b", 4), ("c", 6))
    result = count(profile, "phragmen")
    # All three at 10. With a funded, b still fits but c, level with it, does not: there the count ends.
    assert (result.winners, [tie.decisive for tie in result.ties]) == (("a",), [True])
    roomy = approvals(160, {"a": 60, "b": 40, "c": 60}, ("a", 6), ("b", 4), ("c", 6))
    by_cost = count(roomy, "phragmen", {"ties": ["cost", "order"]})
    assert by_cost.winners == ("b", "a", "c")
    assert [tie.decisive for tie in by_cost.ties] == [False, False]
    # a and b share a supporter: whoever is first makes the other one dearer than c.
    shared = approvals(20, {"a": 10, "b": 10, "c": 12}, ("a b", 2), ("c", 2))
    one = count(shared, "phragmen")
    assert (one.winners, one.ties[0].decisive) == (("a",), True)
    assert one.ties[0].settled_by == ("order",)
    assert count(shared, "phragmen", {"ties": ["lot"], "seed": "2"}).ties[0].projects in (
        ("a", "b"),
        ("b", "a"),
    )


def test_what_costs_nothing_and_what_nobody_wants() -> None:
    profile = approvals(10, {"free": 0, "none": 0, "a": 10, "rival": 0}, ("free", 1), ("a rival", 2))
    result = count(profile, "phragmen", {"exclusive": [["free", "rival"]]})
    assert result.winners == ("free", "a")
    assert (record(result, "none").reason, record(result, "none").votes_needed) == (Reason.NO_VOTES, 1)
    assert (record(result, "rival").reason, record(result, "rival").by) == (Reason.EXCLUDED, "free")
    assert result.steps[0].to_data(int, int)["effective_votes"] == "1.00"


def test_loads_are_those_of_the_units_voters() -> None:
    projects = [Project("n", 30, unit="north"), Project("s", 30, unit="south"), Project("t", 30)]
    ballots = [
        RawBallot(["n", "t"], unit="north"),
        RawBallot(["s"], unit="south", weight=2),
        RawBallot(["n"], unit="south"),
    ]
    profile = make_profile(kind=BallotKind.APPROVAL, projects=projects, budget=90, ballots=ballots)
    result = count(profile, "phragmen", unit_sums={"north": 30, "south": 30}, town_sum=30)
    assert result.winners == ("n", "s", "t")
    assert [step.price for step in result.steps] == [30, 15, 30]
    unnamed = make_profile(
        kind=BallotKind.APPROVAL,
        projects=projects,
        budget=90,
        ballots=[RawBallot(ballot.choices, weight=ballot.weight) for ballot in ballots],
    )
    again = count(unnamed, "phragmen", unit_sums={"north": 30, "south": 30}, town_sum=30)
    assert [step.price for step in again.steps] == [15, 15, 30]


@pytest.mark.parametrize("kind", sorted(set(BallotKind) - APPROVAL_KINDS))
def test_points_and_ranks_have_no_loads(kind: BallotKind) -> None:
    profile = make_profile(kind=kind, projects=[Project("a", 1)], budget=1, ballots=[])
    with pytest.raises(Invalid) as caught:
        count(profile, "phragmen")
    assert caught.value.code == "undefined_pair"


def test_loads_that_differ_in_the_twentieth_digit_are_no_tie() -> None:
    big = 10**12 - 11
    costs = {"a": big * 7 + 1, "b": big * 7, "c": 1}
    profile = approvals(10**14, costs, ("a", 7), ("b", 7), ("c", 1))
    result = count(profile, "phragmen")
    assert (result.winners, result.ties) == (("c", "b", "a"), ())
    level = approvals(10**14, {"a": big * 7, "b": big * 11}, ("a", 7), ("b", 11))
    assert len(count(level, "phragmen").ties) == 1


def naive(profile: Profile, given: dict[str, Any]) -> tuple[list[str], bool]:
    """The rule in the plainest words: a fraction for every voter. Whether a tie was settled besides."""
    voters = [(frozenset(ballot.choices), [Fraction(0)]) for ballot in raw(profile)]
    keys = tie_keys(profile, tie_order(given["ties"], given.get("seed")))
    supporters = {p.id: [load for chosen, load in voters if p.id in chosen] for p in profile.projects}
    names = [
        p.id
        for p in profile.projects
        if supporters[p.id]
        and len(supporters[p.id]) >= given["minimum"]
        and p.cost <= profile.budget
        and p.id not in given["funded_elsewhere"]
    ]
    cost = {p.id: p.cost for p in profile.projects}
    won: list[str] = []
    left, tie = profile.budget, False
    while names:
        prices = {
            name: (cost[name] + sum(load[0] for load in supporters[name])) / Fraction(len(supporters[name]))
            for name in names
        }
        lowest = [name for name in names if prices[name] == min(prices.values())]
        if any(cost[name] > left for name in lowest):
            break
        tie = tie or len(lowest) > 1
        taken = min(lowest, key=lambda name: keys[profile.index[name]])
        for load in supporters[taken]:
            load[0] = prices[taken]
        won.append(taken)
        left -= cost[taken]
        rivals = {other for pair in given["exclusive"] if taken in pair for other in pair}
        names = [name for name in names if name != taken and name not in rivals]
    return won, tie


@examples(200)
@given(st.data())
def test_the_count_equals_the_naive_one_and_never_overspends(data: st.DataObject) -> None:
    profile = data.draw(profiles(APPROVALS))
    chosen = data.draw(parameters(profile))
    result = count(profile, "phragmen", chosen)
    won, tie = naive(profile, chosen)
    assert (list(result.winners), bool(result.ties)) == (won, tie)
    assert result.total_cost <= profile.budget
    prices = [step.price for step in result.steps]
    assert prices == sorted(prices)
    assert sorted(one.project for one in result.projects) == sorted(profile.index)
    # What the supporters paid in all is what the funded projects cost.
    paid = sum(step.price * step.supporters - step.loads_before for step in result.steps)
    assert paid == result.total_cost


@examples(200)
@given(st.data())
def test_the_votes_needed_win_and_one_fewer_does_not(data: st.DataObject) -> None:
    profile = data.draw(profiles(APPROVALS))
    chosen = data.draw(parameters(profile))

    def wins(name: str, more: int) -> bool:
        other = with_ballots(profile, [*raw(profile), *[RawBallot([name])] * more])
        return name in count(other, "phragmen", chosen).winners

    for one in count(profile, "phragmen", chosen).projects:
        needed = one.votes_needed
        if one.funded:
            assert needed is None
        elif needed is None:
            assert not wins(one.project, 100)
        else:
            assert wins(one.project, needed)
            assert wins(one.project, needed + 1)
            assert not wins(one.project, needed - 1)


@examples(80)
@given(st.data())
def test_the_order_of_ballots_changes_no_byte_and_with_a_lot_that_of_projects_no_winner(
    data: st.DataObject,
) -> None:
    profile = data.draw(profiles(APPROVALS))
    chosen = data.draw(parameters(profile, [{"ties": ["lot"], "seed": "7"}]))
    result = count(profile, "phragmen", chosen)
    shuffled = with_ballots(profile, data.draw(st.permutations(raw(profile))))
    assert count(shuffled, "phragmen", chosen).to_json() == result.to_json()
    other = make_profile(
        kind=profile.kind,
        projects=data.draw(st.permutations(profile.projects)),
        budget=profile.budget,
        ballots=raw(profile),
    )
    assert count(other, "phragmen", chosen).winners == result.winners


@examples(60)
@given(st.data())
def test_numpy_gives_the_same_bytes(data: st.DataObject) -> None:
    pytest.importorskip("numpy")
    profile = data.draw(profiles(APPROVALS))
    chosen = data.draw(parameters(profile))
    plain = count(profile, "phragmen", chosen).to_json()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(phragmen_loads, "LARGE", 0)
        assert count(profile, "phragmen", chosen).to_json() == plain


def test_without_numpy_a_large_profile_is_counted_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    profile = approvals(10, {"a": 10, "b": 9}, ("a b", 3), ("b", 2))
    plain = count(profile, "phragmen").to_json()
    monkeypatch.setattr(phragmen_loads, "LARGE", 0)
    monkeypatch.setitem(sys.modules, "pb.core.counting.fast.phragmen", None)
    assert count(profile, "phragmen").to_json() == plain
