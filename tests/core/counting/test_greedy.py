"""The greedy rules on examples worked out by hand, and against a brute-force count of tiny elections."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.core.counting.outcome import Reason, Result
from pb.core.counting.profile import BallotKind, Profile, Project, RawBallot, make_profile
from pb.core.counting.registry import count
from pb.core.counting.ties import fingerprint, lot_key
from tests.core.counting.samples import counts, examples, profiles, raw, votes, with_ballots


def reasons(result: Result) -> dict[str, str]:
    return {one.project: "funded" if one.reason is None else one.reason.value for one in result.projects}


def test_what_does_not_fit_is_skipped() -> None:
    result = count(votes(100, {"a": (70, 5), "b": (50, 4), "c": (30, 3)}), "greedy")
    assert result.winners == ("a", "c")
    assert (result.total_cost, result.left) == (100, 0)
    assert reasons(result) == {"a": "funded", "b": "does_not_fit", "c": "funded"}


def test_no_skip_stops_at_the_first_that_does_not_fit() -> None:
    result = count(votes(100, {"a": (70, 5), "b": (50, 4), "c": (30, 3)}), "greedy-no-skip")
    assert result.winners == ("a",)
    stopped = result.projects[2]
    assert (stopped.reason, stopped.by, stopped.left) == (Reason.STOPPED, "b", 30)


def test_a_withdrawn_project_with_a_sentinel_cost_does_not_stop_the_scan() -> None:
    profile = votes(100, {"a": (70, 5), "gone": (999_999_999, 9), "c": (30, 3)})
    result = count(profile, "greedy-no-skip")
    assert result.winners == ("a", "c")
    assert reasons(result)["gone"] == "over_pot"
    assert result.projects[0].votes_needed is None


def test_the_minimum_is_reached_by_equality() -> None:
    result = count(votes(100, {"a": (10, 5), "b": (10, 4), "c": (10, 3)}), "greedy", {"minimum": 4})
    assert result.winners == ("a", "b")
    below = result.projects[2]
    assert (below.reason, below.votes_needed) == (Reason.BELOW_MINIMUM, 1)


def test_a_project_below_the_minimum_does_not_stop_the_scan() -> None:
    profile = votes(100, {"a": (60, 5), "b": (50, 3), "c": (40, 4)})
    assert count(profile, "greedy-no-skip", {"minimum": 4}).winners == ("a", "c")


def test_projects_without_votes_are_never_funded() -> None:
    result = count(votes(100, {"a": (10, 1), "b": (0, 0)}), "greedy")
    assert result.winners == ("a",)
    assert result.projects[1].reason is Reason.NO_VOTES
    assert result.projects[1].votes_needed == 1


def test_borda_counts_down_from_the_longest_ranking() -> None:
    profile = make_profile(
        kind=BallotKind.ORDINAL,
        projects=[Project("a", 1), Project("b", 1), Project("c", 1)],
        budget=2,
        ballots=[RawBallot(["a", "b", "c"]), RawBallot(["b"])],
        max_length=5,
    )
    assert profile.tally.scores == (5, 9, 3)
    assert count(profile, "greedy").winners == ("b", "a")


def test_points_are_summed_and_the_default_score_is_counted_for_whoever_said_nothing() -> None:
    profile = make_profile(
        kind=BallotKind.SCORING,
        projects=[Project("a", 1), Project("b", 1)],
        budget=2,
        ballots=[RawBallot(["a"], [3]), RawBallot(["a", "b"], [-1, 4]), RawBallot([])],
        default_score=1,
    )
    assert profile.tally.scores == (3 - 1 + 1, 1 + 4 + 1)
    assert profile.tally.votes == (1, 1)


def test_of_two_that_exclude_each_other_the_first_is_funded() -> None:
    profile = votes(100, {"a": (20, 5), "b": (20, 4), "c": (30, 3)})
    result = count(profile, "greedy", {"exclusive": [["b", "a"]]})
    assert result.winners == ("a", "c")
    shut_out = result.projects[1]
    assert (shut_out.reason, shut_out.by, shut_out.votes_needed) == (Reason.EXCLUDED, "a", 2)


def test_what_is_funded_elsewhere_takes_no_money_and_excludes_nothing() -> None:
    profile = votes(100, {"a": (90, 5), "b": (90, 4)})
    result = count(profile, "greedy", {"exclusive": [["a", "b"]], "funded_elsewhere": ["a"]})
    assert result.winners == ("b",)
    assert (result.projects[0].reason, result.projects[0].votes_needed) == (Reason.FUNDED_ELSEWHERE, None)


def test_ties_are_data() -> None:
    profile = votes(100, {"a": (60, 4), "b": (50, 4), "c": (50, 4), "d": (1, 2), "e": (1, 2)})
    by_cost = count(profile, "greedy", {"ties": ["cost", "order"]})
    assert by_cost.winners == ("b", "c")
    first, second = by_cost.ties
    assert (first.projects, first.settled_by, first.decisive) == (("b", "c", "a"), ("cost", "order"), True)
    assert (second.projects, second.decisive) == (("d", "e"), False)
    lost = by_cost.projects[2]
    assert (lost.project, lost.reason, lost.votes_needed) == ("a", Reason.LOST_TIE, 1)
    assert count(profile, "greedy").winners == ("a", "d", "e")


def test_the_lot_can_be_drawn_again_by_anybody() -> None:
    profile = votes(10, {"a": (10, 1), "b": (10, 1), "c": (10, 1)})
    listed = fingerprint(["c", "a", "b"])
    assert listed == hashlib.sha256(b'["pb-lot-v1","a","b","c"]').hexdigest()
    key = f'["pb-lot-v1","{listed}","2026-10-26","a"]'.encode()
    assert lot_key(listed, "2026-10-26", "a") == hashlib.sha256(key).hexdigest()
    drawn = min("abc", key=lambda name: lot_key(listed, "2026-10-26", name))
    result = count(profile, "greedy", {"ties": ["lot"], "seed": "2026-10-26"})
    assert result.winners == (drawn,)
    assert result.parameters["list_fingerprint"] == listed
    assert {count(profile, "greedy", {"ties": ["lot"], "seed": str(seed)}).winners for seed in range(20)} == {
        ("a",),
        ("b",),
        ("c",),
    }


def brute(profile: Profile, rule: str, given: dict[str, Any]) -> list[str]:
    """The rule in the plainest words, on its own: no shared code but the ballots."""
    score = {project.id: 0 for project in profile.projects}
    named = dict(score)
    for ballot in raw(profile):
        for place, name in enumerate(ballot.choices):
            worth = {BallotKind.ORDINAL: 3 - place}.get(profile.kind, 1)
            score[name] += ballot.points[place] if ballot.points else worth
            named[name] += ballot.points[place] > 0 if ballot.points else 1
    listed = fingerprint(score)
    breakers = {
        "cost": lambda p: p.cost,
        "votes": lambda p: -named[p.id],
        "lot": lambda p: lot_key(listed, given["seed"], p.id),
        "order": lambda p: profile.projects.index(p),
    }

    def first(p: Project) -> Fraction | int:
        if rule != "greedy-per-cost":
            return -score[p.id]
        return -Fraction(score[p.id], p.cost) if p.cost else -(10**9)

    ranked = sorted(
        profile.projects, key=lambda p: (first(p), *(breakers[name](p) for name in given["ties"]))
    )
    won: list[str] = []
    left = profile.budget
    for project in ranked:
        low = score[project.id] < max(1, given["minimum"]) or named[project.id] == 0
        if low or project.cost > profile.budget or project.id in given["funded_elsewhere"]:
            continue
        if rule == "price-per-vote" and score[project.id] * given["price"] < project.cost:
            continue
        if any({project.id, other} == set(pair) for other in won for pair in given["exclusive"]):
            continue
        if project.cost > left:
            if rule == "greedy-no-skip":
                break
            continue
        won.append(project.id)
        left -= project.cost
    return won


@examples(200)
@given(st.data())
def test_the_count_equals_brute_force_and_never_overspends(data: st.DataObject) -> None:
    profile = data.draw(profiles())
    rule, chosen = data.draw(counts(profile))
    result = count(profile, rule, chosen)
    assert list(result.winners) == brute(profile, rule, chosen)
    assert result.total_cost == sum(profile.projects[profile.index[name]].cost for name in result.winners)
    assert result.total_cost <= profile.budget
    spent = 0
    for step in result.steps:
        assert step.left == profile.budget - spent
        spent += step.cost if step.funded else 0
        assert step.spent == spent
    assert sorted(one.project for one in result.projects) == sorted(profile.index)
    assert [one.project for one in result.projects if one.funded] == list(result.winners)


@examples(80)
@given(st.data())
def test_the_order_of_ballots_changes_no_byte(data: st.DataObject) -> None:
    profile = data.draw(profiles())
    rule, chosen = data.draw(counts(profile))
    shuffled = with_ballots(profile, data.draw(st.permutations(raw(profile))))
    assert count(shuffled, rule, chosen).to_json() == count(profile, rule, chosen).to_json()


@examples(80)
@given(st.data())
def test_with_a_lot_the_order_of_projects_changes_no_winner(data: st.DataObject) -> None:
    profile = data.draw(profiles())
    rule, chosen = data.draw(counts(profile, ties=[{"ties": ["lot"], "seed": "7"}]))
    other = make_profile(
        kind=profile.kind,
        projects=data.draw(st.permutations(profile.projects)),
        budget=profile.budget,
        ballots=raw(profile),
        max_length=3,
    )
    assert count(other, rule, chosen).winners == count(profile, rule, chosen).winners


@examples(150)
@given(st.data())
def test_a_tie_is_decisive_exactly_if_another_order_of_it_funds_others(data: st.DataObject) -> None:
    profile = data.draw(profiles())
    rule, chosen = data.draw(counts(profile, ties=[{"ties": ["order"]}]))
    result = count(profile, rule, chosen)
    for tie in result.ties:
        places = sorted(profile.index[name] for name in tie.projects)
        sets = set()
        for order in permutations(places):
            projects = list(profile.projects)
            for place, source in zip(places, order, strict=True):
                projects[place] = profile.projects[source]
            other = make_profile(
                kind=profile.kind,
                projects=projects,
                budget=profile.budget,
                ballots=raw(profile),
                max_length=3,
            )
            sets.add(frozenset(count(other, rule, chosen).winners))
        assert tie.decisive == (len(sets) > 1)


@pytest.mark.parametrize("kind", list(BallotKind))
def test_every_kind_of_ballot_is_counted_and_named(kind: BallotKind) -> None:
    points = [2] if kind in (BallotKind.CUMULATIVE, BallotKind.SCORING) else []
    profile = make_profile(
        kind=kind, projects=[Project("a", 1)], budget=1, ballots=[RawBallot(["a"], points)]
    )
    result = count(profile, "greedy")
    assert (result.winners, result.ballots) == (("a",), kind.value)
