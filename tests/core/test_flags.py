"""What is flagged for discussion, and what is not."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from pb.core.flags import CODES, Flag, flags
from pb.core.panel import PanelSheet
from tests.core.rubric_samples import RUBRIC

SCORED = [criterion.id for criterion in RUBRIC.scored]


def row(project: str, member: str, value: int, seconds: int | None = None, **changes: int) -> PanelSheet:
    return PanelSheet(project, member, {"need": value, "benefit": value, "cost": value} | changes, seconds)


def test_every_reason_to_talk() -> None:
    sheets = [
        row("p", "A", 3, seconds=119),
        row("p", "B", 3, need=1, cost=4, seconds=120),
        row("p", "C", 3, need=4),
        row("q", "A", 3),
        row("q", "B", 2, need=1),
        row("q", "C", 5, need=4),
    ]
    assert flags(sheets, RUBRIC, {"q"}) == (
        Flag("wide_range", "p", criterion_id="need"),
        Flag("zero_variance", "p", "A"),
        Flag("hasty", "p", "A"),
        Flag("wide_range", "q", criterion_id="need"),
        Flag("wide_range", "q", criterion_id="benefit"),
        Flag("wide_range", "q", criterion_id="cost"),
        Flag("flips", "q"),
        Flag("away_from_panel", "q", "B"),
        Flag("away_from_panel", "q", "C"),
        Flag("zero_variance", "q", "A"),
    )


def test_a_member_a_level_away_on_one_project_alone() -> None:
    sheets = [row("p", member, 2, need=3) for member in "ABCD"] + [row("p", "E", 4, need=5)]
    sheets += [row("q", member, 3, need=2) for member in "ABCDE"]
    assert flags(sheets, RUBRIC) == (Flag("away_from_panel", "p", "E"),)


def test_just_under_a_level_and_just_under_three() -> None:
    sheets = [row("p", "A", 2, need=3), row("p", "B", 4, need=3), row("p", "C", 3, need=2)]
    assert flags(sheets, RUBRIC) == ()


levels = st.fixed_dictionaries({key: st.integers(0, 5) for key in SCORED})
panels = st.lists(
    st.tuples(st.sampled_from("pqr"), st.sampled_from("ABCDEFG"), levels, st.none() | st.integers(0, 300)),
    max_size=21,
    unique_by=lambda sheet: sheet[:2],
)


@given(panels, st.sets(st.sampled_from("pqrs")))
def test_flags_are_what_the_rules_say(
    drawn: list[tuple[str, str, dict[str, int], int | None]], flipping: set[str]
) -> None:
    """Each code against the sentence of the rules, written the slow way."""
    sheets = [PanelSheet(*sheet) for sheet in drawn]
    found = flags(sheets, RUBRIC, flipping)
    assert len(found) == len(set(found))
    assert {flag.code for flag in found} <= set(CODES)
    expected: set[Flag] = set()
    for project in {sheet.project_id for sheet in sheets}:
        rows = [sheet for sheet in sheets if sheet.project_id == project]
        everything = [value for sheet in rows for value in sheet.lines.values()]
        if project in flipping:
            expected.add(Flag("flips", project))
        for key in SCORED:
            if any(abs(one.lines[key] - other.lines[key]) >= 3 for one in rows for other in rows):
                expected.add(Flag("wide_range", project, criterion_id=key))
        for sheet in rows:
            own = list(sheet.lines.values())
            gap = Fraction(sum(own), len(own)) - Fraction(sum(everything), len(everything))
            if gap >= 1 or gap <= -1:
                expected.add(Flag("away_from_panel", project, sheet.member_id))
            if sheet.seconds is not None and sheet.seconds < 120:
                expected.add(Flag("hasty", project, sheet.member_id))
            all_own = {v for s in sheets if s.member_id == sheet.member_id for v in s.lines.values()}
            if len(all_own) == 1:
                expected.add(Flag("zero_variance", project, sheet.member_id))
    assert set(found) == expected


@given(panels)
def test_flags_follow_no_order_of_members(drawn: list[tuple[str, str, dict[str, int], int | None]]) -> None:
    sheets = [PanelSheet(*sheet) for sheet in drawn]
    assert set(flags(sheets, RUBRIC)) == set(flags(sheets[::-1], RUBRIC))
