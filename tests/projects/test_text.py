"""Quantities, sums and fingerprints of a project's text; no database."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pb.core.errors import Invalid, Problems
from pb.projects import budget as budget_rules
from pb.projects import text

LINES = st.lists(
    st.tuples(st.integers(1, budget_rules.LARGEST_MILLI), st.integers(0, 10**7)), min_size=1, max_size=12
)


@given(LINES)
def test_the_sum_is_the_sum_of_lines_rounded_half_up(lines: list[tuple[int, int]]) -> None:
    assume(sum(q * p for q, p in lines) // 1000 < text.LARGEST_TETRI - len(lines))
    given_lines = [{"what": "ნივთი", "unit": "", "quantity_milli": q, "price_tetri": p} for q, p in lines]
    exact = [int((Decimal(q) * p / 1000).quantize(Decimal(1), rounding=ROUND_HALF_UP)) for q, p in lines]
    budget = budget_rules.checked_budget(given_lines)
    assert [line["sum_tetri"] for line in budget] == exact
    assert budget_rules.cost_of(budget) == sum(exact)
    assert budget_rules.checked_budget(budget) == budget, "a saved budget stays as it is"


@given(st.integers(1, budget_rules.LARGEST_MILLI), st.sampled_from(["ka", "en"]))
def test_a_quantity_is_read_as_it_is_shown(milli: int, lang: str) -> None:
    shown = budget_rules.format_quantity(milli, lang)
    if (
        lang == "en" or len(shown.partition(",")[2]) < 3
    ):  # „1,500“ reads as a thousand and a half, as on the page
        assert budget_rules.parse_quantity(shown) == milli


@pytest.mark.parametrize(
    ("typed", "milli"),
    [
        ("1", 1000),
        ("14.5", 14_500),
        ("2,4", 2_400),
        ("1 050", 1_050_000),
        ("1,500", 1_500_000),
        ("0,125", 125),
    ],
)
def test_quantities(typed: str, milli: int) -> None:
    assert budget_rules.parse_quantity(typed) == milli


@pytest.mark.parametrize("typed", ["", "0", "-1", "1.2345", "ერთი", "1e3", "9999999999", "٣"])
def test_no_quantities(typed: str) -> None:
    with pytest.raises(Invalid, match="not_quantity"):
        budget_rules.parse_quantity(typed)


def test_every_fault_has_its_place() -> None:
    rows = [
        {"what": "", "unit": "", "quantity_milli": None, "price_tetri": None},
        {"what": "სკამი", "unit": "", "quantity_milli": None, "price_tetri": None},
        {"what": "", "unit": "", "quantity_milli": 1000, "price_tetri": 5},
    ]
    with pytest.raises(Problems) as caught:
        budget_rules.checked_budget(rows)
    assert [(p.code, p.field) for p in caught.value.problems] == [
        ("line_without_price", "lines-1-price"),
        ("line_without_words", "lines-2-what"),
    ]
    with pytest.raises(Problems) as caught:
        text.checked_timeline([{"month": "2027-13", "step": ""}, {"month": "", "step": "ა"}])
    assert [p.code for p in caught.value.problems] == [
        "not_a_month",
        "step_without_words",
        "step_without_month",
    ]


def test_steps_stand_in_order_and_texts_are_trimmed() -> None:
    steps = text.checked_timeline(
        [{"month": "2027-05", "step": "ბ"}, {"month": "", "step": " "}, {"month": "2027-03", "step": "ა "}]
    )
    assert steps == [{"month": "2027-03", "step": "ა"}, {"month": "2027-05", "step": "ბ"}]
    assert text.checked_fields({"problem": " ერთი\r\nორი "}) == {"problem": "ერთი\nორი"}


def test_a_fingerprint_tells_texts_apart() -> None:
    budget = budget_rules.checked_budget(
        [{"what": "ა", "unit": "", "quantity_milli": 1000, "price_tetri": 1}]
    )
    prints = {
        text.fingerprint({"title": "ა"}, [], []),
        text.fingerprint({"title": "ბ"}, [], []),
        text.fingerprint({"title": "ა"}, [{"month": "2027-01", "step": "ა"}], []),
        text.fingerprint({"title": "ა"}, [], budget),
    }
    assert len(prints) == 4
