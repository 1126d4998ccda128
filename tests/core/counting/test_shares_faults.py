"""Where counts of equal shares go wrong: faults known of others, prices that all but tie, large sums."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.core.counting import completions, shares, shares_account, shares_history
from pb.core.counting.fast import history
from pb.core.counting.outcome import Reason, Result
from pb.core.counting.parameters import check
from pb.core.counting.profile import BallotKind, Pot, Profile, Project, RawBallot, make_profile
from pb.core.counting.registry import count
from pb.core.counting.shares_records import SharesFacts
from pb.core.counting.shares_run import Run
from pb.core.errors import Invalid
from tests.core.counting.samples import approvals, examples
from tests.core.counting.test_shares import both, check_against_naive, records_of, steps_of

PLAIN = {"completion": "none"}
TAKES = ("utility", "completion", "step")
NUMBER = {"utility": "cardinality", "completion": "none"}


@pytest.fixture(params=[0, 10**9], ids=["numpy", "lists"], autouse=True)
def purses(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test with both kinds of purses."""
    monkeypatch.setattr(shares, "FROM", {True: request.param, False: request.param})


def facts_of(result: Result) -> SharesFacts:
    (facts,) = result.facts
    assert isinstance(facts, SharesFacts)
    return facts


def test_the_comparison_asks_voters_who_have_nothing_on_one_side_too() -> None:
    # p and q please nine voters, three of whom have r as well; ten have nothing but r, which greedy takes.
    # Among those who have something on both sides all prefer p and q; among all voters more prefer r.
    ballots = [("r", 10), ("p q r", 3), ("p", 3), ("q", 3)]
    profile = approvals(60, {"p": 10, "q": 10, "r": 60}, *ballots)
    assert count(profile, "equal-shares", {"completion": "add1"}).winners == ("p", "q")
    result = count(profile, "equal-shares", {"completion": "comparison"})
    preference = facts_of(result).preference
    assert preference is not None
    assert (preference.shares, preference.greedy, preference.kept) == (9, 10, False)
    assert result.winners == count(profile, "greedy").winners == ("r",)
    assert [step.by for step in steps_of(result)] == ["greedy"]
    assert records_of(result)["p"].reason is Reason.DOES_NOT_FIT
    # One voter less, and as many prefer the one as the other: then equal shares stays.
    even = approvals(60, {"p": 10, "q": 10, "r": 60}, ("r", 9), *ballots[1:], ("", 1))
    assert count(even, "equal-shares", {"completion": "comparison"}).winners == ("p", "q")


def test_a_larger_endowment_may_cost_less_so_the_first_overspending_ends_the_count() -> None:
    # At the shares 4, 5, 6, 7 the outcomes cost 5, 14, 11 and 12 of the 12 that there are: bisection would
    # find one of the last two.
    costs = {"a": 11, "b": 7, "c": 1, "d": 10, "e": 4}
    profile = approvals(12, costs, ("d", 1), ("a b e", 1), ("a c d", 1))
    result = count(profile, "equal-shares", {"completion": "add1", "step": 1})
    assert result.winners == ("c", "e")
    assert (facts_of(result).raises, facts_of(result).runs) == (0, 2)


def test_an_outcome_to_which_nothing_can_be_added_does_not_end_the_count() -> None:
    # With 7 / 3 each c alone is funded, with 1 more b: no other project fits, but the shares rise further.
    profile = approvals(7, {"a": 2, "b": 6, "c": 2}, ("", 1), ("b c", 1), ("b", 1))
    result = count(profile, "equal-shares", {"completion": "add1", "step": 1})
    assert result.winners == ("b",)
    assert facts_of(result).raises == 2


@pytest.mark.parametrize("voters", [3, 7, 11, 49, 93, 641, 6_586])
@pytest.mark.parametrize("money", [100, 1_000_003, 10**15 - 1])
def test_shares_that_together_are_the_cost_exactly_are_enough(voters: int, money: int) -> None:
    alone = approvals(money, {"a": money}, ("a", voters))
    assert count(alone, "equal-shares", PLAIN).winners == ("a",)
    (step,) = steps_of(count(alone, "equal-shares", PLAIN))
    assert (step.price, step.paid_less, step.left_before) == (Fraction(money, voters), 0, money)


def test_ballots_are_merged_by_what_they_say() -> None:
    one = approvals(9, {"a": 3, "b": 6}, ("a b", 1), ("b a", 1), ("b", 1))
    other = approvals(9, {"a": 3, "b": 6}, ("b", 1), ("a b", 2))
    assert count(one, "equal-shares", PLAIN).to_json() == count(other, "equal-shares", PLAIN).to_json()


def test_more_funded_projects_than_python_allows_calls_inside_calls() -> None:
    costs = {f"p{number}": number + 1 for number in range(1_200)}
    profile = approvals(1_000_000, costs, (" ".join(costs), 2))
    pot = Pot("", profile.budget, tuple(range(len(costs))))
    run = Run(shares.contest_of(profile, pot, check(profile, NUMBER, NUMBER)), 0)
    assert run.winners() == list(range(1_200))


def test_amounts_that_are_not_told_by_their_first_digits_are_found_by_all_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where nothing that is near enough may be used, the bytes are the same."""
    dice = random.Random(3)
    names = "abcdefgh"
    ballots = [(" ".join(dice.sample(names, dice.randint(1, 5))), dice.randint(1, 3)) for _ in range(60)]
    profile = approvals(1_000, {name: dice.randint(40, 300) for name in names}, *ballots)
    found = [count(profile, "equal-shares", one).to_json() for one in (PLAIN, NUMBER)]
    asked = []
    monkeypatch.setattr(history, "ROUNDED", 1.0)
    monkeypatch.setattr(shares_history, "sure", lambda *_: None)
    monkeypatch.setattr(shares_account, "sure", lambda *_: None)
    monkeypatch.setattr(shares_history.PlainHistory, "_sorted", lambda *_: None)
    exactly = shares_account.exact
    monkeypatch.setattr(shares_account, "exact", lambda *given: asked.append(given) or exactly(*given))
    assert [count(profile, "equal-shares", one).to_json() for one in (PLAIN, NUMBER)] == found
    assert len(asked) == 2 * len(names)


def test_more_sums_than_a_table_holds_give_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(5)
    names = [f"p{number}" for number in range(30)]
    ballots = [(" ".join(dice.sample(names, dice.randint(0, 9))), dice.randint(1, 3)) for _ in range(300)]
    profile = approvals(3_000, {name: dice.randint(40, 300) for name in names}, *ballots)
    found = count(profile, "equal-shares", PLAIN).to_json()
    monkeypatch.setattr(history, "MOST_SUMS", 0)
    monkeypatch.setattr(history, "NEAR", 100)
    assert count(profile, "equal-shares", PLAIN).to_json() == found


def test_a_run_that_took_another_of_a_tie_comes_together_with_the_first_or_not() -> None:
    """Whether a tie decided is found from where it was on; here against whole counts with the other first."""
    dice = random.Random(7)
    seen = [0, 0]
    for _ in range(60):
        names = [f"p{number}" for number in range(dice.randint(4, 12))]
        ballots = [(" ".join(dice.sample(names, dice.randint(1, 4))), 1) for _ in range(dice.randint(3, 14))]
        costs = {name: dice.choice([10, 10, 20, 30]) for name in names}
        profile = approvals(sum(costs.values()) * 2 // 5, costs, *ballots)
        contest = shares.contest_of(
            profile, Pot("", profile.budget, tuple(range(len(names)))), check(profile, PLAIN, TAKES)
        )
        run = Run(contest, 0)
        won = set(run.winners() or [])
        said = {tie.projects: tie.decisive for tie in count(profile, "equal-shares", PLAIN).ties}
        for number, done in enumerate(run.rounds):
            group = tuple(names[one] for one in done.tied)
            if group in said:
                others = [Run(contest, 0, {number: other}).winners() for other in done.tied[1:]]
                decisive = any(set(other or []) != won for other in others)
                assert said.pop(group) == decisive
                seen[decisive] += 1
    assert min(seen) > 10


def pointed(kind: BallotKind, budget: int, costs: dict[str, int], *ballots: RawBallot) -> Profile:
    projects = [Project(name, cost) for name, cost in costs.items()]
    return make_profile(kind=kind, projects=projects, budget=budget, ballots=ballots, max_length=3)


def test_points_are_not_divided_by_the_cost() -> None:
    # Six points for 30 are 5 a point, three points for 18 are 6: a goes first; per cost it would be b.
    ballots = [RawBallot(["a"], [6]), RawBallot(["b"], [3])]
    profile = pointed(BallotKind.CUMULATIVE, 60, {"a": 30, "b": 18}, *ballots)
    result = count(profile, "equal-shares", NUMBER)
    assert [(step.project, step.price) for step in steps_of(result)] == [("a", 5), ("b", 6)]
    by_cost = count(profile, "equal-shares", PLAIN)
    assert [(step.project, step.effective_votes) for step in steps_of(by_cost)] == [("a", 6), ("b", 3)]


def test_rankings_give_the_points_of_their_places() -> None:
    ballots = [RawBallot(["a", "b"]), RawBallot(["b", "a"]), RawBallot(["b"])]
    profile = pointed(BallotKind.ORDINAL, 30, {"a": 10, "b": 16}, *ballots)
    first = steps_of(count(profile, "equal-shares", NUMBER))[0]
    # a: 3 + 2 points for 10; b: 2 + 3 + 3 for 16, each: 2 a point. The order of the list settles it.
    assert (first.project, first.price, first.supporters) == ("a", 2, 2)


def test_equal_prices_reached_by_different_sums_tie() -> None:
    # Everybody has 6. x takes 3 from its only supporter, who gives the other 3 for a, of which the second
    # supporter bears 5; b takes 5 from each of two.
    costs = {"x": 3, "a": 8, "b": 10}
    profile = approvals(24, costs, ("x a", 1), ("a", 1), ("b", 2))
    result = count(profile, "equal-shares", {**NUMBER, "ties": ["cost"]})
    assert [(step.project, step.price) for step in steps_of(result)] == [("x", 3), ("a", 5), ("b", 5)]
    (tie,) = result.ties
    assert (tie.projects, tie.settled_by, tie.decisive) == (("a", "b"), ("cost",), False)
    assert steps_of(result)[1].paid_less == 1


def test_a_tie_that_decides() -> None:
    profile = approvals(10, {"a": 10, "b": 10}, ("a b", 1))
    result = count(profile, "equal-shares", PLAIN)
    assert result.winners == ("a",)
    assert [(tie.projects, tie.decisive) for tie in result.ties] == [(("a", "b"), True)]
    by_lot = [count(profile, "equal-shares", {**PLAIN, "ties": ["lot"], "seed": s}) for s in "12345678"]
    assert {result.winners for result in by_lot} == {("a",), ("b",)}


LONG, SHORT = 100_003, 99_991


@pytest.mark.parametrize("more", [0, 1, -1])
def test_prices_that_differ_in_the_twentieth_digit(more: int) -> None:
    """a costs c / LONG a voter and b d / SHORT, where c * SHORT - d * LONG is ``more`` times a common factor:
    the two differ by 1 / (LONG * SHORT) beside 4 * 10^9."""
    c = 4 * 10**14 // LONG * LONG + (more * pow(SHORT, -1, LONG)) % LONG
    d, rest = divmod(c * SHORT - more, LONG)
    assert rest == 0
    profile = approvals(10**15 - 1, {"a": c, "b": d}, ("a", LONG), ("b", SHORT))
    result = count(profile, "equal-shares", {**NUMBER, "ties": ["order"]})
    first, second = steps_of(result)
    assert first.price is not None
    assert second.price is not None
    assert second.price - first.price == Fraction(abs(more), LONG * SHORT)
    assert first.project == ("b" if more > 0 else "a")
    assert len(result.ties) == (more == 0)


def test_a_step_that_would_take_for_ever_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completions, "MOST_RUNS", 50)
    monkeypatch.setattr(completions, "same_until", lambda contest, run, raises: raises)
    profile = approvals(1_000, {"a": 900, "b": 300}, ("a", 1), ("b", 5))
    with pytest.raises(Invalid) as caught:
        count(profile, "equal-shares", {"step": 1})
    assert (caught.value.code, caught.value.field) == ("step_too_small", "step")
    assert count(profile, "equal-shares", {"step": 100}).winners == ("b",)


def test_nobody_votes() -> None:
    for completion in ("none", "add1", "add1u", "utilitarian", "comparison"):
        result = count(approvals(9, {"a": 3}), "equal-shares", {"completion": completion})
        assert (result.winners, facts_of(result).endowment) == ((), 0)


def test_free_projects_come_first_and_exclude_each_other() -> None:
    profile = approvals(9, {"a": 9, "b": 0, "c": 0, "d": 0}, ("a b c", 3))
    result = count(profile, "equal-shares", {"exclusive": [["b", "c"]]})
    assert result.winners == ("b", "a")
    assert records_of(result)["c"].by == "b"
    assert records_of(result)["d"].reason is Reason.NO_VOTES
    assert [(tie.projects, tie.decisive) for tie in result.ties] == [(("b", "c"), True)]


def test_sums_that_json_does_not_hold_are_left_out() -> None:
    profile = approvals(10**15, {"a": 10**15, "b": 5}, ("a", 1), ("b", 10**6))
    result = count(profile, "equal-shares", {"step": 10**14, "minimum": 0})
    assert result.winners == ("b",)
    shown = {one["project"]: one for one in json.loads(result.to_json())["projects"]}
    assert (shown["a"]["supporters_left"], shown["b"]["supporters_left"]) == (9 * 10**14 + 999_999_000, None)


def test_points_left_out_have_the_default_score() -> None:
    projects = [Project("a", 4), Project("b", 4)]
    ballots = [RawBallot(["a"], [3]), RawBallot(["b"], [1]), RawBallot(["a"], [-1])]
    profile = make_profile(
        kind=BallotKind.SCORING, projects=projects, budget=12, ballots=ballots, default_score=1
    )
    steps = {step.project: step for step in steps_of(count(profile, "equal-shares", NUMBER))}
    assert (steps["a"].supporters, steps["a"].price) == (2, 1)
    assert (steps["b"].supporters, steps["b"].price) == (3, Fraction(3, 2))


def test_units_share_their_own_money() -> None:
    projects = [Project("n1", 30, unit="n"), Project("s1", 30, unit="s"), Project("t1", 20)]
    ballots = [RawBallot(["n1", "t1"], weight=2), RawBallot(["s1"], weight=3), RawBallot([], weight=5)]
    profile = make_profile(kind=BallotKind.APPROVAL, projects=projects, budget=100, ballots=ballots)
    sums: dict[str, Any] = {"unit_sums": {"n": 30, "s": 30}, "town_sum": 40}
    by_choice = count(profile, "equal-shares", {"step": 1}, **sums)
    # Ballots say no unit: who named a project of the unit shares its money, all share the town's.
    assert shared_by(by_choice) == [("n", 2), ("s", 3), ("", 10)]
    assert by_choice.winners == ("n1", "s1", "t1")
    of_units = [replace(ballot, unit=unit) for ballot, unit in zip(ballots, "nss", strict=True)]
    profile = make_profile(kind=BallotKind.APPROVAL, projects=projects, budget=100, ballots=of_units)
    by_ballot = count(profile, "equal-shares", {"step": 1}, **sums)
    assert shared_by(by_ballot) == [("n", 2), ("s", 8), ("", 10)]


def shared_by(result: Result) -> list[tuple[str, int]]:
    return [(one.pot, one.voters) for one in result.facts if isinstance(one, SharesFacts)]


@st.composite
def costly(draw: st.DrawFn) -> Profile:
    """Few voters, costs around 10^15, many of them alike."""
    names = "abcde"
    size = draw(st.sampled_from([10**3, 10**12, 10**15 - 10]))
    cost = st.builds(lambda part, more: max(0, size // part + more), st.integers(1, 6), st.integers(-2, 2))
    ballots = [
        (" ".join(draw(st.lists(st.sampled_from(names), unique=True))), draw(st.integers(1, 3)))
        for _ in range(draw(st.integers(1, 6)))
    ]
    return approvals(size, {name: draw(cost) for name in names}, *ballots)


@examples(150)
@given(costly(), st.sampled_from(["cost", "cardinality"]), st.sampled_from(["none", "add1", "comparison"]))
def test_large_costs_that_are_all_but_equal(profile: Profile, utility: str, completion: str) -> None:
    step = max(1, profile.budget // 7)
    chosen = {"utility": utility, "completion": completion, "step": step}
    check_against_naive(profile, chosen)
    plain, fast = both(profile, chosen)
    assert plain == fast
