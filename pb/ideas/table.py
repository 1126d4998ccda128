"""The public columns of ideas as CSV that spreadsheets open with Georgian intact. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

from pb.core.money import format_amount
from pb.cycles.queries import Here
from pb.ideas.content import public_number

COLUMNS = (
    "number", "state", "submitted_at", "unit", "village", "place", "category", "title", "problem", "solution",
    "beneficiaries", "groups", "cost_lari", "author", "language", "channel", "reason", "same_as",
)  # fmt: skip
# What a spreadsheet takes for a formula: at the beginning of a cell, and after every sign at which another
# spreadsheet may cut the line (with commas opened by one that expects semicolons, and the other way round).
_BEGINNING = re.compile("^(?=[\\s\u200b\ufeff]*[=+@|%\uff1d\uff0b\uff0d\uff20-])|^(?=[\t\r\n])")
_INSIDE = re.compile("([;,\t\r\n][\\s\u200b\ufeff]*)(?=[=+@\uff1d\uff0b\uff0d\uff20-])")


def table(here: Here, ideas: Iterable[Any], separator: str) -> str:
    """All rows, a byte order mark first. Times in UTC, money in lari with a point."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for idea in ideas:
        writer.writerow([cell(value) for value in _row(here, idea)])
    return out.getvalue()


def cell(value: str) -> str:
    """A text of which no spreadsheet takes anything for a formula."""
    return _INSIDE.sub(r"\1'", _BEGINNING.sub("'", value))


def _row(here: Here, idea: Any) -> tuple[str, ...]:
    prefix, year = here.town.number_prefix, here.the_cycle.year
    cost = idea.cost_tetri
    return (
        public_number(prefix, year, idea.number),
        idea.state,
        idea.submitted_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        (idea.unit or {}).get("ka", ""),
        idea.village,
        idea.place,
        idea.category,
        idea.title,
        idea.problem,
        idea.solution,
        idea.beneficiaries,
        idea.groups,
        "" if cost is None else format_amount(cost, "en").replace(",", ""),
        idea.author_label,
        idea.language,
        idea.channel,
        idea.public_reason,
        public_number(prefix, year, idea.same_as) if idea.same_as else "",
    )
