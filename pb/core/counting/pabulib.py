"""Reading Pabulib files (.pb): what their sections mean (Stolicki, Szufa, Talmon, arXiv 2012.06539)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from pb.core.counting import decimals as numbers
from pb.core.counting.pabulib_text import Document, Section, fault, parse
from pb.core.counting.profile import (
    POINT_KINDS,
    Ballot,
    BallotKey,
    BallotKind,
    Profile,
    Project,
    Shape,
    grouped,
    project_index,
)
from pb.core.errors import Invalid

MAX_BYTES = 256 * 1024 * 1024
# Explaining a project means counting without it, so that the work grows with the square of the list.
MAX_PROJECTS = 5_000
#: In META, ``unit_sum.<unit>`` is a unit's own pot and ``town_sum`` that of the town (ours, not Pabulib's).
UNIT_SUM = "unit_sum."
TOWN_SUM = "town_sum"
_PROJECT_COLUMNS = frozenset({"project_id", "cost", "name", "unit", "category"})


@dataclass(frozen=True, slots=True)
class PabulibFile:
    """A file and the election in it; ``pabulib_text.render(file.document)`` gives the file back."""

    document: Document
    profile: Profile


def read(data: bytes) -> PabulibFile:
    """Read a file. Every fault is one Invalid with ``section``, ``line``, ``expected`` and ``found``.

    Empty ballots count as voters. Costs with decimals become integers at the scale of the finest one.
    """
    if len(data) > MAX_BYTES:
        raise fault("too_large", "META", 1, expected=f"at most {MAX_BYTES} bytes", found=f"{len(data)} bytes")
    document = parse(data)
    return PabulibFile(document, _profile(document))


class _Meta:
    """META with the line of each key, for errors."""

    def __init__(self, section: Section) -> None:
        self.section = section
        self.values: dict[str, str] = {}
        self.lines: dict[str, int] = {}
        for row, line in zip(section.rows, section.lines, strict=True):
            key, value = row[0].strip(), row[1]
            if not key:
                raise fault("bad_key", "META", line, expected="a key before the ;", found=";".join(row))
            if key in self.values and key != "comment":
                raise fault("duplicate_key", "META", line, expected="each key once", found=key)
            self.values.setdefault(key, value)
            self.lines.setdefault(key, line)

    def fault(self, code: str, key: str, expected: str) -> Invalid:
        line = self.lines.get(key, self.section.line)
        return fault(code, "META", line, expected=expected, found=self.values.get(key, f"no {key}"))

    def need(self, key: str) -> str:
        if not self.values.get(key, "").strip():
            raise self.fault("missing_key", key, f"a value for {key}")
        return self.values[key].strip()

    def number(self, key: str) -> tuple[int, int] | None:
        """Scaled number of an optional key; Invalid when it is there and is none, or is negative."""
        text = self.values.get(key, "").strip()
        if not text:
            return None
        value, places = _number(text, "META", self.lines[key])
        if value < 0 and key != "default_score":
            raise self.fault("negative_number", key, "a number of at least 0")
        return value, places

    def whole(self, key: str) -> int | None:
        number = self.number(key)
        if number is None:
            return None
        value, places = number
        if value % 10**places:
            raise self.fault("not_a_number", key, "a whole number")
        return value // 10**places


def _number(text: str, section: str, line: int) -> tuple[int, int]:
    try:
        return numbers.parse(text)
    except Invalid as error:
        raise _placed(error, section, line) from None


def _placed(error: Invalid, section: str, line: int) -> Invalid:
    return Invalid(error.code, section=section, line=line, **error.params)


def _profile(document: Document) -> Profile:
    meta = _Meta(document.sections["META"])
    projects, votes = document.sections["PROJECTS"], document.sections["VOTES"]
    _check_counts(meta, projects, votes)
    meta.need("budget")
    budget = meta.number("budget") or (0, 0)
    costs = _costs(projects)
    sums = [meta.number(key) or (0, 0) for key in meta.values if key == TOWN_SUM or key.startswith(UNIT_SUM)]
    decimals = numbers.common_scale([budget, *costs, *sums])
    listed = _projects(projects, [numbers.rescale(*cost, decimals) for cost in costs])
    kind = _kind(meta)
    default = meta.number("default_score") or (0, 0)
    max_length = meta.whole("max_length")
    point_decimals, ballots = _ballots(votes, kind, default, listed, max_length)
    amounts = [meta.values["budget"], *(row[projects.require("cost")] for row in projects.rows)]
    return Profile(
        kind=kind,
        projects=listed,
        budget=numbers.rescale(*budget, decimals),
        ballots=ballots,
        decimals=decimals,
        decimal_mark="," if any("," in amount for amount in amounts) else ".",
        point_decimals=point_decimals,
        max_length=max_length,
        default_score=numbers.rescale(*default, point_decimals) if kind is BallotKind.SCORING else 0,
        meta=dict(meta.values),
    )


def _check_counts(meta: _Meta, projects: Section, votes: Section) -> None:
    """The numbers that META promises: a file cut off at the end of a line is seen by nothing else."""
    if len(projects.rows) > MAX_PROJECTS:
        expected, found = f"at most {MAX_PROJECTS} projects", f"{len(projects.rows)}"
        raise fault(
            "too_many_projects", "PROJECTS", projects.lines[MAX_PROJECTS], expected=expected, found=found
        )
    for key, section in (("num_projects", projects), ("num_votes", votes)):
        promised = meta.whole(key)
        if promised is not None and promised != len(section.rows):
            line = section.lines[-1] if section.lines else section.line
            expected = f"{promised} rows, as {key} says"
            found = f"{len(section.rows)} rows"
            raise fault("count_mismatch", section.name, line, expected=expected, found=found)


def _kind(meta: _Meta) -> BallotKind:
    text = meta.need("vote_type")
    try:
        kind = BallotKind(text)
    except ValueError:
        known = ", ".join(kind.value for kind in BallotKind)
        raise meta.fault("unknown_vote_type", "vote_type", f"one of {known}") from None
    if kind is BallotKind.APPROVAL and meta.values.get("max_sum_cost", "").strip():
        # Pabulib has no word for spend-the-budget ballots: approvals whose summed cost is limited.
        return BallotKind.KNAPSACK
    return kind


def _costs(section: Section) -> list[tuple[int, int]]:
    section.require("project_id")
    column = section.require("cost")
    costs = []
    for row, line in zip(section.rows, section.lines, strict=True):
        value, places = _number(row[column], "PROJECTS", line)
        if value < 0:
            raise fault("negative_cost", "PROJECTS", line, expected="a cost of at least 0", found=row[column])
        costs.append((value, places))
    return costs


def _projects(section: Section, costs: list[int]) -> tuple[Project, ...]:
    columns = section.columns
    extra = [(name, position) for position, name in enumerate(columns) if name not in _PROJECT_COLUMNS]
    known = {name: columns.index(name) for name in _PROJECT_COLUMNS if name in columns}

    def cell(row: list[str], name: str) -> str:
        return row[known[name]].strip() if name in known else ""

    listed = []
    for row, cost in zip(section.rows, costs, strict=True):
        listed.append(
            Project(
                id=cell(row, "project_id"),
                cost=cost,
                name=cell(row, "name"),
                unit=cell(row, "unit"),
                category=cell(row, "category"),
                extra={name: row[position] for name, position in extra},
            )
        )
    seen: set[str] = set()
    for project, line in zip(listed, section.lines, strict=True):
        try:
            project_index([project])
            if project.id in seen:
                raise Invalid("duplicate_project", expected="each project once", found=project.id)
        except Invalid as error:
            raise _placed(error, "PROJECTS", line) from None
        seen.add(project.id)
    return tuple(listed)


def _ballots(
    section: Section,
    kind: BallotKind,
    default: tuple[int, int],
    projects: Collection[Project],
    longest: int | None,
) -> tuple[int, tuple[Ballot, ...]]:
    """Places of the points, and the grouped ballots; each different row is looked at once."""
    rows = _group_rows(section, kind)
    points = {key: _points(key[1], line) for key, (line, _) in rows.items()} if kind in POINT_KINDS else {}
    scale = numbers.common_scale([default, *(number for line in points.values() for number in line)])
    index = {project.id: position for position, project in enumerate(projects)}
    shape = Shape(kind, index, len(projects) if longest is None else longest)
    groups: Counter[BallotKey] = Counter()
    for key, (line, weight) in rows.items():
        ids = [name.strip() for name in key[0].split(",")] if key[0].strip() else []
        scaled = [numbers.rescale(*number, scale) for number in points.get(key, ())]
        try:
            choices, given = shape.read(ids, scaled)
        except Invalid as error:
            raise _placed(error, "VOTES", line) from None
        groups[key[2].strip(), choices, given] += weight
    return scale, grouped(groups)


def _group_rows(section: Section, kind: BallotKind) -> dict[tuple[str, str, str], tuple[int, int]]:
    """``(vote, points, unit)`` as text to ``(first line, voters)``; each voter may stand there once."""
    voter, vote = section.require("voter_id"), section.require("vote")
    # Points beside a ranking or an approval repeat what the places say; they are kept in the file only.
    points = section.require("points") if kind in POINT_KINDS else None
    unit = section.column("unit")
    rows: dict[tuple[str, str, str], tuple[int, int]] = {}
    voters: set[str] = set()
    for line, row in zip(section.lines, section.rows, strict=True):
        name = row[voter].strip()
        if not name:
            raise fault("missing_voter", "VOTES", line, expected="a voter_id", found="nothing")
        if name in voters:
            raise fault("duplicate_voter", "VOTES", line, expected="each voter once", found=name)
        voters.add(name)
        key = (row[vote], "" if points is None else row[points], "" if unit is None else row[unit])
        first, weight = rows.get(key, (line, 0))
        rows[key] = (first, weight + 1)
    return rows


def _points(text: str, line: int) -> list[tuple[int, int]]:
    return [_number(part, "VOTES", line) for part in text.split(",")] if text.strip() else []
