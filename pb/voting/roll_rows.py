"""Reading a town's list of voters from CSV, row by row; this file alone says which rows are good. Stores
nothing.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, BinaryIO

from pb.core.errors import Invalid
from pb.core.georgian import normal_mobile, normal_personal_number, search_fold

OLDEST = 110  # years; whoever is older on paper is a slip of the pen, or a record that was not closed
LISTED = 300  # rows named in a report; all are counted
NEEDED = ("personal_number", "birth_date", "unit", "mobile")
# What the columns may be called; names of people are never read.
_HEADINGS = {
    "personal_number": ("personal_number", "პირადი ნომერი"),
    "birth_date": ("birth_date", "დაბადების თარიღი"),
    "unit": ("unit", "ადმინისტრაციული ერთეული"),
    "mobile": ("mobile", "მობილური ტელეფონის ნომერი", "მობილური"),
}
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_GEORGIAN = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")
_KINDS = re.compile(r"^(kalaki?|daba|sopeli|temi) | (kalaki?|daba|sopeli|temi)$| \(town\)$")


@dataclass(frozen=True)
class Voter:
    """A good row. ``mobile`` is "+9955XXXXXXXX" or ""; the personal number is forgotten after hashing."""

    row: int
    personal_number: str
    unit_id: int
    mobile: str


@dataclass
class Report:
    """What a reading found: counts by reason, and the first LISTED rows with theirs. No personal data."""

    rows: int = 0
    accepted: int = 0
    with_phone: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    warned: Counter[str] = field(default_factory=Counter)
    listed: list[tuple[int, str]] = field(default_factory=list)

    def refuse(self, row: int, reason: str) -> None:
        """The row is left out."""
        self.refused[reason] += 1
        self._list(row, reason)

    def warn(self, row: int, reason: str) -> None:
        """The row is kept, without what was wrong in it."""
        self.warned[reason] += 1
        self._list(row, reason)

    def _list(self, row: int, reason: str) -> None:
        if len(self.listed) < LISTED:
            self.listed.append((row, reason))

    def to_json(self) -> dict[str, Any]:
        """As stored with the roll."""
        return {
            "rows": self.rows,
            "accepted": self.accepted,
            "with_phone": self.with_phone,
            "refused": dict(self.refused),
            "warned": dict(self.warned),
            "listed": [list(item) for item in self.listed],
        }


def unit_names(units: Mapping[int, tuple[str, Mapping[str, str]]]) -> dict[str, int]:
    """Every way in which a list may name a unit, folded; units as {id: (slug, name in words)}."""
    names: dict[str, int] = {}
    for unit_id, (slug, words) in units.items():
        for name in (slug, *words.values()):
            names[search_fold(name)] = unit_id
    # „ქალაქი თერჯოლა“ is „თერჯოლა“ too, unless two units would share that name.
    bare = [
        (_bare(search_fold(name)), unit_id)
        for unit_id, (_, words) in units.items()
        for name in words.values()
    ]
    for name, unit_id in bare:
        if all(other == unit_id for same, other in bare if same == name):
            names.setdefault(name, unit_id)
    return names


def _bare(folded: str) -> str:
    return _KINDS.sub("", folded)


def read_rows(source: BinaryIO) -> Iterator[tuple[int, dict[str, str] | None]]:
    """(row number as a spreadsheet shows it, the needed cells or None for a row of another length).

    Raises Invalid on the field ``file``: roll_not_text, roll_not_csv, roll_columns (``columns`` missing).
    """
    source.seek(0)
    text = io.TextIOWrapper(source, encoding="utf-8-sig", newline="")
    try:
        yield from _rows(text)
    except UnicodeDecodeError:
        raise Invalid("roll_not_text", field="file") from None
    except csv.Error:
        raise Invalid("roll_not_csv", field="file") from None
    finally:
        text.detach()  # the file stays open: a command that is run again reads it again


def _rows(text: io.TextIOWrapper) -> Iterator[tuple[int, dict[str, str] | None]]:
    head = text.readline()
    delimiter = ";" if head.count(";") > head.count(",") else ","
    columns = [
        " ".join(name.split()).casefold() for name in next(csv.reader([head], delimiter=delimiter), [])
    ]
    places = {}
    for wanted, spellings in _HEADINGS.items():
        place = next((columns.index(s) for s in spellings if s in columns), None)
        if place is not None:
            places[wanted] = place
    missing = [name for name in NEEDED if name not in places]
    if missing:
        raise Invalid("roll_columns", field="file", columns=", ".join(missing))
    for number, cells in enumerate(csv.reader(text, delimiter=delimiter), start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(columns):
            yield number, None
        else:
            yield number, {name: cells[place].strip() for name, place in places.items()}


class Checker:
    """Checks rows one after another. ``voting_day``: the first day of the vote, on which age counts."""

    def __init__(self, *, units: Mapping[str, int], voting_day: date, min_age: int) -> None:
        self.units = units
        self.youngest = _years_before(voting_day, min_age)
        self.too_old = _years_before(voting_day, OLDEST + 1)
        self.voting_day = voting_day
        self.report = Report()

    def check(self, number: int, cells: Mapping[str, str] | None) -> Voter | None:
        """The row as a voter, or None when it is refused; the report is kept in ``report``.

        Whether a number stands twice is the caller's to see (it alone has the hashes).
        """
        self.report.rows += 1
        if cells is None:
            return self._refuse(number, "roll_wrong_length")
        try:
            personal_number = normal_personal_number(cells["personal_number"])
        except Invalid:
            return self._refuse(number, "roll_bad_number")
        born = read_date(cells["birth_date"])
        if born is None or born > self.voting_day:
            return self._refuse(number, "roll_bad_date")
        if born > self.youngest:
            return self._refuse(number, "roll_under_age")
        if born <= self.too_old:
            return self._refuse(number, "roll_too_old")
        folded = search_fold(cells["unit"])
        unit_id = self.units.get(folded) or self.units.get(_bare(folded))
        if unit_id is None:
            return self._refuse(number, "roll_unknown_unit")
        return Voter(number, personal_number, unit_id, self._mobile(number, cells["mobile"]))

    def accept(self, voter: Voter) -> None:
        """Count a row that is kept."""
        self.report.accepted += 1
        self.report.with_phone += bool(voter.mobile)

    def _refuse(self, number: int, reason: str) -> Voter | None:
        self.report.refuse(number, reason)
        return None

    def _mobile(self, number: int, typed: str) -> str:
        if not typed:
            return ""
        try:
            return normal_mobile(typed)
        except Invalid:
            self.report.warn(number, "roll_bad_mobile")
            return ""


def read_date(text: str) -> date | None:
    """1988-03-14, 14.03.1988 or 14/03/1988; None for anything else."""
    if match := _ISO.fullmatch(text):
        year, month, day = match.groups()
    elif match := _GEORGIAN.fullmatch(text):
        day, month, year = match.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _years_before(day: date, years: int) -> date:
    """The last birthday on which somebody is ``years`` old on ``day``; born on 29 February counts on 1
    March.
    """
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
