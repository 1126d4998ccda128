"""Checking a town's list of voters, row by row; this file alone says which rows are good. Stores nothing."""

from __future__ import annotations

import csv
import io
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pb.core.errors import Invalid
from pb.core.georgian import normal_mobile, normal_personal_number, search_fold

OLDEST = 110  # years; whoever is older on paper is a slip of the pen, or a record that was not closed
SPELLINGS = 10_000  # of units that are remembered
LISTED = 300  # rows named on the page; all are counted, and named in the file of the report
VERY_OLD = 85  # years: for the alarms
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
    very_old: bool = False


class Faults:
    """Every row that was wrong, packed while it is written: a file full of faults takes little room."""

    def __init__(self) -> None:
        self._packer, self._parts = zlib.compressobj(), list[bytes]()

    def add(self, row: int, reason: str) -> None:
        self._parts.append(self._packer.compress(f"{row} {reason}\n".encode()))

    def packed(self) -> bytes:
        """All of them; nothing can be added any more."""
        return b"".join([*self._parts, self._packer.flush()])


def faults_csv(packed: bytes, words: Callable[[str], str], head: tuple[str, str]) -> Iterator[bytes]:
    """The packed faults as CSV for a spreadsheet: number of the row, reason in words."""
    unpacker, rest = zlib.decompressobj(), b""
    yield b"\xef\xbb\xbf" + _csv_line(head)
    for start in range(0, len(packed), 64 * 1024):
        *lines, rest = (rest + unpacker.decompress(packed[start : start + 64 * 1024])).split(b"\n")
        for line in lines:
            row, reason = line.decode().split(" ")
            yield _csv_line((row, words(reason)))


def _csv_line(cells: tuple[str, str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue().encode()


@dataclass
class Report:
    """What a reading found: counts by reason, and the first LISTED rows with theirs. No personal data."""

    rows: int = 0
    accepted: int = 0
    with_phone: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    warned: Counter[str] = field(default_factory=Counter)
    listed: list[tuple[int, str]] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)

    def refuse(self, row: int, reason: str) -> None:
        """The row is left out."""
        self.refused[reason] += 1
        self._list(row, reason)

    def warn(self, row: int, reason: str) -> None:
        """The row is kept, without what was wrong in it."""
        self.warned[reason] += 1
        self._list(row, reason)

    def _list(self, row: int, reason: str) -> None:
        self.faults.add(row, reason)
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


class Checker:
    """Checks rows one after another. ``voting_day``: the first day of the vote, on which age counts."""

    def __init__(self, *, units: Mapping[str, int], voting_day: date, min_age: int) -> None:
        self.units = units
        self.youngest = years_before(voting_day, min_age)
        self.too_old = years_before(voting_day, OLDEST + 1)
        self.very_old = years_before(voting_day, VERY_OLD)
        self.voting_day = voting_day
        self.report = Report()
        self._spelt: dict[str, int] = {}

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
            lost = re.fullmatch(r"[1-9]\d{9}", cells["personal_number"])
            return self._refuse(number, "roll_lost_zero" if lost else "roll_bad_number")
        born = read_date(cells["birth_date"])
        if born is None or born > self.voting_day:
            return self._refuse(number, "roll_bad_date")
        if born > self.youngest:
            return self._refuse(number, "roll_under_age")
        if born <= self.too_old:
            return self._refuse(number, "roll_too_old")
        unit_id = self._spelt.get(cells["unit"]) or self._unit(cells["unit"])
        if unit_id is None:
            return self._refuse(number, "roll_unknown_unit")
        mobile = self._mobile(number, cells["mobile"])
        return Voter(number, personal_number, unit_id, mobile, born <= self.very_old)

    def _unit(self, typed: str) -> int | None:
        """The unit that a row names. Spellings that are one are kept: a list has few, and a row for every voter."""
        folded = search_fold(typed)
        found = self.units.get(folded) or self.units.get(_bare(folded))
        if found is not None and len(self._spelt) < SPELLINGS:
            self._spelt[typed] = found
        return found

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


def years_before(day: date, years: int) -> date:
    """The last birthday on which somebody is ``years`` old on ``day``; born on 29 February counts on 1
    March.
    """
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
