"""Budget lines of a project; this file alone checks them and adds them up.

Pure. A line: {what, unit, quantity_milli, price_tetri, sum_tetri, source, share_tetri, share_by, running_tetri}.
Quantities are thousandths of a unit, all money tetri. ``sum_tetri`` is computed here; ``share_tetri`` is what
somebody else (``share_by``) pays of it, ``running_tetri`` what keeping it costs each year. Lines of early revisions
lack the last four: ``whole`` fills them in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pb.core.errors import Invalid, Problem, Problems
from pb.core.money import LARGEST_TETRI, line_total
from pb.ideas.content import clean_line

LINE_WORDS = 160
UNIT_WORDS = 40
SOURCE_WORDS = 200
BY_WORDS = 100
MAX_LINES = 60
LARGEST_MILLI = 10**9  # a million of anything

ADDED_LATER: Mapping[str, Any] = {"source": "", "share_tetri": 0, "share_by": "", "running_tetri": 0}

_BLANKS = re.compile(r"[\s\u00a0\u202f]")


class Totals(NamedTuple):
    """Tetri: everything, what others pay of it, what the contest's money is asked for, and a year's upkeep."""

    whole: int
    shares: int
    asked: int
    running: int


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


def whole(line: Mapping[str, Any]) -> dict[str, Any]:
    """The line with every part, also one of an early revision."""
    return {**ADDED_LATER, **line}


def checked_budget(given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The lines as they are stored; the sums are computed here and nowhere else.

    Rows in which nothing was typed are left out; a quantity that is not given is one, shares and upkeep are
    nothing. Raises Problems with the row's fields, "lines-<row>-what", "-price", "-share" and so on.
    """
    lines: list[dict[str, Any]] = []
    found: list[Problem] = []
    for row, one in enumerate(given):
        line = _cleaned(one)
        if not any(line.values()):
            continue
        milli = line["quantity_milli"] = (
            1000 if line["quantity_milli"] is None else int(line["quantity_milli"])
        )
        price = line["price_tetri"]
        line["price_tetri"], line["sum_tetri"] = price or 0, line_total(milli, price or 0)
        found.extend(_line_problems(row, line, price))
        lines.append(line)
    if len(lines) > MAX_LINES:
        found.append(Problem("too_many_rows", "lines", {"limit": MAX_LINES}))
    if not found and totals(lines).whole > LARGEST_TETRI:
        found.append(Problem("too_much_money", "lines"))
    if found:
        raise Problems(found)
    return lines


def _cleaned(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{name: clean_line(str(one.get(name) or "")) for name in ("what", "unit", "source", "share_by")},
        **{name: one.get(name) for name in ("quantity_milli", "price_tetri")},
        **{name: one.get(name) or 0 for name in ("share_tetri", "running_tetri")},
    }


def _line_problems(row: int, line: Mapping[str, Any], price: int | None) -> Iterable[Problem]:
    place, at = f"lines-{row}", {"row": row + 1}
    if not line["what"]:
        yield Problem("line_without_words", f"{place}-what", at)
    for name, limit in (
        ("what", LINE_WORDS),
        ("unit", UNIT_WORDS),
        ("source", SOURCE_WORDS),
        ("by", BY_WORDS),
    ):
        if len(line["share_by" if name == "by" else name]) > limit:
            yield Problem("too_long", f"{place}-{name}", {"limit": limit})
    if not 0 < line["quantity_milli"] <= LARGEST_MILLI:
        yield Problem("not_quantity", f"{place}-quantity")
    if price is None:
        yield Problem("line_without_price", f"{place}-price", at)
    elif not 0 <= price <= LARGEST_TETRI:
        yield Problem("too_much_money", f"{place}-price")
    if line["share_tetri"] > line["sum_tetri"] and price is not None:
        yield Problem("share_over_sum", f"{place}-share", {**at, "sum_tetri": line["sum_tetri"]})
    if line["share_tetri"] and not line["share_by"]:
        yield Problem("share_by_whom", f"{place}-by", at)
    if line["share_by"] and not line["share_tetri"]:
        yield Problem("share_how_much", f"{place}-share", at)
    if not 0 <= line["running_tetri"] <= LARGEST_TETRI:
        yield Problem("too_much_money", f"{place}-running")


def totals(budget: Sequence[Mapping[str, Any]]) -> Totals:
    """The sums of the lines."""
    lines = [whole(line) for line in budget]
    everything = sum(int(line["sum_tetri"]) for line in lines)
    shares = sum(int(line["share_tetri"]) for line in lines)
    running = sum(int(line["running_tetri"]) for line in lines)
    return Totals(everything, shares, everything - shares, running)


def cost_of(budget: Sequence[Mapping[str, Any]]) -> int:
    """What the project asks of the contest's money, in tetri."""
    return totals(budget).asked
