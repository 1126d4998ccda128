"""Rules by name, parameters, units with own sums, and the bytes of a result."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pb.core.counting import greedy, parameters
from pb.core.counting.outcome import Reason
from pb.core.counting.profile import BallotKind, Profile, Project, RawBallot, make_profile
from pb.core.counting.registry import Rule, count, rule_for
from pb.core.counting.ties import parse_order
from pb.core.errors import Invalid
from tests.core.counting.samples import votes


def test_a_rule_that_is_unknown_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        count(votes(1, {"a": (1, 1)}), "guess")
    assert caught.value.code == "unknown_rule"


def test_a_pair_of_rule_and_ballots_without_a_definition_is_refused() -> None:
    only_approval = Rule("narrow", "1", frozenset({BallotKind.APPROVAL}), greedy.greedy)
    assert rule_for("narrow", BallotKind.APPROVAL, {"narrow": only_approval}) is only_approval
    with pytest.raises(Invalid) as caught:
        rule_for("narrow", BallotKind.ORDINAL, {"narrow": only_approval})
    assert (caught.value.code, caught.value.params["found"]) == ("undefined_pair", "ordinal")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"minimun": 5}, "unknown_parameter"),
        ({"minimum": -1}, "negative_number"),
        ({"minimum": "many"}, "not_a_number"),
        ({"ties": ["height"]}, "unknown_tie_rule"),
        ({"ties": ["cost", "cost"]}, "duplicate_tie_rule"),
        ({"ties": ["lot"]}, "missing_seed"),
        ({"exclusive": [["a", "z"]]}, "unknown_project"),
        ({"exclusive": [["a", "a"]]}, "bad_pair"),
        ({"exclusive": [["a"]]}, "bad_pair"),
        ({"funded_elsewhere": ["z"]}, "unknown_project"),
        ({"leftover": "burnt"}, "unknown_leftover"),
        ({"price": 5}, "parameter_without_use"),
        ({"utility": "cost"}, "parameter_without_use"),
    ],
)
def test_wrong_parameters_are_refused(given: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as caught:
        count(votes(1, {"a": (1, 1), "b": (1, 1)}), "greedy", given)
    assert caught.value.code == code


def everything(given: dict[str, Any], **more: Any) -> parameters.Parameters:
    """The parameters of a rule that takes all extra ones."""
    return parameters.check(votes(100, {"a": (1, 1)}, **more), {"price": 1, **given}, parameters.EXTRA)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"utility": "joy"}, "unknown_utility"),
        ({"completion": "add2"}, "unknown_completion"),
        ({"step": 0}, "not_positive"),
        ({"step": "0.5"}, "too_many_decimals"),
        ({"step": "much"}, "not_a_number"),
        ({"price": -1}, "not_positive"),
        ({"price": None}, "missing_price"),
    ],
)
def test_wrong_parameters_of_rules_that_take_them_are_refused(given: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as caught:
        everything(given)
    assert caught.value.code == code


def test_the_step_is_one_unit_of_the_currency_by_default_and_money_may_be_text() -> None:
    assert everything({}, decimals=2).step == 100
    assert everything({"step": "0,5", "price": "12"}, decimals=2).shown["step"] == 50
    assert everything({"step": None, "price": "12"}, decimals=2).price == 1_200


def test_only_what_is_used_is_shown() -> None:
    shown = {"ties": ["order"], "leftover": "carried_over"}
    extra = {"utility": "cost", "completion": "none", "price": 1}
    assert everything({"completion": "none"}).shown == shown | extra
    assert everything({}).shown == shown | {**extra, "completion": "add1", "step": 1}
    assert parameters.check(votes(1, {}), {"price": None}).shown == shown


def test_an_order_that_leaves_ties_open_ends_with_the_order_of_the_list() -> None:
    assert parse_order("cost, votes").criteria == ("cost", "votes", "order")
    assert parse_order("cost,lot:a:b").seed == "a:b"
    assert parse_order("file").criteria == ("order",)
    assert parse_order("").criteria == ("order",)


def town() -> Profile:
    projects = [
        Project("n1", 60, unit="north"),
        Project("s1", 30, unit="south"),
        Project("n2", 50, unit="north"),
        Project("t1", 55),
        Project("t2", 40),
        Project("s2", 80, unit="south"),
    ]
    named = {"n1": 5, "s1": 4, "n2": 3, "t1": 2, "t2": 1, "s2": 9}
    ballots = [RawBallot([name], weight=weight) for name, weight in named.items()]
    return make_profile(kind=BallotKind.APPROVAL, projects=projects, budget=210, ballots=ballots)


def test_each_unit_has_its_own_money_and_the_town_has_its_own() -> None:
    result = count(town(), "greedy", unit_sums={"north": 100, "south": 50}, town_sum=60)
    assert result.winners == ("n1", "s1", "t1")
    assert [(pot.name, pot.sum, pot.spent, pot.left) for pot in result.pots] == [
        ("north", 100, 60, 40),
        ("south", 50, 30, 20),
        ("", 60, 55, 5),
    ]
    assert (result.total_cost, result.left) == (145, 65)
    reasons = {one.project: one.reason for one in result.projects}
    assert reasons["n2"] is Reason.DOES_NOT_FIT
    assert reasons["s2"] is Reason.OVER_POT
    assert next(one for one in result.projects if one.project == "n2").votes_needed == 3


def test_what_units_leave_can_go_to_the_town() -> None:
    given = {"leftover": "town_wide"}
    result = count(town(), "greedy", given, unit_sums={"north": 100, "south": 50}, town_sum=60)
    assert result.winners == ("n1", "s1", "t1", "t2")
    last = result.pots[-1]
    assert (last.sum, last.brought, last.spent, last.left) == (60, 60, 95, 25)


def test_a_project_of_a_unit_can_exclude_one_of_the_town() -> None:
    given = {"exclusive": [["n1", "t1"]]}
    result = count(town(), "greedy", given, unit_sums={"north": 100, "south": 50}, town_sum=60)
    assert result.winners == ("n1", "s1", "t2")
    shut_out = next(one for one in result.projects if one.project == "t1")
    assert (shut_out.reason, shut_out.by, shut_out.votes_needed) == (Reason.EXCLUDED, "n1", None)


@pytest.mark.parametrize(
    ("sums", "town_sum", "code"),
    [
        ({"north": 100}, 50, "unit_without_sum"),
        ({"north": 100, "south": 100}, 50, "sums_over_budget"),
        ({"north": -1, "south": 1}, 0, "negative_number"),
        ({"north": 1, "south": 1, "": 1}, 0, "bad_unit"),
    ],
)
def test_sums_that_make_no_sense_are_refused(sums: dict[str, int], town_sum: int, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        count(town(), "greedy", unit_sums=sums, town_sum=town_sum)
    assert caught.value.code == code


def test_a_profile_refuses_what_cannot_be() -> None:
    def made(**changes: Any) -> Profile:
        facts: dict[str, Any] = {"projects": [Project("a", 1)], "budget": 1, "ballots": [RawBallot(["a"])]}
        return make_profile(kind=BallotKind.APPROVAL, **{**facts, **changes})

    assert made().voters == 1
    for changes, code in [
        ({"budget": -1}, "negative_budget"),
        ({"projects": [Project("a", -1)]}, "negative_cost"),
        ({"projects": [Project("a", 1), Project("a", 2)]}, "duplicate_project"),
        ({"ballots": [RawBallot(["b"])]}, "unknown_project"),
        ({"ballots": [RawBallot(["a"], weight=0)]}, "bad_weight"),
    ]:
        with pytest.raises(Invalid) as caught:
            made(**changes)
        assert caught.value.code == code


def test_scores_beyond_what_json_holds_are_refused() -> None:
    kind = BallotKind.CUMULATIVE
    ballots = [RawBallot(["a"], [10**15], weight=100)]
    profile = make_profile(kind=kind, projects=[Project("a", 1)], budget=1, ballots=ballots)
    with pytest.raises(Invalid) as caught:
        count(profile, "greedy")
    assert caught.value.code == "number_too_large"


def test_an_election_without_projects_or_voters_has_no_winners() -> None:
    assert count(votes(5, {}), "greedy").winners == ()
    assert count(votes(5, {"a": (1, 0)}), "greedy").winners == ()


def test_the_result_as_json() -> None:
    result = count(votes(100, {"a": (70, 5), "b": (50, 4)}), "greedy", {"minimum": 2})
    data = json.loads(result.to_json())
    assert data["winners"] == ["a"]
    assert (data["total_cost"], data["budget"], data["left"], data["decimals"]) == (70, 100, 30, 0)
    assert (data["rule"], data["version"], data["ballots"], data["voters"]) == ("greedy", "1", "approval", 9)
    assert data["parameters"] == {"leftover": "carried_over", "minimum": 2, "ties": ["order"]}
    assert data["steps"][1] == {
        "pot": "",
        "project": "b",
        "score": 4,
        "cost": 50,
        "left": 30,
        "spent": 70,
        "funded": False,
        "reason": "does_not_fit",
    }
    assert data["projects"][1] == {
        "project": "b",
        "name": "",
        "pot": "",
        "rank": 2,
        "score": 4,
        "votes": 4,
        "cost": 50,
        "funded": False,
        "reason": "does_not_fit",
        "left": 30,
        "spent": 70,
        "needed": 50,
        "missing": 20,
        "by": None,
        "votes_needed": 2,
        "votes_to_spare": None,
    }
    assert result.to_json() == json.dumps(data, sort_keys=True, separators=(",", ":")).encode()
