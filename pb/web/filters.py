"""What templates may call: words, money, dates, labels."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from flask import Flask

from pb.core import georgian, money
from pb.core.workdays import TBILISI
from pb.web.wording import label, language


def words(value: Mapping[str, str] | str | None) -> str:
    """The reader's language of a text that is data; Georgian where the other is missing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return value.get(language()) or value.get("ka") or ""


def money_words(tetri: int | None) -> str:
    """„25 000 ლარი“."""
    return "" if tetri is None else money.format_lari(tetri, language(), blank="\u00a0")


def day(value: date | datetime) -> str:
    """„2026 წლის 30 სექტემბერი“."""
    if isinstance(value, datetime):
        value = value.astimezone(TBILISI).date()
    return georgian.date_words(value, language())


def deadline(value: datetime) -> str:
    """„ოთხშაბათი, 2026 წლის 30 სექტემბრის ჩათვლით, 18:00-მდე“."""
    return georgian.deadline_words(value, language())


def datetime_words(value: datetime) -> str:
    """The day, and the time of day in Tbilisi."""
    return georgian.moment_words(value, language())


def init_app(app: Flask) -> None:
    """Register the filters."""
    app.jinja_env.filters.update(
        words=words, money=money_words, day=day, deadline=deadline, datetime_words=datetime_words, label=label
    )
