"""What a project's text may hold; this file alone checks fields, steps and budget lines, and fingerprints
them.

Pure: plain values in, plain values out. Quantities are thousandths of a unit, prices and sums tetri.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pb.core.canonical import canonical_json
from pb.core.errors import Invalid, Problem, Problems
from pb.core.money import LARGEST_TETRI, line_total
from pb.ideas.content import clean_line, clean_text

# Characters. The order is that of the page.
FIELD_LIMITS: Mapping[str, int] = {
    "title": 80,
    "problem": 2000,
    "what": 3000,
    "beneficiaries": 1000,
    "upkeep": 1000,
}
# On which of the author's pages each part stands.
FIELD_PAGES: Mapping[str, str] = {
    "title": "text", "problem": "text", "what": "text", "beneficiaries": "text",
    "budget": "budget", "timeline": "timeline", "upkeep": "upkeep",
}  # fmt: skip
LINE_WORDS = 160
UNIT_WORDS = 40
STEP_WORDS = 300
REASON_LIMIT = 500  # of an author's own reason to withdraw
MAX_LINES = 60
MAX_STEPS = 40
LARGEST_MILLI = 10**9  # a million of anything

_BLANKS = re.compile(r"[\s\u00a0\u202f]")
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


def parse_quantity(text: str) -> int:
    """Thousandths from what a person typed: "14.5", "2,4", "1 050", "1,500" (a thousand and a half).

    Commas between groups of three stand for thousands, as the page's own sums read them. More than nothing,
    at most a million. Raises Invalid("not_quantity").
    """
    plain = _BLANKS.sub("", text)
    if re.fullmatch(r"[1-9]\d{0,2}(,\d{3})+(\.\d{1,3})?", plain):
        plain = plain.replace(",", "")
    match = re.fullmatch(r"([0-9]{1,9})(?:[.,]([0-9]{0,3}))?", plain)
    milli = int(match[1]) * 1000 + int((match[2] or "").ljust(3, "0")) if match else 0
    if not 0 < milli <= LARGEST_MILLI:
        raise Invalid("not_quantity")
    return milli


def format_quantity(milli: int, lang: str) -> str:
    """The number as people write it: "14,5" in Georgian, "14.5" in English."""
    whole, rest = divmod(milli, 1000)
    decimals = f"{rest:03}".rstrip("0")
    return f"{whole}{',' if lang == 'ka' else '.'}{decimals}" if decimals else str(whole)


def checked_fields(given: Mapping[str, str]) -> dict[str, str]:
    """The given fields with plain line ends, no blanks around and no signs that turn a line around on the
    ballot. Raises Problems("too_long"), ValueError for a field that a project does not have.
    """
    fields = {
        name: clean_line(value) if name == "title" else clean_text(value) for name, value in given.items()
    }
    if unknown := fields.keys() - FIELD_LIMITS.keys():
        raise ValueError(f"a project has no field {sorted(unknown)}")
    found = [
        Problem("too_long", name, {"limit": FIELD_LIMITS[name]})
        for name, value in fields.items()
        if len(value) > FIELD_LIMITS[name]
    ]
    if found:
        raise Problems(found)
    return fields


def checked_timeline(given: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Steps {month "2027-03", step} in the order of their months; empty rows are left out.

    Raises Problems with the row's fields, "steps-<row>-month" and "steps-<row>-step".
    """
    steps: list[dict[str, str]] = []
    found: list[Problem] = []
    for row, one in enumerate(given):
        month, step = str(one.get("month") or "").strip(), clean_line(str(one.get("step") or ""))
        if not (month or step):
            continue
        if not month:
            found.append(Problem("step_without_month", f"steps-{row}-month", {"row": row + 1}))
        elif not _MONTH.fullmatch(month):
            found.append(Problem("not_a_month", f"steps-{row}-month", {"row": row + 1}))
        if not step:
            found.append(Problem("step_without_words", f"steps-{row}-step", {"row": row + 1}))
        elif len(step) > STEP_WORDS:
            found.append(Problem("too_long", f"steps-{row}-step", {"limit": STEP_WORDS}))
        steps.append({"month": month, "step": step})
    if len(steps) > MAX_STEPS:
        found.append(Problem("too_many_rows", "steps", {"limit": MAX_STEPS}))
    if found:
        raise Problems(found)
    return sorted(steps, key=lambda step: step["month"])


def checked_budget(given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Lines {what, unit, quantity_milli, price_tetri, sum_tetri}; the sums are computed here and nowhere
    else.

    Rows without words and without a price are left out; a quantity that is not given is one. Raises Problems
    with the row's fields, "lines-<row>-what" and so on.
    """
    lines: list[dict[str, Any]] = []
    found: list[Problem] = []
    for row, one in enumerate(given):
        what, unit = clean_line(str(one.get("what") or "")), clean_line(str(one.get("unit") or ""))
        price, quantity = one.get("price_tetri"), one.get("quantity_milli")
        if not what and price is None and quantity is None:
            continue
        quantity = 1000 if quantity is None else int(quantity)
        found.extend(_line_problems(row, what, unit, quantity, price))
        lines.append(
            {
                "what": what,
                "unit": unit,
                "quantity_milli": quantity,
                "price_tetri": price or 0,
                "sum_tetri": line_total(quantity, price or 0),
            }
        )
    if len(lines) > MAX_LINES:
        found.append(Problem("too_many_rows", "lines", {"limit": MAX_LINES}))
    if not found and cost_of(lines) > LARGEST_TETRI:
        found.append(Problem("too_much_money", "lines"))
    if found:
        raise Problems(found)
    return lines


def _line_problems(row: int, what: str, unit: str, quantity: int, price: Any) -> Iterable[Problem]:
    place = f"lines-{row}"
    if not what:
        yield Problem("line_without_words", f"{place}-what", {"row": row + 1})
    elif len(what) > LINE_WORDS:
        yield Problem("too_long", f"{place}-what", {"limit": LINE_WORDS})
    if len(unit) > UNIT_WORDS:
        yield Problem("too_long", f"{place}-unit", {"limit": UNIT_WORDS})
    if not 0 < quantity <= LARGEST_MILLI:
        yield Problem("not_quantity", f"{place}-quantity")
    if price is None:
        yield Problem("line_without_price", f"{place}-price", {"row": row + 1})
    elif not 0 <= price <= LARGEST_TETRI:
        yield Problem("too_much_money", f"{place}-price")


def cost_of(budget: Sequence[Mapping[str, Any]]) -> int:
    """The sum of all lines, in tetri."""
    return sum(int(line["sum_tetri"]) for line in budget)


def fingerprint(fields: Mapping[str, str], timeline: Sequence[Any], budget: Sequence[Any]) -> str:
    """SHA-256, in hex, of the text's canonical JSON."""
    document = {"fields": dict(fields), "timeline": list(timeline), "budget": list(budget)}
    return hashlib.sha256(canonical_json(document)).hexdigest()


def missing_parts(
    fields: Mapping[str, str], timeline: Sequence[Any], budget: Sequence[Any], *, cap: int, floor: int
) -> tuple[Problem, ...]:
    """What still keeps the text from being handed in. ``cap`` and ``floor`` are tetri, 0 for none.

    ``field`` names the part of the text: a field, "timeline" or "budget".
    """
    found = [Problem(f"{name}_missing", name) for name in FIELD_LIMITS if not fields.get(name)]
    if not timeline:
        found.append(Problem("timeline_missing", "timeline"))
    cost = cost_of(budget)
    if cost == 0:
        found.append(Problem("budget_missing", "budget"))
    elif cap and cost > cap:
        found.append(
            Problem("over_cap", "budget", {"cap_tetri": cap, "cost_tetri": cost, "over_tetri": cost - cap})
        )
    elif cost < floor:
        found.append(Problem("under_floor", "budget", {"floor_tetri": floor, "cost_tetri": cost}))
    return tuple(found)
