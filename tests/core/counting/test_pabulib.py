"""Pabulib files: what survives reading and writing, and how each kind of broken file is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.core.counting.pabulib import read
from pb.core.counting.pabulib_text import Document, Section, parse, render
from pb.core.counting.pabulib_write import document_of
from pb.core.counting.profile import BallotKind, Profile, Project, make_profile
from tests.core.counting.samples import FILE, examples, profiles, raw


def profile_of(text: str) -> Profile:
    return read(text.encode()).profile


def again(data: bytes) -> bytes:
    return render(read(data).document)


def test_a_file_is_read() -> None:
    profile = profile_of(FILE)
    assert profile.kind is BallotKind.APPROVAL
    assert (profile.budget, profile.decimals, profile.voters) == (100, 0, 4)
    assert profile.projects[1] == Project("b", 60, "Lamps; eight")
    assert profile.tally.votes == (3, 1, 1)
    assert profile.meta["description"] == "A village"


def test_empty_ballots_are_voters() -> None:
    assert sum(ballot.weight for ballot in profile_of(FILE).ballots if not ballot.choices) == 1


def test_equal_ballots_are_one_with_a_weight() -> None:
    profile = profile_of(FILE.replace("4;c,a", "4;b,a"))
    assert [(ballot.choices, ballot.weight) for ballot in profile.ballots] == [
        ((), 1),
        ((0,), 1),
        ((0, 1), 2),
    ]


def test_a_project_named_twice_by_one_voter_has_one_vote() -> None:
    assert profile_of(FILE.replace("2;a\n", "2;a,a\n")) == profile_of(FILE)


def test_the_order_of_a_ranking_is_kept() -> None:
    profile = profile_of(FILE.replace("approval", "ordinal"))
    assert [ballot.choices for ballot in profile.ballots] == [(), (0,), (0, 1), (2, 0)]
    assert profile.tally.scores == (3 + 3 + 2, 2, 3)


ODD = {
    "comments": FILE.replace("budget", "# by lot; truly\nbudget").replace("2;a\n", "2;a\n#2b\n") + "# end\n",
    "before the first section": "# made by hand\n" + FILE,
    "unknown columns": FILE.replace("cost;name", "cost;name;mood").replace("Road", "Road;good")
    .replace('eight"', 'eight";"so; so"').replace("Court", "Court;"),
    "unknown metadata": FILE.replace("budget", "weather;rain\nbudget"),
    "a free text with a semicolon": FILE.replace("A village", "A village; a small one"),
    "quotes": FILE.replace("Road", '"The ""old"" road"'),
    "a line end in a cell": FILE.replace("Road", '"Road\nto school"'),
    "an id that looks like a comment": FILE.replace("2;a\n", '"#2";a\n'),
    "a voter called VOTES": FILE.replace("3;\n", '"VOTES";\n'),
    "no line end at the end": FILE.rstrip("\n"),
    "empty lines": FILE.replace("PROJECTS", "\nPROJECTS").replace("VOTES", "\n;\nVOTES"),
    "padding of a spreadsheet": FILE.replace("META", "META;;").replace("2;a\n", "2;a;;\n")
    .replace("VOTES", "VOTES;;"),
    "decimal commas": FILE.replace(";50;", ";50,5;").replace("budget;100", "budget;100,25"),
    "sections in another order": FILE[FILE.index("PROJECTS") :] + FILE[: FILE.index("PROJECTS")],
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("form", ["plain", "bom", "crlf", "cr"])
def test_what_is_odd_survives(name: str, form: str) -> None:
    data = ODD[name].encode()
    if form == "bom":
        data = b"\xef\xbb\xbf" + data
    if form == "crlf":
        data = data.replace(b"\n", b"\r\n")
    if form == "cr":
        data = data.replace(b"\n", b"\r")
    first = read(data)
    written = render(first.document)
    second = read(written)
    assert second.profile == first.profile
    assert second.profile.meta == first.profile.meta
    assert second.document.preamble == first.document.preamble
    assert [s.comments for s in second.document.sections.values()] == [
        s.comments for s in first.document.sections.values()
    ]
    assert written.startswith(b"\xef\xbb\xbf") == (form == "bom")
    assert (b"\r\n" in written) == (form == "crlf")
    assert again(written) == written


def test_comments_keep_their_places() -> None:
    data = ODD["comments"].encode()
    assert again(data) == data


def test_columns_that_we_do_not_know_are_kept() -> None:
    profile = profile_of(ODD["unknown columns"])
    assert [project.extra for project in profile.projects] == [
        {"mood": "good"},
        {"mood": "so; so"},
        {"mood": ""},
    ]


def test_decimals_are_exact_and_shown_as_in_the_file() -> None:
    profile = profile_of(ODD["decimal commas"])
    assert (profile.decimals, profile.budget) == (2, 10_025)
    assert [project.cost for project in profile.projects] == [5_050, 6_000, 4_000]
    assert profile.money(profile.budget) == "100,25"


def test_points_may_have_decimals() -> None:
    text = (
        FILE.replace("approval", "cumulative")
        .replace("id;vote", "id;vote;points")
        .replace("a,b", "a,b;1.5,2")
    )
    profile = profile_of(text.replace("2;a\n", "2;a;1\n").replace("3;", "3;;").replace("c,a", "c,a;0,0.25"))
    assert profile.point_decimals == 2
    assert profile.tally.scores == (150 + 100 + 25, 200, 0)
    assert profile.tally.votes == (3, 1, 0)


def test_approvals_with_a_limit_on_their_cost_are_knapsack_ballots() -> None:
    assert profile_of(FILE.replace("num_votes", "max_sum_cost;100\nnum_votes")).kind is BallotKind.KNAPSACK


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
# CR and LF together are a line end, and come back as those of the file.
lines = texts.map(lambda text: text.replace("\r\n", "\n"))
words = st.text("abcdef_", min_size=1, max_size=5)


@examples(150)
@given(st.lists(st.tuples(texts, texts, texts), max_size=5), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_any_cells_survive(cells: list[tuple[str, str, str]], newline: str, bom: bool) -> None:
    if newline == "\r\n":
        # Within a file of CRLF lines a lone CR in a cell stays, and a lone LF becomes one of its line ends.
        cells = [tuple(cell.replace("\r", "").replace("\n", " ") for cell in row) for row in cells]  # type: ignore[misc]
    else:
        cells = [tuple(cell.replace("\r\n", "\n") for cell in row) for row in cells]  # type: ignore[misc]
    rows = [list(row) for row in cells if any(cell.strip("; \t") for cell in row)]
    document = Document(newline=newline, bom=bom)
    document.sections["META"] = Section("META", ["key", "value"])
    document.sections["PROJECTS"] = Section("PROJECTS", ["a", "b", "c"], rows)
    document.sections["VOTES"] = Section("VOTES", ["voter_id", "vote"])
    read_again = parse(render(document))
    assert read_again.sections["PROJECTS"].rows == rows
    assert (read_again.newline, read_again.bom) == (newline, bom)


@examples(150)
@given(
    profiles(), st.integers(0, 3), st.booleans(), st.integers(0, 3), st.dictionaries(words, lines, max_size=3)
)
def test_a_profile_written_is_the_profile_read(
    profile: Profile, decimals: int, comma: bool, places: int, told: dict[str, str]
) -> None:
    """Every kind of ballot, with places of money and points, names, units and columns that nobody knows."""
    listed = tuple(
        replace(
            project, unit="north", category="sport", extra={f"x{key}": text for key, text in told.items()}
        )
        for project in profile.projects
    )
    longest = max((len(ballot.choices) for ballot in profile.ballots), default=0)
    scaled = replace(
        profile,
        projects=listed,
        decimals=decimals,
        decimal_mark="," if comma and 0 < decimals < 3 else ".",
        point_decimals=places if any(ballot.points for ballot in profile.ballots) else 0,
        max_length=3 if profile.kind is BallotKind.ORDINAL else longest,
        meta={f"y{key}": text for key, text in told.items()},
    )
    back = read(render(document_of(scaled, winners=["p0"]))).profile
    assert (back.kind, back.ballots, back.budget) == (scaled.kind, scaled.ballots, scaled.budget)
    assert (back.decimals, back.point_decimals) == (decimals, scaled.point_decimals)
    assert (back.decimal_mark, back.max_length) == (scaled.decimal_mark, scaled.max_length)
    assert [p.extra["selected"] for p in back.projects] == ["1", *["0"] * (len(back.projects) - 1)]
    assert [replace(p, extra={}) for p in back.projects] == [replace(p, extra={}) for p in scaled.projects]
    for before, after in zip(scaled.projects, back.projects, strict=True):
        assert before.extra.items() <= after.extra.items()
    assert scaled.meta.items() <= back.meta.items()
    # What was read from a file is the same again, in every field.
    assert read(render(document_of(back))).profile == back


def test_what_a_file_says_in_its_own_way_stays() -> None:
    profile = profile_of(FILE.replace("budget;100", "budget;100.0").replace("num_votes;4", "num_votes; 4"))
    again = read(render(document_of(profile))).profile
    assert again.meta == profile.meta
    assert again.meta["budget"] == "100.0"


def test_several_comments_are_all_kept() -> None:
    profile = profile_of(FILE.replace("budget", "comment;#1: by hand\ncomment;#2: in the rain\nbudget"))
    assert profile.meta["comment"] == "#1: by hand\n#2: in the rain"
    assert read(render(document_of(profile))).profile.meta == profile.meta


def test_zeros_behind_the_mark_do_not_count() -> None:
    assert profile_of(FILE.replace(";50;", ";50.000000;")).projects[0].cost == 50_000
    assert profile_of(FILE.replace(";50;", ";50.000000;")).decimals == 3


LIMITED = {
    "fewer than min_length": FILE.replace("num_votes", "min_length;2\nnum_votes"),
    "as many as max_length": FILE.replace("num_votes", "max_length;2\nnum_votes"),
    "a project twice within max_length": FILE.replace("num_votes", "max_length;2\nnum_votes").replace(
        "c,a", "c,a,c"
    ),
    "cheaper than min_sum_cost": FILE.replace("num_votes", "min_sum_cost;90\nnum_votes"),
}


@pytest.mark.parametrize("name", LIMITED)
def test_ballots_that_say_less_than_they_may_are_read(name: str) -> None:
    opened = read(LIMITED[name].encode())
    assert opened.profile.voters == 4
    assert opened.notes == ()


def test_ballots_above_the_limit_of_costs_are_read_and_noted() -> None:
    opened = read(FILE.replace("num_votes", "max_sum_cost;89,5\nnum_votes").encode())
    assert opened.profile.tally.votes == (3, 1, 1)
    (note,) = opened.notes
    assert (note.code, note.params["section"], note.params["line"]) == ("over_sum_cost", "VOTES", 16)
    assert ": 2," in note.params["found"]


@pytest.mark.parametrize("quoted", [False, True])
def test_long_files_take_time_in_proportion(quoted: bool) -> None:
    """Quotes on every line once meant a walk through the whole file for each of them."""
    rows = "".join(f'{number};"a,b"\n' if quoted else f"{number};a,b\n" for number in range(60_000))
    text = FILE[: FILE.index("1;a,b")].replace("num_votes;4", "num_votes;60000") + rows
    assert [ballot.weight for ballot in profile_of(text).ballots] == [60_000]


def test_units_of_voters_survive() -> None:
    profile = profile_of(FILE)
    ballots = [
        replace(ballot, unit="north" if place % 2 else "") for place, ballot in enumerate(raw(profile))
    ]
    with_units = make_profile(kind=profile.kind, projects=profile.projects, budget=100, ballots=ballots)
    assert read(render(document_of(with_units))).profile.ballots == with_units.ballots
