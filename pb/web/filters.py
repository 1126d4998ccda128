"""What templates may call: words, money, dates, labels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime

from flask import Flask
from flask_babel import gettext
from markupsafe import Markup, escape

from pb.core import georgian, money
from pb.core.workdays import TBILISI
from pb.web.wording import label, language


def words(value: Mapping[str, str] | str | None) -> str:
    """The reader's language of a text that is data; Georgian where the other is missing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return _joined(value.get(language()) or value.get("ka") or "")


def _joined(text: str) -> str:
    """The text whose lines never end between an hour and its ending: a word joiner after the hyphen."""
    return text.replace("-მდე", "-\u2060მდე")


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
    return _joined(georgian.deadline_words(value, language()))


def last_day(value: date) -> str:
    """„2026 წლის 30 სექტემბრის ჩათვლით“: the last day of a term."""
    return georgian.last_day_words(value, language())


def datetime_words(value: datetime) -> str:
    """The day, and the time of day in Tbilisi."""
    return georgian.moment_words(value, language())


_GEORGIAN_RUN = re.compile(r"[\u10d0-\u10ff](?:[\u10d0-\u10ff\d\s.,:;-]*[\u10d0-\u10ff])?")


def in_tongues(text: str) -> Markup:
    """The text, its Georgian parts marked as such on an English page: people typed them, nobody translates them."""
    if language() == "ka":
        return escape(text)
    found, end = Markup(), 0
    for run in _GEORGIAN_RUN.finditer(text):
        found += escape(text[end : run.start()]) + Markup('<span lang="ka">{}</span>').format(run[0])
        end = run.end()
    return found + escape(text[end:])


def size_words(size: int) -> str:
    """The size of a file, rounded up: „320 კბ“, „1,4 მბ“."""
    tenths = -(-size * 10 // (1024 * 1024))
    if tenths < 10:
        return gettext("%(n)s KB", n=-(-size // 1024))
    comma = "," if language() == "ka" else "."
    return gettext("%(n)s MB", n=f"{tenths // 10}{comma}{tenths % 10}")


def init_app(app: Flask) -> None:
    """Register the filters."""
    app.jinja_env.filters.update(
        words=words, money=money_words, day=day, deadline=deadline, last_day=last_day, datetime_words=datetime_words,
        label=label, in_tongues=in_tongues, filesize=size_words,
    )  # fmt: skip
