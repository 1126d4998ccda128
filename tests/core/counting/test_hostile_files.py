"""Broken and hostile Pabulib files: each is one refusal that names section and line, never a traceback."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.core.counting.pabulib import read
from pb.core.counting.pabulib_text import render
from pb.core.counting.pabulib_write import document_of
from pb.core.errors import Invalid
from tests.core.counting.samples import FILE, examples


def swap(old: str, new: str) -> Callable[[], bytes]:
    assert old in FILE
    return lambda: FILE.replace(old, new, 1).encode()


HOSTILE: dict[str, tuple[Callable[[], bytes], str, str, int]] = {
    # what is wrong: (the file, code, section, line)
    "empty": (lambda: b"", "missing_section", "META", 1),
    "not a pb file": (lambda: b"id,name\n1,Road\n", "no_section", "META", 1),
    "cut after META": (lambda: FILE[: FILE.index("PROJECTS")].encode(), "missing_section", "PROJECTS", 8),
    "cut before VOTES": (lambda: FILE[: FILE.index("VOTES")].encode(), "missing_section", "VOTES", 13),
    "cut after VOTES": (lambda: FILE[: FILE.index("voter_id")].encode(), "missing_header", "VOTES", 14),
    "cut in a row": (lambda: FILE[:-5].encode(), "wrong_cells", "VOTES", 18),
    "cut at the end of a row": (lambda: FILE[:-6].encode(), "count_mismatch", "VOTES", 17),
    "cut in a quoted name": (lambda: FILE[: FILE.index(" eight")].encode(), "broken_quotes", "PROJECTS", 11),
    "two sections VOTES": (
        lambda: (FILE + "VOTES\nvoter_id;vote\n").encode(),
        "duplicate_section",
        "VOTES",
        19,
    ),
    "unknown project": (swap("2;a", "2;x"), "unknown_project", "VOTES", 16),
    "empty choice": (swap("a,b", "a,,b"), "unknown_project", "VOTES", 15),
    "duplicate voter": (swap("2;a", "1;a"), "duplicate_voter", "VOTES", 16),
    "voter without id": (swap("2;a", ";a"), "missing_voter", "VOTES", 16),
    "duplicate project": (swap("c;40", "a;40"), "duplicate_project", "PROJECTS", 12),
    "project without id": (swap("c;40", ";40"), "bad_project_id", "PROJECTS", 12),
    "comma in an id": (swap("c;40", "c,d;40"), "bad_project_id", "PROJECTS", 12),
    "negative cost": (swap("c;40", "c;-40"), "negative_cost", "PROJECTS", 12),
    "no cost": (swap("c;40", "c;"), "not_a_number", "PROJECTS", 12),
    "cost in words": (swap("c;40", "c;forty"), "not_a_number", "PROJECTS", 12),
    "cost not a number": (swap("c;40", "c;NaN"), "not_a_number", "PROJECTS", 12),
    "infinite cost": (swap("c;40", "c;inf"), "not_a_number", "PROJECTS", 12),
    "cost with an exponent": (swap("c;40", "c;1e9"), "not_a_number", "PROJECTS", 12),
    "cost in other digits": (swap("c;40", "c;４０"), "not_a_number", "PROJECTS", 12),
    "cost of 10^30": (swap("c;40", "c;1" + "0" * 30), "number_too_large", "PROJECTS", 12),
    "cost of a million digits": (swap("c;40", "c;" + "9" * 100_000), "number_too_large", "PROJECTS", 12),
    "too many decimals": (swap("c;40", "c;40.0001"), "number_too_large", "PROJECTS", 12),
    "a row too short": (swap("c;40;Court", "c;40"), "wrong_cells", "PROJECTS", 12),
    "a row too long": (swap("c;40;Court", "c;40;Court;1"), "wrong_cells", "PROJECTS", 12),
    "no budget": (swap("budget;100\n", ""), "missing_key", "META", 1),
    "empty budget": (swap("budget;100", "budget;"), "missing_key", "META", 4),
    "negative budget": (swap("budget;100", "budget;-1"), "negative_number", "META", 4),
    "two budgets": (swap("vote_type", "budget;5\nvote_type"), "duplicate_key", "META", 5),
    "unknown vote type": (swap("approval", "shouting"), "unknown_vote_type", "META", 5),
    "key without name": (swap("budget", ";x\nbudget"), "bad_key", "META", 4),
    "fewer projects than promised": (
        swap("num_projects;3", "num_projects;4"),
        "count_mismatch",
        "PROJECTS",
        12,
    ),
    "promise that is no number": (swap("num_votes;4", "num_votes;4.5"), "not_a_number", "META", 7),
    "far too many projects": (
        swap("c;40;Court", "\n".join(f"c{number};1;" for number in range(5_000))),
        "too_many_projects",
        "PROJECTS",
        5_010,
    ),
    "no column cost": (swap("cost", "price"), "missing_column", "PROJECTS", 9),
    "no column vote": (swap("voter_id;vote", "voter_id;choice"), "missing_column", "VOTES", 14),
    "no column points": (swap("approval", "cumulative"), "missing_column", "VOTES", 14),
    "two columns of one name": (swap("cost;name", "cost;cost"), "bad_header", "PROJECTS", 9),
    "huge columns": (swap("cost;name", ";".join(f"c{n}" for n in range(5_000))), "bad_header", "PROJECTS", 9),
    "a huge cell": (swap("Road", "x" * 200_000), "too_long", "PROJECTS", 10),
    "a huge quoted cell": (swap("Road", '"' + "x" * 200_000 + '"'), "too_long", "PROJECTS", 10),
    "text after a quote": (swap('eight"', 'eight"!'), "broken_quotes", "PROJECTS", 11),
    "two choices where one is allowed": (swap("approval", "choose-1"), "too_many_choices", "VOTES", 15),
    "ranking too long": (
        lambda: FILE.replace("approval", "ordinal\nmax_length;1").encode(),
        "too_many_choices",
        "VOTES",
        16,
    ),
    "ranked twice": (
        lambda: FILE.replace("approval", "ordinal").replace("c,a", "a,a").encode(),
        "duplicate_choice",
        "VOTES",
        18,
    ),
    "NUL": (swap("2;a", "2;\0"), "nul_character", "VOTES", 16),
    "Latin 2": (lambda: FILE.replace("Court", "Łódź").encode("iso-8859-2"), "bad_encoding", "PROJECTS", 12),
    "UTF-16": (lambda: FILE.encode("utf-16"), "bad_encoding", "META", 1),
    "noise": (lambda: bytes(range(1, 256)) * 40, "bad_encoding", "META", 2),
}

POINTS = FILE.replace("approval", "cumulative").replace("id;vote", "id;vote;points").replace("a,b", "a,b;1,2")
POINTS = POINTS.replace("2;a\n", "2;a;1\n").replace("3;", "3;;").replace("c,a", "c,a;2,2")
HOSTILE |= {
    "too few points": (lambda: POINTS.replace("1,2", "1").encode(), "points_mismatch", "VOTES", 15),
    "negative points": (lambda: POINTS.replace("1,2", "1,-2").encode(), "negative_points", "VOTES", 15),
    "points in words": (lambda: POINTS.replace("1,2", "1,two").encode(), "not_a_number", "VOTES", 15),
}


def points(old: str, new: str, *limits: str) -> Callable[[], bytes]:
    assert old in POINTS
    lines = "".join(f"{limit}\n" for limit in limits)
    return lambda: POINTS.replace(old, new, 1).replace("num_projects", lines + "num_projects", 1).encode()


def limited(*limits: str) -> Callable[[], bytes]:
    return swap("num_projects", "".join(f"{limit}\n" for limit in limits) + "num_projects")


HOSTILE |= {
    "more choices than max_length": (limited("max_length;1"), "too_many_choices", "VOTES", 16),
    "max_length in words": (limited("max_length;two"), "not_a_number", "META", 6),
    "max_length below min_length": (
        limited("min_length;3", "max_length;2"),
        "contradictory_limits",
        "META",
        6,
    ),
    "least cost above the most": (
        limited("max_sum_cost;9", "min_sum_cost;9,5"),
        "contradictory_limits",
        "META",
        7,
    ),
    "negative max_sum_cost": (limited("max_sum_cost;-1"), "negative_number", "META", 6),
    "too many points for one": (
        points("2;a;1", "2;a;3", "max_points;2"),
        "points_out_of_bounds",
        "VOTES",
        17,
    ),
    "a little too many points": (
        points("2;a;1", "2;a;2.01", "max_points;2"),
        "points_out_of_bounds",
        "VOTES",
        17,
    ),
    "too many points together": (
        points("1,2", "2,2", "max_sum_points;3.5"),
        "points_out_of_bounds",
        "VOTES",
        16,
    ),
    "far too many points against a project": (
        lambda: points("1,2", "1,-99", "min_points;-5")().replace(b"cumulative", b"scoring"),
        "points_out_of_bounds",
        "VOTES",
        16,
    ),
    "a thousand or one and a half": (swap("c;40", "c;1,500"), "ambiguous_number", "PROJECTS", 12),
    "cost in Arabic digits": (swap("c;40", "c;١٢"), "not_a_number", "PROJECTS", 12),
    "cost with underscores": (swap("c;40", "c;1_000"), "not_a_number", "PROJECTS", 12),
    "cost with a space": (swap("c;40", "c;1 000"), "not_a_number", "PROJECTS", 12),
    "a number of 10^30 in META": (swap("budget;100", "budget;1" + "0" * 30), "number_too_large", "META", 4),
    "the header again among the projects": (
        swap("c;40;Court", "project_id;cost;name"),
        "not_a_number",
        "PROJECTS",
        12,
    ),
    "the header again among the votes": (swap("2;a", "voter_id;vote"), "unknown_project", "VOTES", 16),
    "a million columns": (swap("voter_id;vote", ";".join(["c"] * 1_000_000)), "too_long", "VOTES", 14),
    "a million quoted columns": (
        swap("voter_id;vote", ";".join(f'"{n}"' for n in range(1_000_000))),
        "bad_header",
        "VOTES",
        14,
    ),
    "a million cells": (swap("2;a", "2;a" + ";x" * 1_000_000), "too_long", "VOTES", 16),
    "deep quotes": (swap("Road", '"' * 100_001), "broken_quotes", "PROJECTS", 10),
    "quotes that swallow the rest": (swap("2;a", '2;"' + "a\n" * 100_000), "too_long", "VOTES", 16),
    "nothing but line ends": (lambda: b"\n" * 3_000_002, "too_large", "META", 1),
    "nothing but choices": (lambda: FILE.encode() + b"," * 30_000_001, "too_large", "META", 1),
    "nothing but separators": (lambda: FILE.encode() + b";" * 30_000_001, "too_large", "META", 1),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_broken_file_is_one_error_with_section_and_line(name: str) -> None:
    data, code, section, line = HOSTILE[name]
    with pytest.raises(Invalid) as caught:
        read(data())
    params = caught.value.params
    assert (caught.value.code, params["section"], params["line"]) == (code, section, line)
    assert params["expected"]
    assert len(params["found"]) < 200
    assert params["found"].isprintable()


SAMPLES = [FILE.encode(), POINTS.encode(), FILE.replace("approval", "ordinal\nmax_length;3").encode()]
PIECES = st.one_of(
    st.binary(max_size=4),
    st.sampled_from(
        [b'"', b";", b"\n", b"\r", b",", b"#", b"VOTES\n", b"META\n", b"-", b"1e9", b"\xd9\xa1", b"1,500"]
    ),
)


@examples(300)
@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 12), PIECES), min_size=1, max_size=3),
)
def test_any_damage_is_read_or_refused(data: bytes, cuts: list[tuple[int, int, bytes]]) -> None:
    for start, length, new in cuts:
        data = data[:start] + new + data[start + length :]
    error: Invalid | None = None
    profile = None
    try:
        profile = read(data).profile
    except Invalid as raised:
        error = raised
    if error is None:
        assert profile is not None
        assert read(render(document_of(profile))).profile.ballots == profile.ballots
    else:
        assert error.params["section"] in ("META", "PROJECTS", "VOTES")
        assert 1 <= error.params["line"] <= data.count(b"\n") + data.count(b"\r") + 1
        assert error.params["found"].isprintable()
