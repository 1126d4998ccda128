"""Reading a town's list of voters from CSV or XLSX, row by row; this file alone knows the two forms. Stores nothing."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, BinaryIO

from pb.core.errors import Invalid

NEEDED = ("personal_number", "birth_date", "unit", "mobile")
# What the columns may be called; names of people are never read.
HEADINGS = {
    "personal_number": ("personal_number", "პირადი ნომერი"),
    "birth_date": ("birth_date", "დაბადების თარიღი"),
    "unit": ("unit", "ადმინისტრაციული ერთეული"),
    "mobile": ("mobile", "მობილური ტელეფონის ნომერი", "მობილური"),
}
_ZIP = b"PK\x03\x04"
# What a workbook may unpack to: some 250 000 rows. It is held in memory as a whole, which CSV never is.
MOST_UNPACKED = 120 * 1024 * 1024
Row = tuple[int, dict[str, str] | None]


def read_rows(source: BinaryIO, headings: dict[str, tuple[str, ...]] = HEADINGS) -> Iterator[Row]:
    """(row number as a spreadsheet shows it, the needed cells or None for a row of another length).

    All of ``headings`` must be there. Raises Invalid on the field ``file``: roll_not_text, roll_not_csv,
    roll_not_xlsx, roll_xlsx_large, roll_columns (``columns`` missing).
    """
    source.seek(0)
    begins = source.read(4)
    source.seek(0)
    yield from (_xlsx if begins == _ZIP else _csv)(source, headings)


def _csv(source: BinaryIO, headings: dict[str, tuple[str, ...]]) -> Iterator[Row]:
    text = io.TextIOWrapper(source, encoding="utf-8-sig", newline="")
    try:
        head = text.readline()
        delimiter = ";" if head.count(";") > head.count(",") else ","
        columns = next(csv.reader([head], delimiter=delimiter), [])
        yield from _rows(columns, csv.reader(text, delimiter=delimiter), headings)
    except UnicodeDecodeError:
        raise Invalid("roll_not_text", field="file") from None
    except csv.Error:
        raise Invalid("roll_not_csv", field="file") from None
    finally:
        text.detach()  # the file stays open: whoever gave it reads it again or closes it


def _xlsx(source: BinaryIO, headings: dict[str, tuple[str, ...]]) -> Iterator[Row]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with zipfile.ZipFile(source) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise Invalid("roll_xlsx_large", field="file")
        source.seek(0)
        sheet = CalamineWorkbook.from_filelike(source).get_sheet_by_index(0)
        rows = sheet.iter_rows()
        first = (sheet.start or (0, 0))[0]
        head = [_cell(value) for value in next(rows, [])]
    except (CalamineError, zipfile.BadZipFile, ValueError, IndexError, OSError):
        raise Invalid("roll_not_xlsx", field="file") from None
    yield from _rows(head, ([_cell(value) for value in row] for row in rows), headings, first + 2)


def _cell(value: Any) -> str:
    """A cell as it would stand in CSV. A number keeps no leading zero: the check says so."""
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _rows(
    columns: list[str], rows: Iterable[list[str]], headings: dict[str, tuple[str, ...]], first: int = 2
) -> Iterator[Row]:
    names = [" ".join(name.split()).casefold() for name in columns]
    places = {}
    for wanted, spellings in headings.items():
        place = next((names.index(s) for s in spellings if s in names), None)
        if place is not None:
            places[wanted] = place
    missing = [name for name in headings if name not in places]
    if missing:
        raise Invalid("roll_columns", field="file", columns=", ".join(missing))
    for number, cells in enumerate(rows, start=first):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            yield number, None
        else:
            yield number, {name: cells[place].strip() for name, place in places.items()}
