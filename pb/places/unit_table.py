"""A list of administrative units as people keep it in a spreadsheet: reading it, with every fault named
by its row.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pb.core.errors import Invalid, Problem, Problems
from pb.core.georgian import lower_mtavruli, slug
from pb.core.whole import whole_number
from pb.places.plan import SIDE

KINDS = ("town", "borough", "community", "village")
REQUIRED = ("slug", "unit_ka", "unit_en", "kind", "genitive_ka")
MAX_UNITS = 500
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class UnitRow:
    """One unit. ``villages``: words in both languages, as far as they are known."""

    slug: str
    kind: str
    name: dict[str, str]
    genitive_ka: str
    villages: tuple[dict[str, str], ...]
    plan_x: int | None = None  # on the schematic plan (pb.places.plan)
    plan_y: int | None = None


def decoded(raw: bytes) -> str:
    """The text of an uploaded file: UTF-8, with or without the mark Excel writes. Raises
    Invalid("not_utf8").
    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("not_utf8", field="units") from None


def read_units(text: str) -> tuple[UnitRow, ...]:
    """Rows in the order of the file. Raises Problems (field "units", every fault with its ``row``) or
    Invalid.

    Columns as in terjola_units.csv: slug (made from unit_en when empty), unit_ka, unit_en, kind,
    genitive_ka and,
    if there, villages_ka and villages_en with names parted by semicolons, and plan_x and plan_y (0 to 1000, from
    the upper left of the schematic plan). Comma or semicolon between columns.
    """
    reader = csv.DictReader(io.StringIO(text), delimiter=_delimiter(text))
    missing = [name for name in REQUIRED if name not in (reader.fieldnames or ())]
    if missing:
        raise Invalid("unit_columns_missing", field="units", columns=", ".join(missing))
    rows: list[UnitRow] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for number, raw in enumerate(reader, start=2):  # row 1 of the spreadsheet holds the headings
        cells = {
            key: lower_mtavruli((value or "").strip()) for key, value in raw.items() if isinstance(key, str)
        }
        if not any(cells.values()):
            continue
        row, found = _row(cells, number)
        if row.slug and row.slug in seen:
            found.append(
                Problem("unit_repeated", "units", {"row": number, "name": row.slug, "first": seen[row.slug]})
            )
        seen.setdefault(row.slug, number)
        problems += found
        rows.append(row)
    if not rows:
        raise Invalid("unit_file_empty", field="units")
    if len(rows) > MAX_UNITS:
        raise Invalid("unit_file_too_long", field="units", limit=MAX_UNITS)
    if problems:
        raise Problems(problems)
    return tuple(rows)


def _delimiter(text: str) -> str:
    heading = text.split("\n", 1)[0]
    return ";" if heading.count(";") > heading.count(",") else ","


def _row(cells: dict[str, str], number: int) -> tuple[UnitRow, list[Problem]]:
    names = {"ka": cells["unit_ka"], "en": cells["unit_en"]}
    address = cells["slug"] or slug(cells["unit_en"])
    row = UnitRow(address, cells["kind"], names, cells["genitive_ka"], tuple(_villages(cells)))
    faults = list(_faults(row, number))
    typed = [cells.get(name, "") for name in ("plan_x", "plan_y")]
    if any(typed):
        found = [whole_number(text) for text in typed]
        if any(n is None or n > SIDE for n in found):
            faults.append(Problem("unit_bad_plan", "units", {"row": number, "most": SIDE}))
        row = replace(row, plan_x=found[0], plan_y=found[1])
    return row, faults


def _faults(row: UnitRow, number: int) -> Iterator[Problem]:
    for column, value in (
        ("unit_ka", row.name["ka"]),
        ("unit_en", row.name["en"]),
        ("genitive_ka", row.genitive_ka),
    ):
        if not value:
            yield Problem("unit_cell_empty", "units", {"row": number, "column": column})
    if not _SLUG.fullmatch(row.slug):
        yield Problem("unit_bad_slug", "units", {"row": number, "name": row.slug})
    if row.kind not in KINDS:
        yield Problem("unit_bad_kind", "units", {"row": number, "name": row.kind, "kinds": ", ".join(KINDS)})


def _villages(cells: dict[str, str]) -> Iterator[dict[str, str]]:
    georgian, english = (
        [part.strip() for part in cells.get(f"villages_{lang}", "").split(";") if part.strip()]
        for lang in ("ka", "en")
    )
    for index, name in enumerate(georgian):
        yield {"ka": name, "en": english[index] if index < len(english) else ""}
