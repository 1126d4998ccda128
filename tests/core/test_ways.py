"""Ways of counting: against plain references, by hand, and as properties."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.core.agreement import agreement_code, krippendorff_alpha
from pb.core.errors import Invalid
from pb.core.rubrics import Rubric
from pb.core.scoring import (
    RankInput,
    Shortlist,
    criterion_means,
    ranking,
    rounded_hundredths,
    sheet_score,
    shortlist,
    statistics,
)
from pb.core.tally import PanelProject, Tally
from pb.core.ways import MEDIAN, TRIMMED, robustness
from tests.core.rubric_samples import criterion

EQUAL = Rubric((criterion("a", 4000), criterion("b", 4000), criterion("c", 2000, low=1, high=4)))
level = {"a": st.integers(0, 5), "b": st.integers(0, 5), "c": st.integers(1, 4)}
#: A sheet with or without an accepted "cannot judge" on c.
whole_sheet = st.fixed_dictionaries(level)
partly = st.fixed_dictionaries({"a": level["a"], "b": level["b"]}, optional={"c": level["c"]})
panels = st.lists(
    st.tuples(
        whole_sheet,
        st.dictionaries(st.integers(1, 5), partly, max_size=5),
        st.sampled_from([None, "u", "v"]),
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=7,
)


def projects_of(
    drawn: Sequence[tuple[dict[str, int], dict[int, dict[str, int]], str | None, int]],
) -> list[PanelProject]:
    """Member 0 scored everything in full, so that every criterion is judged."""
    return [
        PanelProject(n, {0: first, **more}, unit, cost) for n, (first, more, unit, cost) in enumerate(drawn)
    ]


def top(n: int, *, per_unit: bool = False, minimum: int = 0):  # type: ignore[no-untyped-def]
    rule = Shortlist("best_n", n=n, per_unit=per_unit, minimum_score=minimum)
    return lambda rows: shortlist(rows, {}, rule, {})


@given(panels, st.lists(st.fractions(-20, 20, max_denominator=30), min_size=6, max_size=6))
def test_whole_numbers_say_what_fractions_say(drawn, offsets) -> None:  # type: ignore[no-untyped-def]
    projects = projects_of(drawn)
    off = dict(enumerate(offsets))
    plain, moved = Tally(projects, EQUAL), Tally(projects, EQUAL, off)
    for p in projects:
        scores = {m: sheet_score(sheet, EQUAL, partial=True) for m, sheet in p.sheets.items()}
        for tally, values in ((plain, scores), (moved, {m: s - off[m] for m, s in scores.items()})):
            exact = {m: Fraction(n, tally.denominator) for m, n in tally.scores[p.project_id].items()}
            assert exact == values
            found = statistics(list(values.values()))
            assert tally.mean(p.project_id) == rounded_hundredths(found.mean)
            assert tally.trimmed(p.project_id) == rounded_hundredths(found.trimmed)
            assert tally.median(p.project_id) == rounded_hundredths(found.median)
            assert tally.spread(p.project_id) == rounded_hundredths(found.spread)
            left = found.leave_one_out or (found.mean,)
            for member, mean in zip(values, left, strict=True):
                assert tally.without(p.project_id, member) == rounded_hundredths(mean)
        means = criterion_means(list(p.sheets.values()), EQUAL)
        assert plain.criterion_means(p) == {key: rounded_hundredths(mean) for key, mean in means.items()}


def plain_reference(projects: list[PanelProject], members: set[int], proposed) -> dict[int | str, list[bool]]:  # type: ignore[no-untyped-def]
    """In or out by the mean and without each member, every time by the ranking itself."""

    def within(leaving: int | None) -> set[int | str]:
        rows = []
        for p in projects:
            kept = [dict(s) for m, s in p.sheets.items() if m != leaving] or list(p.sheets.values())
            # what nobody else judged keeps the member's own level
            lost = {key for key in ("a", "b", "c") if not any(key in sheet for sheet in kept)}
            rows.append((p, kept, lost))
        assert not any(lost for _, _, lost in rows)
        return set(
            proposed(
                ranking([RankInput(p.project_id, k, p.unit, p.running_cost_tetri) for p, k, _ in rows], EQUAL)
            )
        )

    sets = [within(None), *(within(member) for member in sorted(members))]
    return {p.project_id: [p.project_id in one for one in sets] for p in projects}


@given(
    st.lists(
        st.tuples(
            st.dictionaries(st.integers(0, 3), whole_sheet, min_size=1, max_size=4),
            st.sampled_from([None, "u"]),
        ),
        min_size=1,
        max_size=6,
    ),
    st.integers(1, 3),
    st.booleans(),
)
def test_without_a_member_is_the_ranking_of_the_others(drawn, n, per_unit) -> None:  # type: ignore[no-untyped-def]
    projects = [PanelProject(key, sheets, unit) for key, (sheets, unit) in enumerate(drawn)]
    members = {m for p in projects for m in p.sheets}
    found = robustness(
        projects, EQUAL, top(n, per_unit=per_unit), pool=lambda p: p.unit if per_unit else None
    )
    assert [way.kind for way in found.ways[:3]] == ["mean", TRIMMED, MEDIAN]
    assert [way.member for way in found.ways[3:]] == sorted(members)
    expected = plain_reference(projects, members, top(n, per_unit=per_unit))
    for p in projects:
        got = [p.project_id in way.within for way in (found.ways[0], *found.ways[3:])]
        assert got == expected[p.project_id]


@given(panels, st.integers(1, 4), st.randoms(use_true_random=False))
def test_counts_flips_and_zone_belong_together(drawn, n, rng: random.Random) -> None:  # type: ignore[no-untyped-def]
    projects = projects_of(drawn)
    found = robustness(projects, EQUAL, top(n))
    shuffled = list(projects)
    rng.shuffle(shuffled)
    assert robustness(shuffled, EQUAL, top(n)) == found  # no order of handing in
    for one in found.projects:
        hits = [one.project_id in way.within for way in found.ways]
        assert (one.within, one.ways, one.usual) == (sum(hits), len(hits), hits[0])
        assert one.flips == (any(hits) and not all(hits)) == (one.project_id in found.flips)
        assert one.lowest <= min(one.mean, one.trimmed, one.median) <= one.highest
        assert one.grey or not one.flips
        if one.grey:
            assert found.zone is not None
            assert found.zone[0] <= one.mean <= found.zone[1]


ONE = Rubric((criterion("a", 10_000),))


def one_criterion(project: int, *values: int, unit: str | None = None) -> PanelProject:
    return PanelProject(project, {m: {"a": v} for m, v in enumerate(values)}, unit)


def test_who_flips_by_hand() -> None:
    # without member 0 the first has 53.33 and the second comes in; without 1 or 2 both have 60 and share the place
    projects = [one_criterion(1, 5, 4, 4, 0), one_criterion(2, 3, 3, 3, 3), one_criterion(3, 2, 2, 2, 4)]
    found = robustness(projects, ONE, top(1))
    by_id = {one.project_id: one for one in found.projects}
    assert [(one.mean, one.trimmed, one.median) for one in found.projects] == [
        (6500, 8000, 8000), (6000, 6000, 6000), (5000, 4000, 4000),
    ]  # fmt: skip
    assert {key: (one.within, one.ways) for key, one in by_id.items()} == {1: (6, 7), 2: (3, 7), 3: (0, 7)}
    assert found.flips == (1, 2)
    assert found.zone == (6000, 6500)
    # the third never comes in, and at its best has 53.33 of the 65 that the last one in has
    assert not by_id[3].grey


def test_near_the_line_without_flipping() -> None:
    # 65 and 55: without member 0 it is 53.33 against 46.67, so nothing flips, but 53.33 is below the other's 55
    projects = [one_criterion(1, 5, 3, 3, 2), one_criterion(2, 4, 3, 2, 2)]
    first, second = robustness(projects, ONE, top(1)).projects
    assert (first.mean, first.lowest, second.mean, second.highest) == (6500, 5333, 5500, 6000)
    assert not first.flips
    assert not second.flips
    assert first.grey
    assert not second.grey  # its best 60 stay under 65


def test_lines_go_by_pool() -> None:
    projects = [
        one_criterion(1, 5, 5, 5, unit="u"), one_criterion(2, 1, 1, 1, unit="u"),
        one_criterion(3, 1, 1, 1, unit="v"), one_criterion(4, 0, 0, 0, unit="v"),
    ]  # fmt: skip
    found = robustness(projects, ONE, top(1, per_unit=True), pool=lambda p: p.unit)
    assert found.flips == ()
    assert found.zone is None  # with one line for all, project 3 at 20 would stand at the line of project 2


def test_who_misses_a_minimum_is_not_near_the_line() -> None:
    rubric = Rubric((criterion("a", 5000, minimum=200), criterion("b", 5000)))
    projects = [
        PanelProject("in", {m: {"a": 3, "b": 3} for m in range(3)}),
        PanelProject("out", {m: {"a": 1, "b": 5} for m in range(3)}),
    ]
    found = robustness(projects, rubric, top(1))
    assert [(one.project_id, one.within, one.grey) for one in found.projects] == [
        ("in", 6, False),
        ("out", 0, False),
    ]


def test_nothing_to_count() -> None:
    assert robustness([], ONE, top(1)).projects == ()
    with pytest.raises(Invalid, match="no_sheets"):
        Tally([PanelProject(1, {})], ONE)
    with pytest.raises(Invalid, match="criterion_without_score"):
        Tally([PanelProject(1, {0: {"a": 1}})], EQUAL)
    with pytest.raises(Invalid, match="out_of_scale"):
        Tally([PanelProject(1, {0: {"a": 6}})], ONE)


def test_a_lot_decides_in_every_way() -> None:
    projects = [one_criterion(n, 3, 3, 3) for n in (1, 2)]
    assert [one.within for one in robustness(projects, ONE, top(1)).projects] == [
        6,
        6,
    ]  # both share the place
    drawn = robustness(projects, ONE, top(1), lots=[[2, 1]])
    assert [(one.project_id, one.within) for one in drawn.projects] == [(2, 6), (1, 0)]


def reference_alpha(data: list[list[int | None]], measure: str) -> Fraction | None:
    """Pair by pair, as the definition reads."""
    units = [[v for v in column if v is not None] for column in zip(*data, strict=True)]
    units = [unit for unit in units if len(unit) > 1]
    flat = [v for unit in units for v in unit]

    def d(x: int, y: int) -> Fraction:
        if measure == "nominal":
            return Fraction(x != y)
        if measure == "interval":
            return Fraction((x - y) ** 2)
        low, high = min(x, y), max(x, y)
        ends = Fraction(flat.count(low) + flat.count(high), 2)
        return (sum(low <= v <= high for v in flat) - ends) ** 2

    n = len(flat)
    expected = (
        sum((d(x, y) for x in flat for y in flat), Fraction(0)) / (n * (n - 1)) if n > 1 else Fraction(0)
    )
    if not expected:
        return None
    observed = sum((d(x, y) / (len(u) - 1) for u in units for x in u for y in u), Fraction(0)) / n
    return 1 - observed / expected


cells = st.one_of(st.none(), st.integers(0, 3))


@given(
    st.integers(1, 4).flatmap(
        lambda observers: st.lists(st.tuples(*[cells] * observers), min_size=1, max_size=6)
    ),
    st.sampled_from(["nominal", "ordinal", "interval"]),
)
def test_alpha_by_counting_is_alpha_by_pairs(columns: list[tuple[int | None, ...]], measure: str) -> None:
    data = [list(row) for row in zip(*columns, strict=True)]
    assert krippendorff_alpha(data, measure) == reference_alpha(data, measure)


def test_words_for_an_agreement() -> None:
    codes = [
        agreement_code(value)
        for value in (None, Fraction(1), Fraction(4, 5), Fraction(67, 100), Fraction(2, 3))
    ]
    assert codes == ["unknown", "firm", "firm", "tentative", "weak"]
