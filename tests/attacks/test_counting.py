"""Attacks on the counting engine: files that are read, and what a stranger's arguments get for an answer.

The rules themselves are held by ``tests/core/counting``; here stand the ways in which a count was, or could
be, refused without need, broken off, or told falsely.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from pb.core.counting import phragmen_loads, shares, tally
from pb.core.counting.pabulib import read
from pb.core.counting.profile import BallotKind, Project, RawBallot, make_profile
from pb.core.counting.registry import RULES, count
from pb.core.errors import Invalid

Count = Callable[..., dict[str, Any]]


def file_of(facts: str, projects: str, votes: str) -> str:
    return f"META\nkey;value\n{facts}\nPROJECTS\n{projects}\nVOTES\n{votes}\n"


@pytest.fixture
def counted(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> Count:
    """Write a file, count it on the command line, and give back its JSON."""
    from pb.count_cli import main

    def run(text: str, *arguments: str) -> dict[str, Any]:
        path = tmp_path / "election.pb"
        path.write_text(text, encoding="utf-8")
        assert main([str(path), *arguments, "--json"]) == 0
        found: dict[str, Any] = json.loads(capsysbinary.readouterr().out)
        return found

    return run


# Large numbers.


def test_costs_around_ten_to_the_fifteenth_are_counted_to_the_last_digit(counted: Count) -> None:
    projects = "project_id;cost\nfirst;1000000000000001\nsecond;1000000000000000\nthird;999999999999999"
    votes = "voter_id;vote\n1;first\n2;second\n3;second,third\n4;first\n5;third"
    text = file_of("budget;2000000000000000\nvote_type;approval", projects, votes)
    for rule, winners in (("greedy", ["first", "third"]), ("greedy-per-cost", ["third", "second"])):
        data = counted(text, "--rule", rule)
        assert data["winners"] == winners
        assert data["total_cost"] == (2 * 10**15 if rule == "greedy" else 1999999999999999)
    data = counted(text, "--rule", "phragmen")
    # What the first leaves is to the last digit what the second costs.
    assert (data["winners"], data["left"]) == (["third", "first"], 0)


def test_the_largest_amount_is_read_and_one_more_is_refused_at_its_line() -> None:
    most = 2**53 - 1
    votes = "voter_id;vote\n1;a"
    text = file_of(f"budget;{most}\nvote_type;approval", f"project_id;cost\na;{most}", votes)
    assert read(text.encode()).profile.budget == most
    for found, line in ((str(most + 1), 7), ("1" + "0" * 30, 7)):
        with pytest.raises(Invalid) as caught:
            read(text.replace(f"a;{most}", f"a;{found}").encode())
        assert (caught.value.code, caught.value.params["line"]) == ("number_too_large", line)


def test_amounts_that_are_too_large_only_when_all_are_counted_in_the_finest_are_refused() -> None:
    projects = f"project_id;cost\na;{2**53 - 1}\nb;0.5"
    text = file_of("budget;100\nvote_type;approval", projects, "voter_id;vote\n1;a")
    with pytest.raises(Invalid) as caught:
        read(text.encode())
    assert caught.value.code == "number_too_large"
    assert (caught.value.params["section"], caught.value.params["line"]) == ("PROJECTS", 7)


@pytest.mark.parametrize("rule", ["greedy-per-cost", "phragmen"])
def test_more_votes_than_json_holds_are_no_number_of_votes(rule: str) -> None:
    dear, cheap = Project("dear", 10**15), Project("cheap", 1)
    ballots = [RawBallot(["dear"]), *[RawBallot(["cheap"])] * 20]
    profile = make_profile(kind=BallotKind.APPROVAL, projects=[dear, cheap], budget=10**15, ballots=ballots)
    result = count(profile, rule)
    assert result.winners == ("cheap",)
    records = {one["project"]: one for one in json.loads(result.to_json())["projects"]}
    assert records["dear"]["votes_needed"] is None


def test_an_import_beyond_what_a_rulebook_holds_in_tetri_is_refused() -> None:
    from pb.results.importing import money_of

    text = file_of(f"budget;{10**15}\nvote_type;approval", "project_id;cost\na;1", "voter_id;vote\n1;a")
    profile = read(text.encode()).profile
    assert money_of(profile, 10**13) == 10**15
    with pytest.raises(Invalid) as caught:
        money_of(profile, profile.budget)
    assert caught.value.code == "number_too_large"


# Money that is told has to count.

UNITS = file_of(
    "budget;100\nvote_type;approval\nunit_sum.north;40",
    "project_id;cost;unit\na;30;north\nb;50;",
    "voter_id;vote;unit\n1;a,b;north\n2;b;south",
)


def test_what_units_leave_of_the_budget_is_for_the_whole_town(counted: Count) -> None:
    data = counted(UNITS, "--rule", "greedy", "--by-unit")
    assert data["winners"] == ["a", "b"]
    assert [(pot["name"], pot["sum"]) for pot in data["pots"]] == [("north", 40), ("", 60)]
    data = counted(UNITS, "--rule", "greedy", "--unit-sum", "north=70")
    assert data["winners"] == ["a"]
    assert counted(UNITS, "--rule", "greedy", "--by-unit", "--town-sum", "20")["winners"] == ["a"]


def test_a_sum_for_the_town_without_units_is_refused(counted: Count) -> None:
    with pytest.raises(Invalid) as caught:
        counted(UNITS, "--rule", "greedy", "--town-sum", "20")
    assert (caught.value.code, caught.value.field) == ("parameter_without_use", "town_sum")


# What is said has to be true.


def test_nobody_is_said_to_have_voted_only_where_nobody_did(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from pb.count_cli import main

    projects = "project_id;cost\nliked;5\ndisliked;5\nsplit;5\nforgotten;5"
    votes = "voter_id;vote;points\n1;liked,disliked,split;3,-2,1\n2;split;-1"
    path = tmp_path / "points.pb"
    path.write_text(file_of("budget;10\nvote_type;scoring", projects, votes))
    for rule in ("greedy", "equal-shares"):
        assert main([str(path), "--rule", rule, "--explain"]) == 0
        said = capsys.readouterr().out
        assert said.count("Nobody voted for it") == 1
        assert "Its points add up to -2" in said
        assert "Its points add up to 0" in said


def test_votes_from_other_units_are_not_denied(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from pb.count_cli import main

    path = tmp_path / "units.pb"
    path.write_text(UNITS.replace("1;a,b;north", "1;b;north").replace("2;b;south", "2;a,b;south"))
    assert main([str(path), "--rule", "phragmen", "--by-unit", "--explain"]) == 0
    said = capsys.readouterr().out
    assert "Nobody voted" not in said
    assert "None of its voters votes over this money" in said


# Small towns by the machinery of large ones.


def _random_file(chance: random.Random) -> str:
    kind = chance.choice(["approval", "choose-1", "cumulative", "scoring", "ordinal", "knapsack"])
    projects = [f"p{number}" for number in range(chance.randint(1, 7))]
    costs = [Fraction(chance.choice([0, 6, 12, 12, 24, chance.randint(1, 40)])) for _ in projects]
    lines = []
    for voter in range(chance.randint(1, 14)):
        named = chance.sample(projects, min(len(projects), 1 if kind == "choose-1" else chance.randint(0, 5)))
        points = [str(chance.randint(-2 if kind == "scoring" else 0, 4)) for _ in named]
        lines.append(f"{voter};{','.join(named)};{','.join(points)}")
    rows = [f"{name};{cost}" for name, cost in zip(projects, costs, strict=True)]
    facts = f"budget;{chance.randint(1, int(sum(costs)) + 2)}\nvote_type;{kind}"
    return file_of(facts, "\n".join(["project_id;cost", *rows]), "\n".join(["voter_id;vote;points", *lines]))


def test_numpy_gives_the_same_bytes_on_the_smallest_towns(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numpy")
    chance = random.Random(20261122)
    rules: list[tuple[str, dict[str, Any]]] = [("greedy", {}), ("greedy-per-cost", {}), ("phragmen", {})]
    for utility in ("cost", "cardinality"):
        rules += [
            ("equal-shares", {"utility": utility, "completion": completion})
            for completion in ("none", "add1u", "comparison")
        ]

    def bytes_of(data: bytes, least: int) -> list[bytes]:
        monkeypatch.setattr(shares, "FROM", {False: least, True: least})
        monkeypatch.setattr(tally, "LARGE", least)
        monkeypatch.setattr(tally, "LARGE_ENOUGH", least)
        monkeypatch.setattr(phragmen_loads, "LARGE", least)
        profile = read(data).profile
        defined = [one for one in rules if profile.kind in RULES[one[0]].kinds]
        return [count(profile, rule, {**given, "ties": ("votes",)}).to_json() for rule, given in defined]

    for _ in range(60):
        text = _random_file(chance)
        assert bytes_of(text.encode(), 0) == bytes_of(text.encode(), 10**9), text


# Arguments.


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--rule", "equal-shares", "--step", "0"), "not_positive"),
        (("--rule", "equal-shares", "--step", "-1"), "not_positive"),
        (("--rule", "equal-shares", "--step", "0.0001"), "number_too_large"),
        (("--rule", "equal-shares", "--step", "1e3"), "not_a_number"),
        (("--rule", "greedy", "--step", "1"), "parameter_without_use"),
        (("--rule", "phragmen", "--completion", "add1"), "parameter_without_use"),
        (("--rule", "price-per-vote"), "missing_price"),
        (("--rule", "price-per-vote", "--price", "0"), "not_positive"),
        (("--rule", "greedy", "--minimum", "-1"), "negative_number"),
        (("--rule", "greedy", "--ties", "lot:"), "missing_seed"),
        (("--rule", "greedy", "--ties", "cost,cost"), "duplicate_tie_rule"),
        (("--rule", "greedy", "--unit-sum", "north=1000"), "sums_over_budget"),
        (("--rule", "greedy", "--unit-sum", "=10"), "bad_unit"),
        (("--rule", "no-such-rule"), "unknown_rule"),
        (("--rule-from-file",), "unknown_file_rule"),
    ],
)
def test_senseless_arguments_are_refused_by_name(
    counted: Count, arguments: tuple[str, ...], code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        counted(UNITS, *arguments)
    assert caught.value.code == code
