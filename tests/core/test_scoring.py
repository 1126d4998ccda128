"""Sheets, scores, ranks and shortlists: arithmetic by hand, ties one rule after the other, properties."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.core.errors import Invalid, Problems
from pb.core.scoring import (
    Line,
    RankInput,
    RankRow,
    Rubric,
    Shortlist,
    check_complete,
    criterion_means,
    needs_reason,
    project_score,
    quorum,
    ranking,
    rounded_hundredths,
    sheet_score,
    shortlist,
)
from tests.core.rubric_samples import RUBRIC, criterion

REASON = "A reason that is long enough to be of use."
sheets = st.fixed_dictionaries({key: st.integers(0, 5) for key in ("need", "benefit", "cost")})


def sheet(need: int, benefit: int, cost: int) -> dict[str, int]:
    return {"need": need, "benefit": benefit, "cost": cost}


def test_a_sheet_by_hand() -> None:
    # 50 % of 4/5, 30 % of 2/5, 20 % of 5/5
    assert sheet_score(sheet(4, 2, 5), RUBRIC) == 72
    assert sheet_score(sheet(0, 0, 0), RUBRIC) == 0
    assert sheet_score(sheet(5, 5, 5), RUBRIC) == 100


def test_a_scale_that_does_not_begin_at_nought() -> None:
    rubric = Rubric((criterion("need", 10_000, low=1, high=4),))
    assert [sheet_score({"need": value}, rubric) for value in (1, 2, 4)] == [0, Fraction(100, 3), 100]


@given(sheets)
def test_a_score_lies_in_0_to_100_and_grows_with_every_value(lines: dict[str, int]) -> None:
    score = sheet_score(lines, RUBRIC)
    assert 0 <= score <= 100
    for key, value in lines.items():
        if value < 5:
            assert sheet_score({**lines, key: value + 1}, RUBRIC) > score


def test_what_is_no_sheet() -> None:
    for lines, code in (
        ({"need": 1, "benefit": 1}, "incomplete_sheet"),
        ({**sheet(1, 1, 1), "party": 1}, "unknown_criterion"),
        (sheet(6, 1, 1), "out_of_scale"),
        (sheet(-1, 1, 1), "out_of_scale"),
        (sheet(True, 1, 1), "out_of_scale"),
    ):
        with pytest.raises(Invalid) as caught:
            sheet_score(lines, RUBRIC)
        assert caught.value.code == code


def test_missing_is_not_zero() -> None:
    # 50 % of 4/5 and 20 % of 5/5, scaled from 70 % to 100 %
    assert sheet_score({"need": 4, "cost": 5}, RUBRIC, partial=True) == Fraction(600, 7)
    with pytest.raises(Invalid, match="incomplete_sheet"):
        sheet_score({}, RUBRIC, partial=True)


def test_reasons_are_due_at_the_edges_of_the_scale() -> None:
    assert [value for value in range(6) if needs_reason(value, RUBRIC.criteria[0])] == [0, 1, 5]
    assert needs_reason(None, RUBRIC.criteria[0])


def test_every_gap_of_a_sheet_is_told_at_once() -> None:
    lines = [Line("need", 5, "short"), Line("benefit", 9), Line("party", 3), Line("need", 3)]
    with pytest.raises(Problems) as caught:
        check_complete(lines, RUBRIC)
    assert [(problem.code, problem.field) for problem in caught.value.problems] == [
        ("reason_needed", "need.reason"),
        ("out_of_scale", "benefit.value"),
        ("unknown_criterion", "party.value"),
        ("duplicate_line", "need.value"),
        ("missing_line", "cost.value"),
    ]
    check_complete([Line("need", 5, REASON), Line("benefit", 3), Line("cost", 2)], RUBRIC)


def test_cannot_judge_is_incomplete_unless_allowed_and_always_needs_a_reason() -> None:
    lines = [Line("need", 3), Line("benefit", 3), Line("cost", None, REASON)]
    with pytest.raises(Problems) as caught:
        check_complete(lines, RUBRIC)
    assert [problem.code for problem in caught.value.problems] == ["cannot_judge"]
    check_complete(lines, RUBRIC, allow_cannot_judge=True)
    with pytest.raises(Problems):
        check_complete([*lines[:2], Line("cost", None, " " * 40)], RUBRIC, allow_cannot_judge=True)


def test_the_quorum_by_hand() -> None:
    assert [quorum(members) for members in range(10)] == [3, 3, 3, 3, 3, 4, 4, 5, 6, 6]


def test_halves_are_rounded_up() -> None:
    assert rounded_hundredths(Fraction(1, 200)) == 1
    assert rounded_hundredths(Fraction(1, 201)) == 0
    assert rounded_hundredths(Fraction(200, 3)) == 6667
    assert project_score([Fraction(50), Fraction(100, 3)]) == Fraction(125, 3)
    with pytest.raises(Invalid):
        project_score([])


def test_criterion_means_leave_out_what_was_not_judged() -> None:
    means = criterion_means([sheet(4, 2, 1), {"need": 3, "benefit": 5}], RUBRIC)
    assert means == {"need": Fraction(7, 2), "benefit": Fraction(7, 2), "cost": 1}
    with pytest.raises(Invalid, match="criterion_without_score"):
        criterion_means([{"need": 3}], RUBRIC)


def one(project: str, lines: dict[str, int], unit: str | None = None, running: int = 0) -> RankInput:
    return RankInput(project, [lines], unit, running)


def shape(rows: tuple[RankRow, ...]) -> list[tuple[int, object, str]]:
    return [(row.rank, row.project_id, row.settled_by) for row in rows]


EQUAL = Rubric((criterion("a", 4000), criterion("b", 4000), criterion("c", 2000)))


def lines(a: int, b: int, c: int) -> dict[str, int]:
    return {"a": a, "b": b, "c": c}


def test_ties_by_criterion_one_then_two() -> None:
    rows = ranking(
        [
            one("x", lines(3, 3, 3)),
            one("y", lines(4, 3, 1)),
            one("z", lines(3, 4, 1)),
            one("w", lines(2, 2, 2)),
        ],
        EQUAL,
    )
    assert {row.score_hundredths for row in rows[:3]} == {6000}
    assert shape(rows) == [(1, "y", "a"), (2, "z", "b"), (3, "x", "b"), (4, "w", "")]


def test_ties_by_a_unit_not_yet_covered_then_by_running_cost() -> None:
    same = lines(3, 3, 3)
    rows = ranking(
        [
            one("top", lines(5, 5, 5), "chkhari"),
            one("covered", same, "chkhari", 0),
            one("dear", same, "gogni", 900),
            one("cheap", same, "terjola", 100),
        ],
        EQUAL,
    )
    assert shape(rows) == [
        (1, "top", ""),
        (2, "cheap", "running_cost"),
        (3, "dear", "running_cost"),
        (4, "covered", "unit"),
    ]


def test_placing_one_project_covers_its_unit_for_the_next() -> None:
    same = lines(3, 3, 3)
    rows = ranking(
        [one("t1", same, "terjola", 1), one("t2", same, "terjola", 2), one("c1", same, "chkhari", 3)], EQUAL
    )
    assert shape(rows) == [(1, "t1", "running_cost"), (2, "c1", "running_cost"), (3, "t2", "unit")]


def test_the_lot_shares_a_rank_until_it_is_drawn() -> None:
    rows = [one(name, lines(3, 3, 3)) for name in ("b", "a", "c")] + [one("d", lines(1, 1, 1))]
    shared = ranking(rows, EQUAL)
    assert shape(shared) == [(1, "a", "lot"), (1, "b", "lot"), (1, "c", "lot"), (4, "d", "")]
    assert shared[0].tied_with == ("b", "c")
    drawn = ranking(rows, EQUAL, lot=["c", "a", "b"])
    assert shape(drawn) == [(1, "c", "lot"), (2, "a", "lot"), (3, "b", "lot"), (4, "d", "")]
    assert not any(row.tied_with for row in drawn)


def test_ranks_follow_the_rounded_number() -> None:
    # 66.664 and 66.661 are both published as 66.66, so they tie, and criterion 1 decides for the lower exact
    # score.
    rubric = Rubric((criterion("a", 1, high=1), criterion("b", 9999, high=1)))
    first = RankInput("p", [{"a": 1, "b": 0}] * 1 + [{"a": 0, "b": 1}] * 2)
    second = RankInput("q", [{"a": 0, "b": 1}] * 2 + [{"a": 0, "b": 0}] * 1)
    rows = ranking([first, second], rubric)
    assert [row.score_hundredths for row in rows] == [6666, 6666]
    assert [row.project_id for row in rows] == ["p", "q"]


def test_minimum_per_criterion_is_told_and_does_not_move_the_rank() -> None:
    rubric = Rubric((criterion("a", 5000, minimum=250), criterion("b", 5000)))
    rows = ranking([RankInput(1, [{"a": 2, "b": 5}]), RankInput(2, [{"a": 3, "b": 3}])], rubric)
    assert [(row.project_id, row.below_minimum) for row in rows] == [(1, ("a",)), (2, ())]


def test_no_rank_below_the_quorum() -> None:
    with pytest.raises(Invalid) as caught:
        ranking([RankInput("x", [lines(1, 1, 1)] * 3, members=6)], EQUAL)
    assert caught.value.code == "below_quorum"
    assert caught.value.params == {"project": "x", "sheets": 3, "needed": 4}
    with pytest.raises(Invalid, match="no_sheets"):
        ranking([RankInput("x", [])], EQUAL)


small = st.fixed_dictionaries({key: st.integers(2, 3) for key in "abc"})
inputs = st.lists(
    st.tuples(st.lists(small, min_size=1, max_size=3), st.sampled_from([None, "u", "v"]), st.integers(0, 1)),
    max_size=8,
)


@given(inputs, st.randoms(use_true_random=False), st.booleans())
def test_a_ranking_is_total_sorted_and_the_same_in_any_order(
    drawn: list[tuple[list[dict[str, int]], str | None, int]], rng: random.Random, with_lot: bool
) -> None:
    rows = [RankInput(index, *row) for index, row in enumerate(drawn)]
    lot = list(range(len(rows))) if with_lot else []
    rng.shuffle(lot)
    result = ranking(rows, EQUAL, lot)
    shuffled = list(rows)
    rng.shuffle(shuffled)
    assert ranking(shuffled, EQUAL, lot) == result
    assert sorted(row.project_id for row in result) == list(range(len(rows)))
    keys = [
        (row.score_hundredths, row.criterion_means_hundredths["a"], row.criterion_means_hundredths["b"])
        for row in result
    ]
    assert keys == sorted(keys, reverse=True)
    for position, row in enumerate(result, start=1):
        assert row.rank <= position
        peers = [other.project_id for other in result if other.rank == row.rank and other is not row]
        assert list(row.tied_with) == peers
    if with_lot:
        assert [row.rank for row in result] == list(range(1, len(rows) + 1))


def rank_rows(*rows: tuple[str, int, str | None]) -> list[RankRow]:
    return [
        RankRow(rank, name, 10_000 - 100 * index, {}, unit=unit)
        for index, (name, rank, unit) in enumerate(rows)
    ]


ROWS = rank_rows(("a", 1, "u"), ("b", 2, "u"), ("c", 3, "v"), ("d", 3, "u"), ("e", 5, None))
COSTS = {"a": 100, "b": 100, "c": 50, "d": 60, "e": 10}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Shortlist("all_pass"), "abcde"),
        (Shortlist("all_pass", minimum_score=9800), "abc"),
        (Shortlist("best_n", n=2), "ab"),
        (Shortlist("best_n", n=3), "abcd"),  # the third place is shared
        (Shortlist("best_n", n=1, per_unit=True), "ace"),
        (Shortlist("best_n", n=99), "abcde"),
        (Shortlist("money_times", money_times_percent=100), "ab"),
        (Shortlist("money_times", money_times_percent=150), "abcd"),
        (Shortlist("money_times", money_times_percent=50, per_unit=True), "ace"),
        (Shortlist("money_times", money_times_percent=101, per_unit=True), "abce"),
    ],
)
def test_shortlists(rule: Shortlist, expected: str) -> None:
    proposed = shortlist(ROWS, COSTS, rule, {"u": 100, "v": 50}, 10)
    assert "".join(str(project) for project in proposed) == expected


def test_who_misses_a_minimum_is_on_no_shortlist() -> None:
    rows = [RankRow(1, "a", 9000, {}, below_minimum=("need",)), RankRow(2, "b", 100, {})]
    assert shortlist(rows, {"a": 1, "b": 1}, Shortlist("best_n", n=1), {}) == ("b",)
    with pytest.raises(ValueError, match="party"):
        shortlist(rows, {}, Shortlist("party"), {})
