"""Ideas that came on paper, typed into a spreadsheet (XLSX or CSV): the rows, and what is wrong with each.

Stores nothing. The columns are explained on the page of the import and in docs/operator.md.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pb.core.errors import Invalid, Problem
from pb.core.georgian import search_fold
from pb.core.money import parse_lari
from pb.core.whole import whole_number
from pb.cycles.queries import Here
from pb.ideas import content
from pb.ideas.content import Person
from pb.places.models import Unit

# What a column may be called. The first name is the one of the form to download.
HEADINGS: dict[str, tuple[str, ...]] = {
    "first_name": ("სახელი", "first_name"),
    "surname": ("გვარი", "surname"),
    "age": ("ასაკი", "age"),
    "home_unit": ("ავტორის ადმინისტრაციული ერთეული", "home_unit"),
    "home_village": ("ავტორის სოფელი", "home_village"),
    "guardian": ("მშობელი ან მეურვე", "guardian"),
    "title": ("დასახელება", "title"),
    "problem": ("პრობლემა", "problem"),
    "solution": ("გადაწყვეტა", "solution"),
    "unit": ("ადმინისტრაციული ერთეული", "unit"),
    "village": ("სოფელი", "village"),
    "place": ("ადგილი", "place"),
    "beneficiaries": ("ვის წაადგება", "beneficiaries"),
    "category": ("კატეგორია", "category"),
    "cost": ("სავარაუდო ღირებულება, ლარი", "cost"),
    "slip": ("ხელმოწერილი ფურცლის ნომერი", "slip"),
}
NEEDED = (
    "first_name",
    "surname",
    "age",
    "home_unit",
    "title",
    "problem",
    "solution",
    "unit",
    "category",
    "slip",
)
MOST_BYTES = 3 * 1024 * 1024
MOST_UNPACKED = 40 * 1024 * 1024
MOST_ROWS = 300
MOST_CELL = 4000
_ZIP = b"PK\x03\x04"
# The column of a fault that content.py finds in a field of another name.
_COLUMN = {"unit_id": "unit", "cost_tetri": "cost", "age_band": "age"}


@dataclass(frozen=True)
class Line:
    """One row: ``number`` as the spreadsheet shows it, what it says, and what is wrong with it (by column)."""

    number: int
    person: Person
    fields: dict[str, Any]
    slip: str
    problems: tuple[Problem, ...]


def read_lines(raw: bytes, here: Here, units: list[Unit]) -> list[Line]:
    """All rows that are not empty. Raises Invalid on ``file``: table_large, table_unreadable, table_not_text,
    table_columns (``columns`` missing), table_empty, table_rows (``most``).
    """
    if len(raw) > MOST_BYTES:
        raise Invalid("table_large", field="file", most=MOST_BYTES // (1024 * 1024))
    rows = _xlsx(raw) if raw.startswith(_ZIP) else _csv(raw)
    columns = _columns(next(rows, []))
    lines = []
    for number, cells in enumerate(rows, 2):
        known = {name: cells[i].strip() if i < len(cells) else "" for name, i in columns.items()}
        if any(known.values()):
            lines.append(_line(number, known, here, units))
        if len(lines) > MOST_ROWS:
            raise Invalid("table_rows", field="file", most=MOST_ROWS)
    if not lines:
        raise Invalid("table_empty", field="file")
    return lines


def _columns(head: list[str]) -> dict[str, int]:
    named = {search_fold(cell.strip()): i for i, cell in reversed(list(enumerate(head)))}
    found = {}
    for name, headings in HEADINGS.items():
        at = next((named[search_fold(h)] for h in headings if search_fold(h) in named), None)
        if at is not None:
            found[name] = at
    if missing := [HEADINGS[name][0] for name in NEEDED if name not in found]:
        raise Invalid("table_columns", field="file", columns=", ".join(missing))
    return found


def _csv(raw: bytes) -> Iterator[list[str]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("table_not_text", field="file") from None
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error:
        raise Invalid("table_unreadable", field="file") from None


def _xlsx(raw: bytes) -> Iterator[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise Invalid("table_large", field="file", most=MOST_BYTES // (1024 * 1024))
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except Invalid:
        raise
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError, IndexError):
        raise Invalid("table_unreadable", field="file") from None
    for row in rows:
        yield [_cell(cell) for cell in row]


def _cell(cell: object) -> str:
    """A number without the „.0“ that spreadsheets put behind whole ones."""
    text = str(cell)
    return text.removesuffix(".0") if not isinstance(cell, str) else text


def _line(number: int, known: dict[str, str], here: Here, units: list[Unit]) -> Line:
    found: list[Problem] = []

    def said(name: str) -> str:
        text = known.get(name, "")
        if len(text) > MOST_CELL:
            found.append(Problem("too_long", name, {"limit": MOST_CELL}))
            return ""
        return text

    person = content.clean_person(
        Person(
            first_name=said("first_name"),
            surname=said("surname"),
            age_band=_band(said("age"), here),
            unit_id=_unit(said("home_unit"), units),
            village=said("home_village"),
            guardian=said("guardian"),
        )
    )
    fields = content.clean_fields(
        {
            **{
                name: said(name)
                for name in ("title", "problem", "solution", "village", "place", "beneficiaries")
            },
            "unit_id": _unit(said("unit"), units),
            "category": _category(said("category"), here),
            "cost_tetri": _cost(said("cost"), found),
        }
    )
    slip = content.clean_line(said("slip"))
    if not slip:
        found.append(Problem("slip_needed", "slip"))
    ids = {unit.id for unit in units}
    if known.get("home_unit") and person.unit_id is None:
        found.append(Problem("unknown_unit", "home_unit"))
    if known.get("unit") and fields["unit_id"] is None:
        found.append(Problem("unknown_unit", "unit"))
    if known.get("category") and not fields["category"]:
        found.append(Problem("unknown_category", "category"))
    for problem in content.person_problems(person, here.rules, ids):
        found.append(_at(problem, {"unit_id": "home_unit", "village": "home_village"}))
    for problem in content.field_problems(fields, here.rules, ids, required=content.REQUIRED):
        found.append(_at(problem, {}))
    once = {problem.field: problem for problem in reversed(found)}  # the first of each column
    return Line(
        number, person, fields, slip, tuple(once[name] for name in dict.fromkeys(p.field for p in found))
    )


def _at(problem: Problem, others: dict[str, str]) -> Problem:
    name = problem.field or ""
    return Problem(problem.code, others.get(name) or _COLUMN.get(name, name), problem.params)


def _band(typed: str, here: Here) -> str:
    """The band of an age („34“), or a band as it is („30-44“, „60-“)."""
    bands = content.age_bands(here.rules.min_age_idea)
    plain = typed.replace("–", "-").replace(" ", "")
    if plain in bands:
        return plain
    age = whole_number(plain)
    if age is None or age > 130:
        return ""
    return next((band for band in reversed(bands) if age >= content.youngest_in(band)), "")


def _unit(typed: str, units: list[Unit]) -> int | None:
    folded = search_fold(typed)
    return next(
        (
            u.id
            for u in units
            if typed and folded in {search_fold(u.slug), *map(search_fold, u.name.values())}
        ),
        None,
    )


def _category(typed: str, here: Here) -> str:
    folded = search_fold(typed)
    return next(
        (
            c.id
            for c in here.rules.categories
            if typed and folded in {search_fold(c.id), *map(search_fold, dict(c.name).values())}
        ),
        "",
    )


def _cost(typed: str, found: list[Problem]) -> int | None:
    if not typed:
        return None
    try:
        return parse_lari(typed)
    except Invalid as error:
        found.append(Problem(error.code, "cost", error.params))
        return None
