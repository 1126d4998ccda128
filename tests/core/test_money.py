"""Reading, writing and splitting money."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.core.errors import Invalid
from pb.core.money import LARGEST_TETRI, format_amount, format_lari, line_total, parse_lari, split_equal

amounts = st.integers(0, LARGEST_TETRI)


@pytest.mark.parametrize(
    ("text", "tetri"),
    [
        ("1 500,50", 150050),
        ("1500.5", 150050),
        ("25 000", 2500000),
        ("25\u00a0000", 2500000),
        ("25\u202f000,07", 2500007),
        ("25,000", 2500000),
        ("25.000", 2500000),
        ("1,500.50", 150050),
        ("1.500,50", 150050),
        ("1'000'000", 100000000),
        ("0", 0),
        ("0,5", 50),
        (" 300 ლარი ", 30000),
        ("300ლ.", 30000),
        ("₾ 12.5", 1250),
        ("12 GEL", 1200),
        ("007", 700),
    ],
)
def test_what_people_type(text: str, tetri: int) -> None:
    assert parse_lari(text) == tetri


@pytest.mark.parametrize(
    "text",
    ["", " ", "ლარი", "-5", "+5", "1 50", "1,5,0", "1.2.3", "0,500", "1.500.5", "1,500,50", "12,345.678",
     "1 000,000.00", "5e3", "1/2", "٣", "½", "5 5", "1  500", "five", "5,", ",5", "1 ლარი 50"],
)  # fmt: skip
def test_what_is_no_sum_of_money(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_lari(text)
    assert caught.value.code == "not_money"


def test_a_slip_of_the_finger() -> None:
    with pytest.raises(Invalid, match="too_much_money"):
        parse_lari("9" * 30)


def test_how_sums_are_shown() -> None:
    assert format_lari(2500000, "ka") == "25 000 ლარი"
    assert format_lari(2500000, "en") == "25,000 lari"
    assert format_lari(150050, "ka") == "1 500,50 ლარი"
    assert format_lari(150005, "en") == "1,500.05 lari"
    assert format_lari(-99, "ka") == "-0,99 ლარი"
    assert format_amount(2500000, "ka", "\u00a0") == "25\u00a0000"
    assert format_lari(2500000, "ka", "\u00a0") == "25\u00a0000\u00a0ლარი"


@given(amounts, st.sampled_from(["ka", "en"]), st.sampled_from([" ", "\u00a0"]))
def test_what_is_shown_can_be_typed(tetri: int, lang: str, blank: str) -> None:
    assert parse_lari(format_lari(tetri, lang, blank)) == tetri
    assert parse_lari(format_amount(tetri, lang, blank)) == tetri


@given(amounts, st.integers(1, 200))
def test_equal_parts_add_up_and_differ_by_a_tetri_at_most(total: int, n: int) -> None:
    parts = split_equal(total, n)
    assert (sum(parts), len(parts)) == (total, n)
    assert max(parts) - min(parts) <= 1


def test_nobody_to_split_among() -> None:
    with pytest.raises(Invalid):
        split_equal(100, 0)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_budget_line_is_rounded_half_up(quantity_milli: int, price: int) -> None:
    exact = Fraction(quantity_milli * price, 1000)
    assert line_total(quantity_milli, price) == (exact + Fraction(1, 2)).__floor__()


def test_a_budget_line_by_hand() -> None:
    assert line_total(2500, 1999) == 4998  # 2.5 × 19.99 = 49.975
