"""Georgian public holidays and working days; this file alone knows which days count in a term.

Source: Organic Law of Georgia "Labour Code of Georgia", Article 30(1), as amended by Organic Law
4455-XVIმს-Xმპ (17 May, from 2025), and days off that the Government decreed for administrative bodies under
Article 30(3). Such decrees come a few weeks ahead: a year that is not listed in ``DECREED`` has only its days
by law, so a term computed too early can be a day short and never too long. A holiday that falls on a weekend
is not moved.
"""

from __future__ import annotations

from datetime import date, timedelta, timezone
from functools import lru_cache

# No summer time since 2005: a fixed offset, so that no time zone database is needed.
TBILISI = timezone(timedelta(hours=4), "Asia/Tbilisi")

FIRST_YEAR, LAST_YEAR = 1991, 2199

_FIXED: tuple[tuple[int, int, str], ...] = (
    (1, 1, "ახალი წელი"),
    (1, 2, "ბედობა"),
    (1, 7, "ქრისტეშობა"),
    (1, 19, "ნათლისღება"),
    (3, 3, "დედის დღე"),
    (3, 8, "ქალთა საერთაშორისო დღე"),
    (4, 9, "საქართველოს სახელმწიფოებრივი დამოუკიდებლობის აღდგენის აქტის მიღების დღე"),
    (5, 9, "ფაშიზმზე გამარჯვების დღე"),
    (5, 12, "წმინდა ანდრია მოციქულის ხსენების დღე"),
    (5, 26, "საქართველოს დამოუკიდებლობის დღე"),
    (8, 28, "მარიამობა"),
    (10, 14, "მცხეთობა"),
    (11, 23, "გიორგობა"),
)
_EASTER: tuple[tuple[int, str], ...] = (
    (-2, "წითელი პარასკევი"),
    (-1, "დიდი შაბათი"),
    (0, "აღდგომა"),
    (1, "მიცვალებულთა მოხსენიების დღე"),
)
_FAMILY_DAY = "ოჯახის სიწმინდისა და მშობლების პატივისცემის დღე"
_DECREED_NAME = "უქმე დღე საქართველოს მთავრობის დადგენილებით"

DECREED: dict[int, tuple[tuple[int, int], ...]] = {
    # (month, day). 2021: Ordinance No 698 of 26 November 2020. The other years: the Government's
    # announcements of each.
    2021: tuple((1, day) for day in (*range(3, 7), *range(8, 16))),
    2023: tuple((1, day) for day in range(3, 7)),
    2024: (*((1, day) for day in range(3, 6)), (5, 7), (5, 8), (5, 10), (5, 17)),
    2026: ((1, 5), (1, 6)),
}


def orthodox_easter(year: int) -> date:
    """Easter Sunday of the Orthodox Church in the Gregorian calendar (Meeus' Julian algorithm, shifted by the
    calendars' gap).
    """
    golden = year % 19
    moon = (19 * golden + 15) % 30
    weekday = (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7
    month, day = divmod(moon + weekday + 114, 31)
    gap = year // 100 - year // 400 - 2
    return date(year, month, day + 1) + timedelta(days=gap)


@lru_cache(maxsize=256)
def _holidays(year: int) -> tuple[tuple[date, str], ...]:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"public holidays are known for {FIRST_YEAR} to {LAST_YEAR}, not for {year}")
    days = {date(year, month, day): _DECREED_NAME for month, day in DECREED.get(year, ())}
    days.update({date(year, month, day): name for month, day, name in _FIXED})
    if year >= 2025:
        days[date(year, 5, 17)] = _FAMILY_DAY
    easter = orthodox_easter(year)
    days.update({easter + timedelta(days=offset): name for offset, name in _EASTER})
    return tuple(sorted(days.items()))


def holidays(year: int) -> dict[date, str]:
    """The public holidays of ``year`` with their Georgian names, in order. ValueError outside 1991-2199."""
    return dict(_holidays(year))


@lru_cache(maxsize=256)
def _holiday_dates(year: int) -> frozenset[date]:
    return frozenset(day for day, _ in _holidays(year))


def is_working_day(day: date) -> bool:
    """Monday to Friday and no public holiday."""
    return day.weekday() < 5 and day not in _holiday_dates(day.year)


def add_working_days(day: date, count: int) -> date:
    """The date ``count`` working days after ``day``; the day itself never counts (a term begins on the next
    day).

    ``count`` 0 gives the day itself; a negative count goes back.
    """
    step = timedelta(days=1 if count >= 0 else -1)
    left = abs(count)
    while left:
        day += step
        if is_working_day(day):
            left -= 1
    return day


def working_days_between(first: date, last: date) -> int:
    """How many working days lie from ``first`` to ``last``, both included; 0 when ``last`` is before
    ``first``.
    """
    return sum(
        is_working_day(first + timedelta(days=offset)) for offset in range(max(0, (last - first).days + 1))
    )
