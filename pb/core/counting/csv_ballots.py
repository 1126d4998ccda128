"""Approval ballots as one table (CSV), the form that a clerk with a spreadsheet can make.

    budget;100000                        a fact of the election: a key of META and its value
    name;Road;Lamps;Court                facts of the projects, one in each project's column; cost is needed
    cost;50000;60000;40000
    voter;P1;P2;P3                       the ids of the projects; below it each row is one ballot
    1;1;0;1                              1, x, ✓ … for a chosen project; 0, - or nothing for the others
    2;x;;

Separated by semicolons, commas or tabs; docs/file-formats.md says the rest. The table becomes a Pabulib
document, so that every further check, the count and the way back to a file are those of ``pabulib``.
"""

from __future__ import annotations

import re

from pb.core.counting.decimals import shorten
from pb.core.counting.pabulib import MAX_BYTES, MAX_PROJECTS, PabulibFile, from_document, no_collector
from pb.core.counting.pabulib_text import MAX_CELL, Document, Section, fault, lines_of, quoted
from pb.core.counting.profile import BallotKind, Project, project_index
from pb.core.errors import Invalid

VOTER, UNIT, COST = "voter", "unit", "cost"
#: Words of the first column, as a Georgian clerk may write them.
GEORGIAN = {
    "ამომრჩეველი": VOTER,
    "ერთეული": UNIT,
    "ღირებულება": COST,
    "დასახელება": "name",
    "კატეგორია": "category",
    "ბიუჯეტი": "budget",
}
#: Facts that each project has for itself.
PROJECT_FACTS = frozenset({COST, "name", UNIT, "category", "excludes", "selected"})
CHOSEN = frozenset({"1", "x", "х", "v", "+", "✓", "✔", "☑", "true", "yes", "კი"})
NOT_CHOSEN = frozenset({"", "0", "-", "–", "☐", "false", "no", "არა"})
#: Ballots that a mark says in full; a ranking or points it does not.
KINDS = frozenset({BallotKind.APPROVAL, BallotKind.CHOOSE_ONE, BallotKind.KNAPSACK})
_FIRST_CELL = re.compile(r'\s*(?:"[^"]*"|[^";,\t]*)([;,\t])')


def read(data: bytes) -> PabulibFile:
    """Read a table of ballots. Every fault is one Invalid with ``section``, ``line``, ``expected``, ``found``.

    ``document`` of what comes back is the same election as a Pabulib file.
    """
    if len(data) > MAX_BYTES:
        raise fault("too_large", "META", 1, expected=f"at most {MAX_BYTES} bytes", found=f"{len(data)} bytes")
    with no_collector():
        return from_document(_document(data))


def looks_like(name: str) -> bool:
    """Whether a file of this name is a table of ballots rather than a Pabulib file."""
    return name.lower().endswith((".csv", ".tsv"))


def _document(data: bytes) -> Document:
    document = Document()
    table = _Table(document)
    lines = lines_of(data, document)
    separator = ""
    number = 0
    while number < len(lines):
        line, start = lines[number], number + 1
        number += 1
        if not line.strip("; ,\t"):
            continue
        separator = separator or _separator(line, start)
        if '"' in line:
            cells, used = quoted(lines, start, table.section, separator)
            number += used - 1
        elif len(line) > MAX_CELL:
            raise fault("too_long", table.section, start, expected="shorter lines", found=line)
        else:
            cells, used = line.split(separator), 1
        table.add(cells, start)
    return table.finish(len(lines))


def _separator(line: str, number: int) -> str:
    match = _FIRST_CELL.match(line)
    if match is None:
        expected = "a word, a separator (; or , or a tab) and a value, such as budget;100000"
        raise fault("no_separator", "META", number, expected=expected, found=line)
    return match[1]


class _Table:
    """Takes the rows of the table one by one: facts down to the row ``voter``, ballots below it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.meta = document.sections["META"] = Section("META", ["key", "value"], line=1)
        self.projects = document.sections["PROJECTS"] = Section("PROJECTS")
        self.votes = document.sections["VOTES"] = Section("VOTES")
        self.facts: dict[str, tuple[list[str], int]] = {}
        self.ids: list[str] = []
        #: Whether the second column holds the unit of each voter.
        self.units = False
        self.size = 0

    @property
    def section(self) -> str:
        """Where a fault on the next line belongs."""
        return "VOTES" if self.ids else "META"

    def add(self, cells: list[str], line: int) -> None:
        if self.ids:
            self._ballot(cells, line)
            return
        cells = [cell.strip() for cell in cells]
        while cells and not cells[-1]:
            cells.pop()
        word = GEORGIAN.get(cells[0], cells[0].lower())
        if word == VOTER:
            self._header(cells[1:], line)
        elif word in PROJECT_FACTS:
            if word in self.facts:
                raise fault("duplicate_key", "PROJECTS", line, expected="each row once", found=cells[0])
            self.facts[word] = (cells[1:], line)
        else:
            key = word if word == "budget" else cells[0]
            if len(cells) > 2:
                expected = "one value, or a row voter above the ballots"
                raise fault("too_many_values", "META", line, expected=expected, found=";".join(cells))
            self.meta.rows.append([key, cells[1] if len(cells) == 2 else ""])
            self.meta.lines.append(line)

    def _header(self, ids: list[str], line: int) -> None:
        if ids and GEORGIAN.get(ids[0], ids[0].lower()) == UNIT:
            self.units = True
            ids = ids[1:]
        if not ids:
            raise fault("no_projects", "PROJECTS", line, expected="voter;P1;P2 …", found="no project")
        if len(ids) > MAX_PROJECTS:
            expected, found = f"at most {MAX_PROJECTS} projects", str(len(ids))
            raise fault("too_many_projects", "PROJECTS", line, expected=expected, found=found)
        try:
            project_index([Project(name, 0) for name in ids])
        except Invalid as error:
            raise Invalid(error.code, section="PROJECTS", line=line, **error.params) from None
        self.ids = ids
        self.votes.line = line
        self.votes.columns = ["voter_id", "vote", *([UNIT] if self.units else [])]
        self._list_projects(line)

    def _list_projects(self, line: int) -> None:
        if COST not in self.facts:
            expected = "a row cost above the row voter"
            raise fault("missing_column", "PROJECTS", line, expected=expected, found="none")
        first = 1 if self.units else 0
        columns = []
        for cells, at in self.facts.values():
            values, before = cells[first:], "".join(cells[:first])
            if len(values) > len(self.ids) or before:
                expected = f"{len(self.ids)} values, below each other with the projects of the row voter"
                raise fault("wrong_cells", "PROJECTS", at, expected=expected, found=";".join(cells))
            columns.append(values + [""] * (len(self.ids) - len(values)))
        self.projects.columns = ["project_id", *self.facts]
        self.projects.rows = [list(row) for row in zip(self.ids, *columns, strict=True)]
        # The one fact that can still be wrong is a cost.
        self.projects.lines = [self.facts[COST][1]] * len(self.ids)

    def _ballot(self, cells: list[str], line: int) -> None:
        first = 2 if self.units else 1
        wide = first + len(self.ids)
        if len(cells) < wide or any(cell.strip() for cell in cells[wide:]):
            expected = f"{wide} cells, as the row voter has"
            raise fault("wrong_cells", "VOTES", line, expected=expected, found=f"{len(cells)} cells")
        chosen = []
        for name, cell in zip(self.ids, cells[first:wide], strict=True):
            mark = cell.strip().lower()
            if mark in CHOSEN:
                chosen.append(name)
            elif mark not in NOT_CHOSEN:
                expected = f"1 or x where {name} was chosen, else 0 or nothing"
                raise fault("bad_mark", "VOTES", line, expected=expected, found=cell)
        vote = ",".join(chosen)
        self.size += len(vote)
        if self.size > MAX_BYTES:
            # A mark is one letter and an id may be thousands, so that a small table could fill the memory.
            raise fault("too_large", "VOTES", line, expected="shorter ids of projects", found=chosen[0])
        self.votes.rows.append([cells[0].strip(), vote, *([cells[1].strip()] if self.units else [])])
        self.votes.lines.append(line)

    def finish(self, lines: int) -> Document:
        """The document, when all rows are taken."""
        if not self.ids:
            expected = "a row voter;… with the ids of the projects"
            raise fault("missing_section", "VOTES", lines, expected=expected, found="end of file")
        facts = {row[0]: (row[1], line) for row, line in zip(self.meta.rows, self.meta.lines, strict=True)}
        kind, at = facts.get("vote_type", (BallotKind.APPROVAL.value, 1))
        if kind not in KINDS:
            expected = "one of " + ", ".join(sorted(KINDS))
            raise fault("unknown_vote_type", "META", at, expected=expected, found=shorten(kind))
        if "vote_type" not in facts:
            self.meta.rows.append(["vote_type", kind])
            self.meta.lines.append(1)
        self.document.newline, self.document.bom, self.document.final_newline = "\n", False, True
        return self.document
