"""Tables of approvals: what a clerk's spreadsheet may look like, and how each fault in one is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.commandline import main
from pb.core.counting import pabulib
from pb.core.counting.csv_ballots import looks_like, read
from pb.core.counting.pabulib_rules import file_exclusions, file_sums
from pb.core.counting.pabulib_text import render
from pb.core.counting.profile import BallotKind, Profile
from pb.core.counting.registry import count
from pb.core.errors import Invalid
from tests.core.counting.samples import FILE, examples

TABLE = """budget;100;;
num_votes;4;;
name;Road;"Lamps; eight";Court
cost;50;60;40
voter;a;b;c
1;1;1;0
2;x;;
3;;;
4;✓;-;X
"""


def profile_of(text: str) -> Profile:
    return read(text.encode()).profile


def test_a_table_is_the_same_election_as_the_file() -> None:
    table, file = profile_of(TABLE), pabulib.read(FILE.encode()).profile
    assert table.ballots == file.ballots
    assert table.projects == file.projects
    assert (table.kind, table.budget, table.decimals) == (file.kind, file.budget, file.decimals)
    assert count(table, "greedy").winners == count(file, "greedy").winners


def test_a_table_can_be_written_as_a_pabulib_file() -> None:
    opened = read(TABLE.encode("utf-8-sig").replace(b"\n", b"\r\n"))
    written = render(opened.document)
    assert written.startswith(b"META\nkey;value\nbudget;100\n")
    assert pabulib.read(written).profile == opened.profile


FORMS: dict[str, Callable[[str], str]] = {
    "commas": lambda text: text.replace('"Lamps; eight"', "Lamps eight").replace(";", ","),
    "tabs": lambda text: text.replace('"Lamps; eight"', "Lamps eight").replace(";", "\t"),
    "byte order mark": lambda text: "\ufeff" + text,
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "everything in quotes": lambda text: "\n".join(
        ";".join(f'"{cell}"' for cell in line.split(";"))
        for line in text.replace('"Lamps; eight"', "Lamps eight").splitlines()
    ),
    "empty lines": lambda text: "\n;;;\n" + text.replace("voter", "\n;;;\nvoter") + ";;;\n\n",
    "rows padded": lambda text: text.replace("\n", ";;\n"),
    "words in capitals": lambda text: text.replace("cost", "Cost").replace("voter", "VOTER"),
    "Georgian words": lambda text: (
        text.replace("budget", "ბიუჯეტი")
        .replace("cost", "ღირებულება")
        .replace("name", "დასახელება")
        .replace("voter", "ამომრჩეველი")
        .replace("1;1;1;0", "1;კი;კი;არა")
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_spreadsheets_may_write_it_in_many_ways(name: str) -> None:
    made = profile_of(FORMS[name](TABLE))
    assert made.ballots == profile_of(TABLE).ballots
    assert [project.cost for project in made.projects] == [50, 60, 40]
    assert made.budget == 100


def test_decimal_commas_need_quotes_between_commas() -> None:
    text = 'budget,"100,50"\ncost,"50,25",60\nvoter,a,b\n1,1,0\n'
    profile = profile_of(text)
    assert (profile.budget, profile.projects[0].cost, profile.money(profile.budget)) == (
        10_050,
        5_025,
        "100,50",
    )


def test_units_sums_and_pairs_that_exclude_each_other() -> None:
    profile = profile_of(
        "budget;100\nunit_sum.north;40\ntown_sum;60\n"
        "cost;;50;60;40\nunit;;;north;north\nexcludes;;;c;\n"
        "voter;unit;a;b;c\n1;north;1;1;\n2;south;1;;1\n"
    )
    assert [project.unit for project in profile.projects] == ["", "north", "north"]
    assert [(ballot.unit, ballot.choices) for ballot in profile.ballots] == [
        ("north", (0, 1)),
        ("south", (0, 2)),
    ]
    assert file_sums(profile) == ({"north": 40}, 60)
    assert file_exclusions(profile) == [("b", "c")]


def test_other_kinds_of_ballots_that_marks_can_say() -> None:
    one = TABLE.replace("1;1;1;0", "1;1;;").replace("4;✓;-;X", "4;;;X")
    assert profile_of("vote_type;choose-1\n" + one).kind is BallotKind.CHOOSE_ONE
    assert profile_of("max_sum_cost;200\n" + TABLE).kind is BallotKind.KNAPSACK


def swap(old: str, new: str) -> Callable[[], bytes]:
    assert old in TABLE
    return lambda: TABLE.replace(old, new, 1).encode()


HOSTILE: dict[str, tuple[Callable[[], bytes], str, str, int]] = {
    # what is wrong: (the file, code, section, line)
    "empty": (lambda: b"", "missing_section", "VOTES", 1),
    "no separator": (lambda: b"\nballots\n", "no_separator", "META", 2),
    "no row voter": (swap("voter;a;b;c", "who;a;b;c"), "too_many_values", "META", 5),
    "cut before the ballots": (lambda: TABLE[: TABLE.index("voter")].encode(), "missing_section", "VOTES", 5),
    "cut in a row": (lambda: TABLE[: TABLE.index("-;X")].encode(), "wrong_cells", "VOTES", 9),
    "cut at the end of a row": (lambda: TABLE[: TABLE.index("4;✓")].encode(), "count_mismatch", "VOTES", 8),
    "no costs": (swap("cost;50;60;40\n", ""), "missing_column", "PROJECTS", 4),
    "costs twice": (swap("voter", "cost;1;1;1\nvoter"), "duplicate_key", "PROJECTS", 5),
    "a cost too few": (swap("50;60;40", "50;60;"), "not_a_number", "PROJECTS", 4),
    "a cost too many": (swap("50;60;40", "50;60;40;30"), "wrong_cells", "PROJECTS", 4),
    "negative cost": (swap("50;60;40", "50;-60;40"), "negative_cost", "PROJECTS", 4),
    "cost of 10^30": (swap("50;60;40", "50;1" + "0" * 30 + ";40"), "number_too_large", "PROJECTS", 4),
    "no budget": (swap("budget;100;;\n", ""), "missing_key", "META", 1),
    "two budgets": (swap("num_votes", "budget;5\nnum_votes"), "duplicate_key", "META", 2),
    "no projects": (swap("voter;a;b;c", "voter;;;"), "no_projects", "PROJECTS", 5),
    "a project without id": (swap("voter;a;b;c", "voter;a;;c"), "bad_project_id", "PROJECTS", 5),
    "a project twice": (swap("voter;a;b;c", "voter;a;b;a"), "duplicate_project", "PROJECTS", 5),
    "a comma in an id": (swap("voter;a;b;c", "voter;a;b,d;c"), "bad_project_id", "PROJECTS", 5),
    "a voter twice": (swap("2;x", "1;x"), "duplicate_voter", "VOTES", 7),
    "a voter without id": (swap("2;x", ";x"), "missing_voter", "VOTES", 7),
    "a number of votes": (swap("2;x", "2;7"), "bad_mark", "VOTES", 7),
    "the header again": (swap("2;x;;", "voter;a;b;c"), "bad_mark", "VOTES", 7),
    "a mark too many": (swap("2;x;;", "2;x;;;1"), "wrong_cells", "VOTES", 7),
    "more than allowed": (swap("num_votes", "max_length;1\nnum_votes"), "too_many_choices", "VOTES", 7),
    "points": (swap("num_votes", "vote_type;cumulative\nnum_votes"), "unknown_vote_type", "META", 2),
    "NUL": (swap("2;x", "2;\0"), "nul_character", "META", 7),
    "Latin 2": (lambda: TABLE.replace("✓", "ł").encode("iso-8859-2"), "bad_encoding", "META", 9),
    "a million columns": (swap("voter;a;b;c", "voter" + ";c" * 1_000_000), "too_long", "META", 5),
    "thousands of projects": (
        swap("voter;a;b;c", "voter" + "".join(f";c{n}" for n in range(5_001))),
        "too_many_projects",
        "PROJECTS",
        5,
    ),
    "deep quotes": (swap("Road", '"' * 10_001), "broken_quotes", "META", 3),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_broken_table_is_one_error_with_section_and_line(name: str) -> None:
    data, code, section, line = HOSTILE[name]
    with pytest.raises(Invalid) as caught:
        read(data())
    params = caught.value.params
    assert (caught.value.code, params["section"], params["line"]) == (code, section, line)
    assert params["expected"]
    assert len(params["found"]) < 200


def test_long_ids_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pb.core.counting.csv_ballots.MAX_BYTES", 1_000)
    text = f"budget;1\ncost;1\nvoter;{'p' * 90}\n" + "".join(f"{number};1\n" for number in range(20))
    with pytest.raises(Invalid) as caught:
        read(text.encode())
    assert (caught.value.code, caught.value.params["line"]) == ("too_large", 15)


@examples(200)
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(TABLE.encode())),
            st.integers(0, 12),
            st.one_of(st.binary(max_size=3), st.sampled_from([b'"', b";", b"\n", b",", b"voter;", b"cost;"])),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_any_damage_is_read_or_refused(cuts: list[tuple[int, int, bytes]]) -> None:
    data = TABLE.encode()
    for start, length, new in cuts:
        data = data[:start] + new + data[start + length :]
    opened = error = None
    try:
        opened = read(data)
    except Invalid as raised:
        error = raised
    if opened is not None:
        assert pabulib.read(render(opened.document)).profile == opened.profile
    else:
        assert error is not None
        assert error.params["section"] in ("META", "PROJECTS", "VOTES")
        assert error.params["line"] >= 1


def test_tables_are_known_by_the_name_of_the_file() -> None:
    assert looks_like("votes.CSV")
    assert looks_like("votes.tsv")
    assert not looks_like("town.pb")


def test_the_command_counts_a_table_and_says_what_is_odd(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, table = tmp_path / "village.pb", tmp_path / "village.csv"
    file.write_text(FILE, "utf-8")
    table.write_text(TABLE, "utf-8")
    assert main(["count", str(file), "--rule", "greedy", "--json"]) == 0
    counted = capsys.readouterr().out
    assert main(["count", str(table), "--rule", "greedy", "--json"]) == 0
    assert capsys.readouterr().out == counted
    table.write_text("max_sum_cost;99\n" + TABLE, "utf-8")
    assert main(["count", str(table), "--rule", "greedy"]) == 0
    assert "note: VOTES, line 7: ballots whose projects cost more" in capsys.readouterr().err
    table.write_text(TABLE.replace("2;x", "2;5"), "utf-8")
    assert main(["count", str(table), "--rule", "greedy"]) == 1
    assert capsys.readouterr().err.endswith(
        "village.csv: VOTES, line 7: bad mark: found 5, expected 1 or x where a was chosen, else 0 or nothing\n"
    )
