"""Rows of the budget and of the timeline between forms and commands, and how they are laid out for
templates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from wtforms import SelectField

from pb.core.georgian import MONTHS_EN, MONTHS_KA
from pb.core.money import line_total
from pb.core.phases import Calendar, Phase
from pb.core.whole import whole_number
from pb.core.workdays import TBILISI
from pb.projects.budget import Totals, format_quantity, totals, whole
from pb.projects.forms import BasedForm
from pb.projects.models import ProjectRevision
from pb.web.forms import choices_of

FREE_ROWS = 4  # as many rows as an empty page offers, and as many more as are asked for
# The names of a row's fields on the page, and of the parts of a line that they hold.
LINE_FIELDS: Mapping[str, str] = {
    "what": "what", "quantity": "quantity_milli", "unit": "unit", "price": "price_tetri",
    "source": "source", "share": "share_tetri", "by": "share_by", "running": "running_tetri",
}  # fmt: skip
STEP_FIELDS = ("month", "step")
SHOWN_PARTS = 7  # of the picture of the money; the rest is drawn together


def wanted_rows(asked: str | None, filled: int, limit: int) -> int:
    """How many rows a page shows: as many as were asked for, at least the filled ones, at most the limit."""
    number = whole_number(asked) or 0
    return min(max(number, filled, FREE_ROWS), limit)


def more_rows(rows: int, limit: int) -> int:
    """The number of rows after „more rows“."""
    return min(rows + FREE_ROWS, limit)


def budget_data(revision: ProjectRevision) -> dict[str, Any]:
    """The lines as they are saved, by the names of the form's fields."""
    saved: dict[str, Any] = {}
    for row, line in enumerate(map(whole, revision.budget)):
        place = f"lines-{row}"
        for name, key in LINE_FIELDS.items():
            empty = name in ("share", "running") and not line[key]
            saved[f"{place}-{name}"] = None if empty else line[key]
    return saved


def typed_budget(form: BasedForm, rows: int) -> list[dict[str, Any]]:
    """The lines for the command, one for each row."""
    return [
        {key: form[f"lines-{row}-{name}"].data for name, key in LINE_FIELDS.items()} for row in range(rows)
    ]


def line_sums(lines: Sequence[Mapping[str, Any]]) -> list[int | None]:
    """The sum of each typed line in tetri, None where something is missing."""
    return [
        line_total(1000 if line["quantity_milli"] is None else line["quantity_milli"], line["price_tetri"])
        if line["price_tetri"] is not None
        else None
        for line in lines
    ]


def typed_totals(lines: Sequence[Mapping[str, Any]]) -> Totals:
    """The sums of what is typed, before it is checked."""
    sums = line_sums(lines)
    parts = ("share_tetri", "running_tetri")
    return totals(
        [
            {"sum_tetri": total or 0, **{name: line[name] or 0 for name in parts}}
            for line, total in zip(lines, sums, strict=True)
        ]
    )


def timeline_data(revision: ProjectRevision) -> dict[str, Any]:
    """The steps as they are saved, by the names of the form's fields."""
    return {
        f"steps-{row}-{name}": step[name]
        for row, step in enumerate(revision.timeline)
        for name in STEP_FIELDS
    }


def offer_months(
    form: BasedForm, rows: int, revision: ProjectRevision, calendar: Calendar, lang: str
) -> None:
    """Give the steps their months: those of the implementation, and any that is saved already."""
    months = sorted({*months_of(calendar), *(step["month"] for step in revision.timeline)})
    for row in range(rows):
        field = form[f"steps-{row}-month"]
        assert isinstance(field, SelectField)
        field.choices = choices_of([("", "–"), *((month, month_words(month, lang)) for month in months)])


def typed_timeline(form: BasedForm, rows: int) -> list[dict[str, str]]:
    """The steps for the command, one for each row."""
    return [{name: form[f"steps-{row}-{name}"].data or "" for name in STEP_FIELDS} for row in range(rows)]


def rearranged(
    typed: Mapping[str, str], act: str, prefix: str, names: Iterable[str], rows: int
) -> dict[str, str]:
    """What was typed after "up-<row>", "down-<row>" or "remove-<row>" ("more" and unknown acts move nothing).

    ``prefix``, ``names``: as in "lines-<row>-what". Rows beyond the edge stay where they are.
    """
    names = list(names)
    lines = [[typed.get(f"{prefix}-{row}-{name}", "") for name in names] for row in range(rows)]
    verb, _, number = act.partition("-")
    row = whole_number(number)
    if row is not None and row < rows:
        to = row + {"up": -1, "down": 1}.get(verb, 0)
        if verb == "remove":
            lines.append([""] * len(names))
            del lines[row]
        elif 0 <= to < rows:
            lines[row], lines[to] = lines[to], lines[row]
    cells = {
        f"{prefix}-{at}-{name}": value
        for at, line in enumerate(lines)
        for name, value in zip(names, line, strict=True)
    }
    return {**typed, **cells}


def months_of(calendar: Calendar) -> list[str]:
    """The months of the implementation, "2026-11" to "2027-12"."""
    first = calendar.opens(Phase.IMPLEMENTATION).astimezone(TBILISI).date().replace(day=1)
    last = calendar.ends.astimezone(TBILISI).date()
    months, day = [], first
    while day <= last:
        months.append(f"{day:%Y-%m}")
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return months


def month_words(month: str, lang: str) -> str:
    """„2027 წლის მარტი“, "March 2027"."""
    year, _, number = month.partition("-")
    if not number.isdigit() or not 1 <= int(number) <= 12:
        return month
    if lang == "ka":
        return f"{year} წლის {MONTHS_KA[int(number) - 1]}"
    return f"{MONTHS_EN[int(number) - 1]} {year}"


def budget_table(budget: Sequence[Mapping[str, Any]], lang: str) -> list[dict[str, Any]]:
    """The lines as read: what, quantity with its unit, money in tetri, where the price is from, who pays a share."""
    return [
        {
            "what": line["what"],
            "quantity": format_quantity(line["quantity_milli"], lang),
            "unit": line["unit"],
            "price": line["price_tetri"],
            "sum": line["sum_tetri"],
            "source": line["source"],
            "share": line["share_tetri"],
            "by": line["share_by"],
            "running": line["running_tetri"],
        }
        for line in map(whole, budget)
    ]


def money_parts(budget: Sequence[Mapping[str, Any]], others: str) -> list[dict[str, Any]]:
    """Where the money goes, the largest first: {label, value tetri}; small lines together as ``others``."""
    lines = sorted(budget, key=lambda line: (-line["sum_tetri"], line["what"]))
    keep = len(lines) if len(lines) <= SHOWN_PARTS + 1 else SHOWN_PARTS
    parts = [{"label": line["what"], "value": line["sum_tetri"]} for line in lines[:keep]]
    if lines[keep:]:
        rest = sum(line["sum_tetri"] for line in lines[keep:])
        parts.append({"label": others, "value": rest, "rest": True})
    return parts
