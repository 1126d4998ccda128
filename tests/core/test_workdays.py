"""Public holidays and working days: known years by hand, arithmetic by brute force."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.core.workdays import (
    add_working_days,
    holidays,
    is_working_day,
    orthodox_easter,
    working_days_between,
)

days = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [(2013, 5, 5), (2020, 4, 19), (2023, 4, 16), (2024, 5, 5), (2025, 4, 20), (2026, 4, 12), (2027, 5, 2)],
)
def test_orthodox_easter_falls_where_the_church_says(year: int, month: int, day: int) -> None:
    assert orthodox_easter(year) == date(year, month, day)


def test_the_holidays_of_2026_by_hand() -> None:
    by_law = "01-01 01-02 01-07 01-19 03-03 03-08 04-09 04-10 04-11 04-12 04-13 05-09 05-12 05-17 05-26 08-28"
    decreed = "01-05 01-06"
    expected = {date.fromisoformat(f"2026-{text}") for text in f"{by_law} 10-14 11-23 {decreed}".split()}
    assert set(holidays(2026)) == expected
    assert list(holidays(2026)) == sorted(expected)


def test_the_seventeenth_of_may_is_decreed_in_2024_and_law_from_2025() -> None:
    assert date(2023, 5, 17) not in holidays(2023)
    assert "დადგენილებით" in holidays(2024)[date(2024, 5, 17)]
    assert "ოჯახის" in holidays(2025)[date(2025, 5, 17)]


def test_a_year_out_of_reach_is_refused() -> None:
    with pytest.raises(ValueError, match="1990"):
        holidays(1990)


def test_a_term_over_easter() -> None:
    # Wednesday 8 April 2026: Thursday is 9 April, Friday to Monday Easter; the first working day is Tuesday.
    assert add_working_days(date(2026, 4, 8), 1) == date(2026, 4, 14)
    assert add_working_days(date(2026, 4, 8), 5) == date(2026, 4, 20)
    assert working_days_between(date(2026, 4, 9), date(2026, 4, 13)) == 0


@given(days, st.integers(0, 60))
def test_adding_lands_on_a_working_day_with_exactly_that_many_between(day: date, count: int) -> None:
    landed = add_working_days(day, count)
    assert working_days_between(day + timedelta(days=1), landed) == count
    assert count == 0 or is_working_day(landed)


@given(days, st.integers(1, 60))
def test_going_back_undoes_going_on_from_a_working_day(day: date, count: int) -> None:
    start = add_working_days(day, 1)
    assert add_working_days(add_working_days(start, count), -count) == start


@given(days, days)
def test_counting_agrees_with_looking_at_each_day(first: date, last: date) -> None:
    plain = [
        day
        for offset in range((last - first).days + 1)
        if (day := first + timedelta(days=offset)).isoweekday() <= 5 and day not in holidays(day.year)
    ]
    assert working_days_between(first, last) == len(plain)
