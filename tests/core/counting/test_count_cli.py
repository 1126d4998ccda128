"""``python -m pb`` and its command ``count``: what is loaded, printed and refused."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pb import count_table_cli as count_table
from pb.commandline import COMMANDS, describe, main
from pb.core.counting.pabulib import read
from pb.core.counting.registry import RULES, count
from pb.core.errors import Closed, Invalid, Problem, Problems
from pb.count_text_cli import cells
from tests.core.counting.samples import FILE

ROOT = Path(__file__).parents[3]


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "village.pb"
    path.write_text(FILE, "utf-8")
    return str(path)


def changed(tmp_path: Path, *changes: tuple[str, str]) -> str:
    text = FILE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "changed.pb"
    path.write_text(text, "utf-8")
    return str(path)


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


def test_help_lists_every_command_with_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    for name, (help_line, _) in COMMANDS.items():
        assert f"  {name} " in shown
        assert help_line in shown
        assert help_line.strip()


def test_every_row_of_the_table_can_be_loaded() -> None:
    for _, target in COMMANDS.values():
        module, _, function = target.partition(":")
        assert callable(getattr(importlib.import_module(module), function))


def test_without_a_command_or_with_an_unknown_one_the_exit_code_is_2(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([]) == 2
    assert "commands:" in capsys.readouterr().err
    assert main(["cuont"]) == 2
    assert "unknown command 'cuont'" in capsys.readouterr().err


def test_count_loads_no_web_framework_and_help_loads_no_command(file: str) -> None:
    script = (
        "import sys; from pb.commandline import main\n"
        "main(['--help']); assert 'pb.count_cli' not in sys.modules\n"
        f"assert main(['count', {file!r}, '--rule', 'greedy']) == 0\n"
        "assert not {'flask', 'sqlalchemy', 'werkzeug', 'numpy'} & set(sys.modules)\n"
    )
    done = python("-c", script)
    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr


def test_a_tiny_file_is_counted_at_once(file: str) -> None:
    def used() -> float:
        times = os.times()
        return times.children_user + times.children_system

    before = used()
    done = python("-m", "pb", "count", file, "--rule", "greedy", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["winners"] == ["a", "c"]
    # Time of the processor, not of the clock: a busy machine is no fault of the command.
    assert used() - before < 0.3
    assert "read" in done.stderr


def test_json(file: str, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["count", file, "--rule", "greedy", "--json", "--minimum", "2"]) == 0
    shown = capsysbinary.readouterr()
    data = json.loads(shown.out)
    assert (data["winners"], data["total_cost"], data["rule"]) == (["a"], 50, "greedy")
    assert data["parameters"]["minimum"] == 2
    assert b"counted" in shown.err


def test_json_of_decimals_is_exact(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    path = changed(tmp_path, (";50;", ";50,10;"), (";40;", ";40,20;"))
    assert main(["count", path, "--rule", "greedy", "--json"]) == 0
    out = capsysbinary.readouterr().out
    assert b'"total_cost":90.3,' in out
    assert json.loads(out)["budget"] == 100


def test_ties(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    path = changed(tmp_path, ("4;c,a", "4;c"), ("2;a", "2;"))
    winners = {}
    for order in ("file", "cost", "lot:1"):
        assert main(["count", path, "--rule", "greedy", "--ties", order, "--json"]) == 0
        data = json.loads(capsysbinary.readouterr().out)
        winners[order] = data["winners"]
        (tie,) = data["ties"]
        assert sorted(tie["projects"]) == ["a", "b", "c"]
    assert winners["file"] == ["a", "c"]
    assert winners["cost"] == ["c", "a"]


def test_the_rule_of_the_file(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    path = changed(tmp_path, ("budget;", "rule;greedy-threshold\nmin_project_score_threshold;2\nbudget;"))
    assert main(["count", path, "--rule-from-file", "--json"]) == 0
    assert json.loads(capsysbinary.readouterr().out)["winners"] == ["a"]
    path = changed(tmp_path, ("budget;", "rule;coin\nbudget;"))
    assert main(["count", path, "--rule-from-file", "--json"]) == 1
    assert b"unknown file rule" in capsysbinary.readouterr().err


def test_pairs_of_the_file_exclude_each_other(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = changed(
        tmp_path,
        ("cost;name", "cost;name;excludes"),
        ("Road", "Road;c"),
        ('eight"', 'eight";'),
        ("Court", "Court;"),
    )
    assert main(["count", path, "--rule", "greedy", "--json"]) == 0
    assert json.loads(capsysbinary.readouterr().out)["winners"] == ["a"]


UNITS = (
    ("cost;name", "cost;name;unit"),
    ("Road", "Road;north"),
    ('eight"', 'eight";'),
    ("Court", "Court;south"),
)


def test_units(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    sums = ("budget;", "unit_sum.north;40\nunit_sum.south;40\ntown_sum;20\nbudget;")
    path = changed(tmp_path, *UNITS, sums)
    assert main(["count", path, "--rule", "greedy", "--by-unit", "--json"]) == 0
    assert json.loads(capsysbinary.readouterr().out)["winners"] == ["c"]
    command = ["count", path, "--rule", "greedy", "--json", "--leftover", "town_wide", "--town-sum", "0"]
    assert main([*command, "--unit-sum", "north=60", "--unit-sum", "south=40"]) == 0
    data = json.loads(capsysbinary.readouterr().out)
    assert data["winners"] == ["a", "c"]
    assert [pot["left"] for pot in data["pots"]] == [10, 0, 10]
    assert main(["count", path, "--rule", "greedy", "--by-unit"]) == 0
    assert "Whole town: 20" in capsysbinary.readouterr().out.decode()
    path = changed(tmp_path, *UNITS, sums, ("budget;100", "rule;greedy\nbudget;100"))
    assert main(["count", path, "--rule-from-file", "--json"]) == 0
    assert json.loads(capsysbinary.readouterr().out)["winners"] == ["c"]


def test_a_pair_without_a_definition_is_refused_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = changed(tmp_path, ("approval", "ordinal"))
    for rule, reason in (("phragmen", "pays for it"), ("price-per-vote", "ranks are no votes")):
        assert main(["count", path, "--rule", rule]) == 1
        said = capsys.readouterr().err
        assert "undefined pair: found ordinal" in said
        assert reason in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--rule", "guess"], "unknown rule"),
        (["--rule", "greedy", "--minimum", "x"], "not a number"),
        (["--rule", "greedy", "--ties", "height"], "unknown tie rule"),
        (["--rule", "greedy", "--by-unit"], "no unit sums"),
        (["--rule", "greedy", "--price", "3"], "parameter without use"),
        (["--rule", "price-per-vote"], "missing price"),
        (["--rule", "equal-shares", "--step", "0"], "not positive"),
        (["--rule", "greedy", "--unit-sum", "north"], "bad unit sum"),
        (["--rule", "greedy", "--unit-sum", "north=1.5"], "too many decimals"),
    ],
)
def test_a_refusal_is_one_line(
    arguments: list[str], said: str, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["count", file, *arguments]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert said in shown.err


def test_a_broken_file_is_one_line_with_section_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = changed(tmp_path, ("2;a", "2;\x1b[31mx"))
    assert main(["count", path, "--rule", "greedy"]) == 1
    shown = capsys.readouterr().err
    assert shown.count("\n") == 1
    assert "VOTES, line 16: unknown project" in shown
    assert "\x1b" not in shown
    assert main(["count", str(tmp_path / "none.pb"), "--rule", "greedy"]) == 1
    assert main(["count", str(tmp_path), "--rule", "greedy"]) == 1


def test_a_closed_pipe_is_no_traceback(file: str) -> None:
    script = f"{sys.executable} -m pb count {file} --rule greedy --explain | true"
    done = subprocess.run(
        ["bash", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.parametrize("width", [40, 60, 80, 120, 160])
@pytest.mark.parametrize("explain", [False, True])
@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_table_fits_the_terminal(width: int, explain: bool, rule: str) -> None:
    text = FILE.replace("Road", "გზა სკოლისკენ და უკან " * 9).replace("A village", "სოფელი 村 " * 30)
    profile = read(text.encode()).profile
    given = {"exclusive": [["a", "b"]], "minimum": 1} | ({"price": 60} if rule == "price-per-vote" else {})
    result = count(profile, rule, given)
    lines = list(count_table.table(result, profile, width, explain=explain))
    assert max(cells(line) for line in lines) <= width
    assert any("excluded" in line for line in lines)
    assert any("90 of 100, 10 left" in " ".join(lines) for _ in lines)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--rule", "greedy-per-cost"], "Funded; running sum 50; 2 votes to spare."),
        (["--rule", "greedy-per-cost"], "16.66 60 does not fit"),
        (
            ["--rule", "price-per-vote", "--price", "30,5"],
            "Worth 30.5 with 1 vote, less than the 60.0 it costs;",
        ),
        (["--rule", "price-per-vote", "--price", "30,5"], "needed 1 more vote."),
        (
            ["--rule", "phragmen"],
            "Funded when each of its 1 supporter had paid 56.66 in all; before, they had paid 16.66",
        ),
        (["--rule", "phragmen"], "Next, at 76.66 for each of its 1 supporter, but 10 were left"),
        (["--rule", "equal-shares"], "Each of 4 voters has 25.00, raised 51 times to 76.00."),
        (["--rule", "equal-shares"], "Funded with 3.00 effective votes: a supporter paid 16.66"),
        (["--rule", "equal-shares"], "Its supporters have 59 left of the 60 it needs; they spent 16 on a."),
        (["--rule", "equal-shares", "--step", "0.5"], "in steps of 0.5, ties"),
        (["--rule", "equal-shares", "--completion", "comparison"], "equal shares stays."),
        (
            ["--rule", "greedy"],
            "Of all 4 voters 75.0 % have a funded choice; 22.50 went to a voter's choices",
        ),
    ],
)
def test_every_rule_in_words(
    arguments: list[str], said: str, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["count", file, *arguments, "--explain"]) == 0
    assert said in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("rule", "more", "winners", "parameters"),
    [
        ("equalshares", "", ["a"], {"completion": "none", "utility": "cost"}),
        ("equalshares/add1", "", ["a", "c"], {"completion": "add1", "step": 1}),
        ("equalshares/add1-comparison", "", ["a", "c"], {"completion": "comparison", "step": 1}),
        ("greedy-exclusive", "min_project_score_threshold;2\n", ["a"], {"minimum": 2}),
        ("equalshares/add1", "utility;cardinality\nadd1_step;0.25\n", ["a", "c"], {"step": 0.25}),
        (
            "price-per-vote",
            "price_per_vote;40\nties;cost,lot\ntie_seed;7\n",
            ["a", "c"],
            {"price": 40, "seed": "7"},
        ),
        ("phragmen", "utility;cost\n", ["a", "c"], {"ties": ["order"]}),
    ],
)
def test_rules_as_files_name_them(
    rule: str,
    more: str,
    winners: list[str],
    parameters: dict[str, object],
    tmp_path: Path,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    path = changed(tmp_path, ("budget;", f"rule;{rule}\n{more}budget;"))
    assert main(["count", path, "--rule-from-file", "--json"]) == 0
    data = json.loads(capsysbinary.readouterr().out)
    assert data["winners"] == winners
    assert {name: data["parameters"][name] for name in parameters} == parameters


def test_json_says_what_the_outcome_gives_to_voters_if_asked(
    file: str, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["count", file, "--rule", "phragmen", "--json"]) == 0
    assert "figures" not in json.loads(capsysbinary.readouterr().out)
    assert main(["count", file, "--rule", "phragmen", "--json", "--explain"]) == 0
    assert json.loads(capsysbinary.readouterr().out)["figures"]["represented"] == 3


@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_order_of_ballots_changes_no_byte(
    rule: str, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    price = ["--price", "30"] if rule == "price-per-vote" else []
    shuffled = FILE.replace("1;a,b\n2;a\n3;\n4;c,a\n", "x;a\n7;a,c\ny;b,a\n4;\n")
    assert shuffled != FILE
    printed = []
    for name, text in (("one.pb", FILE), ("other.pb", shuffled)):
        (tmp_path / name).write_text(text, "utf-8")
        assert main(["count", str(tmp_path / name), "--rule", rule, *price, "--json", "--explain"]) == 0
        printed.append(capsysbinary.readouterr().out)
    assert printed[0] == printed[1]


def test_explanations_in_words(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["count", file, "--rule", "greedy", "--explain"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "Funded; running sum 50; 2 votes to spare." in shown
    assert "Did not fit: 50 left of the 60 it needed; needed 3 more votes." in shown
    assert "Tie at 1 vote: b, c; settled by order; it changed nothing." in shown
    assert main(["count", file, "--rule", "greedy", "--explain", "--minimum", "2"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "Below the minimum with 1 vote; needed 1 more vote." in shown


def test_names_cannot_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = changed(tmp_path, ("Road", "Road\x1b]2 owned\x07"))
    assert main(["count", path, "--rule", "greedy"]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_domain_errors_in_words() -> None:
    assert describe(Closed("voting_closed", phase="review")) == "voting closed: phase review"
    assert describe(Invalid("too_long", "title", maximum=80)) == "title: too long: maximum 80"
    both = Problems([Problem("missing", "a"), Problem("too_small", "b", {"minimum": 3})])
    assert describe(both) == "a: missing; b: too small: minimum 3"
