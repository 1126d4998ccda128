"""The public number of an objection."""

from __future__ import annotations

from typing import Any

from pb.cycles.queries import Here


def number_words(here: Here, row: Any) -> str:
    """ "TJ-2026-S007": an S (საჩივარი) keeps it apart from the numbers of ideas and projects."""
    return numbered(here, row.number)


def numbered(here: Here, number: int) -> str:
    """The same for a number."""
    return f"{here.town.number_prefix}-{here.the_cycle.year}-S{number:03d}"
