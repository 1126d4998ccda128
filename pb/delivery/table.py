"""Milestones as a table of open data. Pure but for the words of the columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l

from pb.cycles.queries import Here
from pb.delivery.queries import Delivery
from pb.results.queries import code_of
from pb.results.tables import as_csv, lari

COLUMNS = {
    "project": _l("the project's number, the same in all files"),
    "title": _l("its title, as the author typed it"),
    "state": _l("where the project stands"),
    "cost_lari": _l("cost in lari"),
    "step": _l("what was promised"),
    "due": _l("the day for which it was promised"),
    "done_on": _l("the day on which it was done; empty: not yet"),
    "late_days": _l("days after the promised one, up to today where it is not done"),
    "paid_lari": _l("paid for the step so far"),
    "note": _l("note of the municipality"),
}


def rows(here: Here, deliveries: Iterable[Delivery]) -> list[dict[str, Any]]:
    """A row for each step; a project without steps has one row."""
    found: list[dict[str, Any]] = []
    for one in deliveries:
        project = {
            "project": code_of(here, one.project),
            "title": one.project.title,
            "state": one.project.state,
            "cost_lari": lari(one.project.cost_tetri),
        }
        empty = dict.fromkeys(("step", "due", "done_on", "late_days", "paid_lari", "note"), "")
        found += [
            {
                **project,
                "step": step.title,
                "due": step.due.isoformat(),
                "done_on": step.done_on.isoformat() if step.done_on else "",
                "late_days": step.late_days,
                "paid_lari": lari(step.paid_tetri),
                "note": step.note,
            }
            for step in one.progress.steps
        ] or [project | empty]
    return found


def file(here: Here, deliveries: Iterable[Delivery], separator: str) -> bytes:
    """The CSV file."""
    return as_csv(tuple(COLUMNS), rows(here, deliveries), separator)
