"""Rows of the budget and of the timeline between forms and commands, and how they are laid out for
templates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from wtforms import SelectField

from pb.core.georgian import MONTHS_EN, MONTHS_KA
from pb.core.money import line_total
from pb.core.phases import Calendar, Phase
from pb.core.whole import whole_number
from pb.core.workdays import TBILISI
from pb.projects.forms import BasedForm, budget_form, timeline_form
from pb.projects.models import ProjectRevision
from pb.projects.text import MAX_LINES, MAX_STEPS, format_quantity
from pb.web.forms import choices_of

FREE_ROWS = 8  # as many empty rows as a page offers
SHOWN_PARTS = 7  # of the picture of the money; the rest is drawn together


def wanted_rows(asked: str | None, filled: int, limit: int) -> int:
    """How many rows a page shows: as many as were asked for, at least the filled ones, at most the limit."""
    number = whole_number(asked) or 0
    return min(max(number, filled, FREE_ROWS), limit)


def more_rows(rows: int, limit: int) -> int:
    """The number of rows after „more rows“."""
    return min(rows + FREE_ROWS, limit)


def budget_form_for(revision: ProjectRevision, asked: str | None) -> tuple[BasedForm, int]:
    """The form with the lines as they are saved (or as they were typed), and its number of rows."""
    rows = wanted_rows(asked, len(revision.budget), MAX_LINES)
    saved: dict[str, Any] = {"base": revision.number, "rows": rows}
    for row, line in enumerate(revision.budget):
        saved[f"lines-{row}-what"] = line["what"]
        saved[f"lines-{row}-unit"] = line["unit"]
        saved[f"lines-{row}-quantity"] = line["quantity_milli"]
        saved[f"lines-{row}-price"] = line["price_tetri"]
    return budget_form(rows)(data=saved), rows


def typed_budget(form: BasedForm, rows: int) -> list[dict[str, Any]]:
    """The lines for the command, one for each row."""
    return [
        {
            "what": form[f"lines-{row}-what"].data or "",
            "unit": form[f"lines-{row}-unit"].data or "",
            "quantity_milli": form[f"lines-{row}-quantity"].data,
            "price_tetri": form[f"lines-{row}-price"].data,
        }
        for row in range(rows)
    ]


def line_sums(lines: Sequence[Mapping[str, Any]]) -> list[int | None]:
    """The sum of each typed line in tetri, None where something is missing."""
    return [
        line_total(1000 if line["quantity_milli"] is None else line["quantity_milli"], line["price_tetri"])
        if line["price_tetri"] is not None
        else None
        for line in lines
    ]


def timeline_form_for(
    revision: ProjectRevision, asked: str | None, calendar: Calendar, lang: str
) -> tuple[BasedForm, int]:
    """The same for the steps; months are those of the implementation, and any that is saved already."""
    rows = wanted_rows(asked, len(revision.timeline), MAX_STEPS)
    saved: dict[str, Any] = {"base": revision.number, "rows": rows}
    for row, step in enumerate(revision.timeline):
        saved[f"steps-{row}-month"], saved[f"steps-{row}-step"] = step["month"], step["step"]
    form = timeline_form(rows)(data=saved)
    months = sorted({*months_of(calendar), *(step["month"] for step in revision.timeline)})
    for row in range(rows):
        field = form[f"steps-{row}-month"]
        assert isinstance(field, SelectField)
        field.choices = choices_of([("", "–"), *((month, month_words(month, lang)) for month in months)])
    return form, rows


def typed_timeline(form: BasedForm, rows: int) -> list[dict[str, str]]:
    """The steps for the command, one for each row."""
    return [
        {"month": form[f"steps-{row}-month"].data or "", "step": form[f"steps-{row}-step"].data or ""}
        for row in range(rows)
    ]


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
    """The lines as read: what, quantity with its unit, price and sum in tetri."""
    return [
        {
            "what": line["what"],
            "quantity": format_quantity(line["quantity_milli"], lang),
            "unit": line["unit"],
            "price": line["price_tetri"],
            "sum": line["sum_tetri"],
        }
        for line in budget
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
