"""Spans of days in a few words, for the phase line and lists: „1 მაისი – 30 ივნისი“."""

from __future__ import annotations

from datetime import datetime, timedelta

from pb.core.georgian import MONTHS_EN, MONTHS_KA
from pb.core.workdays import TBILISI


def span_words(opens: datetime, closes: datetime, lang: str) -> str:
    """First and last day (a midnight at the end belongs to the day before); the year only where it
    changes.
    """
    first = opens.astimezone(TBILISI)
    last = closes.astimezone(TBILISI) - timedelta(microseconds=1)
    months = MONTHS_KA if lang == "ka" else MONTHS_EN
    end = f"{last.day} {months[last.month - 1]}"
    if last.year != first.year:
        end = f"{last.year} წლის {end}" if lang == "ka" else f"{end} {last.year}"
    if (first.year, first.month, first.day) == (last.year, last.month, last.day):
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}"
    return f"{first.day} {months[first.month - 1]} – {end}"
