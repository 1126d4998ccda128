"""Tables as files that a spreadsheet opens: XLSX with typed cells, CSV for whoever prefers it. Pure but for openpyxl.

A text is a text: what begins with = + - @ or a tab is never a formula, in neither form.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Cell = str | int | Decimal | date | None
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
# XML 1.0 has no place for these.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
MOST_CELL = 32_000  # characters: a cell holds 32 767
_FORMATS = {Decimal: "#,##0.00", date: "DD.MM.YYYY"}


@dataclass(frozen=True)
class Table:
    """A table to be taken away: a title (of the sheet), headings, and rows of as many cells."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def lari(tetri: int | None) -> Decimal | None:
    """A sum in tetri as a number of lari with two places."""
    return None if tetri is None else Decimal(tetri) / 100


def xlsx(table: Table) -> bytes:
    """A workbook of one sheet: texts as texts, numbers as numbers, days as days; the first row stays in sight."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", table.title)[:31])
    sheet.freeze_panes = "A2"
    for i, heading in enumerate(table.headings):
        longest = max((len(str(row[i])) for row in table.rows if row[i] is not None), default=0)
        sheet.column_dimensions[get_column_letter(i + 1)].width = min(60, max(len(heading), longest) + 2)
    sheet.append([_heading(sheet, heading) for heading in table.headings])
    for row in table.rows:
        sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _heading(sheet: object, text: str) -> WriteOnlyCell:
    cell = _cell(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: object, value: Cell) -> WriteOnlyCell:
    if isinstance(value, str) and not value:
        value = None
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, value=_CONTROL.sub("", value)[:MOST_CELL] or " ")
        cell.data_type = "s"  # openpyxl would take „=…“ for a formula
        return cell
    cell = WriteOnlyCell(sheet, value=value)
    for kind, form in _FORMATS.items():
        if isinstance(value, kind):
            cell.number_format = form
    return cell


def comma_separated(table: Table, delimiter: str = ";") -> bytes:
    """UTF-8 with the mark by which Excel knows it. With ``;`` sums have a decimal comma, with ``,`` a point."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow([_plain(heading, delimiter) for heading in table.headings])
    writer.writerows([_plain(value, delimiter) for value in row] for row in table.rows)
    return ("\ufeff" + out.getvalue()).encode()


def _plain(value: Cell, delimiter: str) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        text = f"{value:.2f}"
        return text.replace(".", ",") if delimiter == ";" else text
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    text = _CONTROL.sub("", value)
    return f"'{text}" if text.startswith(_DANGEROUS) else text
