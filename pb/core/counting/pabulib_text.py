"""The text of a Pabulib file (.pb): sections, rows, quotes and comments, in and out, no meaning."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pb.core.counting.decimals import shorten
from pb.core.errors import Invalid

SECTIONS = ("META", "PROJECTS", "VOTES")
MAX_CELL = 131_072
MAX_COLUMNS = 1_000
# An election of a million voters has a tenth of this. Beyond it, a file of nothing but separators would
# take gigabytes of memory before anything in it could be found wrong.
MAX_LINES = 3_000_000
MAX_CELLS = 30_000_000
_BOM = "\ufeff"


@dataclass(slots=True)
class Section:
    """One part of the file: header, rows of equal length and the line on which each row starts (from 1)."""

    name: str
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    #: (how many rows of the section, its header counted, stand before the comment, the whole line)
    comments: list[tuple[int, str]] = field(default_factory=list)
    line: int = 0

    def column(self, name: str) -> int | None:
        """Position of a column, or None."""
        return self.columns.index(name) if name in self.columns else None

    def require(self, name: str) -> int:
        """Position of a column that has to be there; Invalid ``missing_column`` otherwise."""
        position = self.column(name)
        if position is None:
            found = shorten(";".join(self.columns))
            raise fault("missing_column", self.name, self.line + 1, expected=f"a column {name}", found=found)
        return position


@dataclass(slots=True)
class Document:
    """A whole file: its sections in their order, what stood before the first, and how its lines end."""

    sections: dict[str, Section] = field(default_factory=dict)
    preamble: list[str] = field(default_factory=list)
    newline: str = "\n"
    bom: bool = False
    final_newline: bool = True


def fault(code: str, section: str, line: int, *, expected: str, found: str) -> Invalid:
    """The one shape of an error in a file: section, line (from 1), what was expected, what stood there."""
    return Invalid(code, section=section, line=line, expected=expected, found=shorten(found))


def placed(error: Invalid, section: str, line: int) -> Invalid:
    """An error of the engine with the place in the file that caused it."""
    return Invalid(error.code, section=section, line=line, **error.params)


def parse(data: bytes) -> Document:
    """Split a file into sections and rows. Raises Invalid (see ``fault``), never anything else."""
    document = Document()
    lines = lines_of(data, document)
    section: Section | None = None
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if not line or line.isspace():
            continue
        if line[0] == "#":
            if section is None:
                document.preamble.append(line)
            else:
                section.comments.append((len(section.rows) + bool(section.columns), line))
            continue
        title = line.rstrip("; \t")
        if not title:
            # Nothing but separators: how spreadsheets write an empty line.
            continue
        if title in SECTIONS:
            section = _begin(document, title, number)
            continue
        if section is None:
            raise fault("no_section", "META", number, expected="a line META", found=line)
        if '"' in line:
            cells, used = quoted(lines, number, section.name)
        elif len(line) > MAX_CELL:
            raise fault("too_long", section.name, number, expected="shorter lines", found=line)
        else:
            cells, used = line.split(";"), 1
        _add(section, cells, number)
        number += used - 1
    for name in SECTIONS:
        if name not in document.sections:
            raise fault(
                "missing_section", name, len(lines), expected=f"a section {name}", found="end of file"
            )
        if not document.sections[name].columns:
            raise fault(
                "missing_header", name, len(lines), expected="a line of column names", found="end of file"
            )
    return document


def lines_of(data: bytes, document: Document) -> list[str]:
    """The lines of a file without their ends; how they end is noted in ``document``."""
    text = _decode(data)
    document.bom = text.startswith(_BOM)
    text = text[1:] if document.bom else text
    document.newline = "\r\n" if "\r\n" in text else "\n"
    if "\r" in text:
        text = text.replace("\r\n", "\n") if "\n" in text else text.replace("\r", "\n")
    document.final_newline = text.endswith("\n")
    bounds = (("\n", MAX_LINES, "lines"), (";", MAX_CELLS, "cells"), (",", MAX_CELLS, "parts of cells"))
    for mark, most, what in bounds:
        there = text.count(mark)
        if there > most:
            raise fault("too_large", "META", 1, expected=f"at most {most} {what}", found=f"{there} {what}")
    return text.split("\n")


def _decode(data: bytes) -> str:
    position = data.find(b"\0")
    if position >= 0 and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        section, line = _whereabouts(data, position)
        raise fault("nul_character", section, line, expected="text without NUL characters", found="NUL")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        section, line = _whereabouts(data, error.start)
        found = data[error.start : error.start + 1].hex()
        raise fault("bad_encoding", section, line, expected="UTF-8 text", found=f"byte {found}") from None


def _whereabouts(data: bytes, position: int) -> tuple[str, int]:
    """Section and line of a byte of a file that cannot be read as text."""
    before = data[:position].replace(b"\r\n", b"\n")
    section = "META"
    for line in before.split(b"\n")[:-1]:
        name = line.rstrip(b"; \t\r")
        if name in (b"META", b"PROJECTS", b"VOTES"):
            section = name.decode("ascii")
    return section, before.count(b"\n") + 1


def _begin(document: Document, name: str, line: int) -> Section:
    if name in document.sections:
        raise fault("duplicate_section", name, line, expected=f"one section {name}", found="a second one")
    section = document.sections[name] = Section(name, line=line)
    return section


def quoted(lines: list[str], number: int, section: str, separator: str = ";") -> tuple[list[str], int]:
    """The row that starts on line ``number`` and its number of lines (a quoted cell may hold line ends)."""
    reader = csv.reader(_from(lines, number - 1), delimiter=separator, strict=True)
    try:
        return next(reader), reader.line_num
    except csv.Error as error:
        code = "too_long" if "limit" in str(error) else "broken_quotes"
        expected = "shorter cells" if code == "too_long" else 'quotes that end, doubled inside ("")'
        raise fault(code, section, number, expected=expected, found=lines[number - 1]) from None


def _from(lines: list[str], start: int) -> Iterator[str]:
    for position in range(start, len(lines)):
        yield lines[position] + "\n"


def _add(section: Section, cells: list[str], line: int) -> None:
    """Take a row into its section; the first one is the header."""
    if not section.columns:
        names = [cell.strip() for cell in cells]
        while names and not names[-1]:
            names.pop()
        if len(names) < 2 or "" in names or len(set(names)) != len(names) or len(names) > MAX_COLUMNS:
            expected = f"2 to {MAX_COLUMNS} different column names"
            raise fault("bad_header", section.name, line, expected=expected, found=";".join(names[:20]))
        section.columns = names
        return
    wide = len(section.columns)
    if len(cells) > wide and section.name == "META":
        # A free text with a semicolon that nobody quoted: META has but two columns, so nothing is ambiguous.
        while not cells[-1] and len(cells) > wide:
            cells.pop()
        cells = [*cells[: wide - 1], ";".join(cells[wide - 1 :])]
    elif len(cells) > wide and not any(cells[wide:]):
        # Spreadsheets pad all rows to the widest one.
        cells = cells[:wide]
    if len(cells) != wide:
        raise fault("wrong_cells", section.name, line, expected=f"{wide} cells", found=f"{len(cells)} cells")
    section.rows.append(cells)
    section.lines.append(line)


def render(document: Document) -> bytes:
    """The file again: same cells, comments, order of sections, line ends and byte order mark."""
    lines = list(document.preamble)
    for section in document.sections.values():
        lines.append(section.name)
        comments = iter([*section.comments, (-1, "")])
        due, comment = next(comments)
        for position, row in enumerate([section.columns, *section.rows]):
            while due == position:
                lines.append(comment)
                due, comment = next(comments)
            lines.append(_line(row))
        while due > len(section.rows):
            lines.append(comment)
            due, comment = next(comments)
    text = document.newline.join(lines) + (document.newline if document.final_newline else "")
    return ((_BOM if document.bom else "") + text).encode("utf-8")


def _line(cells: Sequence[str]) -> str:
    joined = ";".join(cells)
    if (
        '"' not in joined
        and "\n" not in joined
        and "\r" not in joined
        and joined.count(";") == len(cells) - 1
        and joined[:1] != "#"
        and cells[0].rstrip() not in SECTIONS
    ):
        return joined
    return ";".join([_cell(cell, first=position == 0) for position, cell in enumerate(cells)])


def _cell(cell: str, *, first: bool) -> str:
    special = any(c in cell for c in ';"\n\r') or (first and (cell[:1] == "#" or cell.rstrip() in SECTIONS))
    return '"' + cell.replace('"', '""') + '"' if special else cell
