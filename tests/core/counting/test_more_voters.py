"""With so many more voters it wins, with one fewer not: every number that is told is counted again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pb.core.counting.more_voters import more_voters, turning_point
from pb.core.counting.parameters import COMPLETIONS
from pb.core.counting.profile import Profile, Project, RawBallot, make_profile
from pb.core.counting.registry import count, select
from tests.core.counting.samples import approvals, examples, with_ballots
from tests.core.counting.samples import raw as ballots_of
from tests.core.counting.test_shares_faults import costly

PLAIN = {"completion": "none"}


def joined(profile: Profile, project: str, voters: int, unit: str = "") -> Profile:
    return with_ballots(profile, [*ballots_of(profile), *[RawBallot([project], unit=unit)] * voters])


@examples(200)
@given(costly(), st.sampled_from(COMPLETIONS), st.sampled_from(["cost", "cardinality"]))
def test_the_number_wins_and_one_fewer_does_not(profile: Profile, completion: str, utility: str) -> None:
    given = {"completion": completion, "utility": utility, "step": max(1, profile.budget // 5)}
    result = count(profile, "equal-shares", given)
    found = more_voters(profile, result)
    assert not set(found) & set(result.winners)
    for project, voters in found.items():
        assert 1 <= voters <= profile.voters
        assert project in count(joined(profile, project, voters), "equal-shares", given).winners
        assert project not in count(joined(profile, project, voters - 1), "equal-shares", given).winners


def test_a_town_with_units_and_conditions() -> None:
    projects = [Project("a", 60, unit="n"), Project("b", 50, unit="n"), Project("c", 40)]
    ballots = [RawBallot(["a", "c"], unit="n", weight=6), RawBallot(["b"], unit="n", weight=3)]
    profile = make_profile(kind=approvals(1, {}).kind, projects=projects, budget=130, ballots=ballots)
    given: dict[str, Any] = {**PLAIN, "minimum": 2, "exclusive": [["b", "c"]], "ties": ["lot"], "seed": "1"}
    sums: dict[str, Any] = {"unit_sums": {"n": 80}, "town_sum": 50}
    result = count(profile, "equal-shares", given, **sums)
    found = more_voters(profile, result)
    assert result.winners == ()
    assert found == {"a": 3, "b": 7, "c": 6}
    for project, voters in found.items():
        unit = "" if project == "c" else "n"
        for more, wins in ((voters, True), (voters - 1, False)):
            again = select(joined(profile, project, more, unit), "equal-shares", given, **sums)
            assert (project in again.winners) is wins


def test_what_is_not_told() -> None:
    profile = approvals(10, {"a": 10, "dear": 11, "b": 10, "c": 9}, ("a", 4), ("b", 1), ("", 5))
    result = count(profile, "equal-shares", PLAIN)
    assert "dear" not in more_voters(profile, result)
    assert more_voters(profile, result, work=0) == {}
    assert more_voters(profile, count(profile, "greedy")) == {}
    ranked = make_profile(
        kind=replace(profile, kind=profile.kind.ORDINAL).kind,
        projects=profile.projects,
        budget=10,
        ballots=[RawBallot(["a"])],
    )
    assert more_voters(ranked, count(ranked, "equal-shares", PLAIN)) == {}


@given(st.integers(1, 40), st.integers(1, 40), st.sets(st.integers(1, 40)))
def test_a_turning_point_is_one(guess: int, most: int, winning: set[int]) -> None:
    asked: list[int] = []

    def wins(number: int) -> bool:
        asked.append(number)
        return number in winning

    turn = turning_point(wins, min(guess, most), most)
    if turn is not None:
        assert 1 <= turn <= most
        assert turn in winning
        assert turn - 1 not in winning
    elif winning == set(range(min(winning, default=0), 41)):
        # Where more always helps, the first is found, if it is within reach.
        assert min(winning, default=41) > most


@given(st.integers(1, 60), st.integers(1, 40), st.integers(1, 40))
def test_where_more_always_helps_the_least_number_is_found(first: int, guess: int, most: int) -> None:
    turn = turning_point(lambda number: number >= first, min(guess, most), most)
    assert turn == (first if first <= most else None)
