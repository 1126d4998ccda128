"""Reading Pabulib files (.pb): what their sections mean (Stolicki, Szufa, Talmon, arXiv 2012.06539)."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from pb.core.canonical import LARGEST_INT
from pb.core.counting import decimals as numbers
from pb.core.counting.pabulib_text import Document, Section, fault, parse, placed
from pb.core.counting.pabulib_votes import Limits, read_votes
from pb.core.counting.profile import BallotKind, Profile, Project, project_index
from pb.core.errors import Invalid, Problem

MAX_BYTES = 256 * 1024 * 1024
# Explaining a project means counting without it, so that the work grows with the square of the list.
MAX_PROJECTS = 5_000
#: In META, ``unit_sum.<unit>`` is a unit's own pot and ``town_sum`` that of the town (ours, not Pabulib's).
UNIT_SUM = "unit_sum."
TOWN_SUM = "town_sum"
#: META's limits of a ballot: the least and the most of each.
_LIMITS = (
    ("min_length", "max_length"),
    ("min_sum_cost", "max_sum_cost"),
    ("min_points", "max_points"),
    ("min_sum_points", "max_sum_points"),
)
_MAY_BE_NEGATIVE = frozenset({"default_score", "min_points", "max_points"})
_PROJECT_COLUMNS = frozenset({"project_id", "cost", "name", "unit", "category"})


@dataclass(frozen=True, slots=True)
class PabulibFile:
    """A file and the election in it; ``pabulib_text.render(file.document)`` gives the file back.

    ``notes``: what is odd in the file, though it can be counted: {section, line, …} in their parameters.
    """

    document: Document
    profile: Profile
    notes: tuple[Problem, ...] = ()


def read(data: bytes) -> PabulibFile:
    """Read a file. Every fault is one Invalid with ``section``, ``line``, ``expected`` and ``found``.

    Empty ballots count as voters. Costs with decimals become integers at the scale of the finest one.
    """
    if len(data) > MAX_BYTES:
        raise fault("too_large", "META", 1, expected=f"at most {MAX_BYTES} bytes", found=f"{len(data)} bytes")
    with no_collector():
        return from_document(parse(data))


@contextmanager
def no_collector() -> Iterator[None]:
    """Reading makes millions of small lasting objects and no cycle, among which the collector would search
    again and again: without it a big file is read in half the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


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
            self.values[key] = f"{self.values[key]}\n{value}" if key in self.values else value
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
        if value < 0 and key not in _MAY_BE_NEGATIVE:
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
        raise placed(error, section, line) from None


def _money(number: tuple[int, int], decimals: int, section: str, line: int) -> int:
    """An amount in minor units, which results say as whole numbers of JSON."""
    amount = numbers.rescale(*number, decimals)
    if amount > LARGEST_INT:
        most = numbers.show(LARGEST_INT, decimals)
        found = numbers.show(*number)
        raise fault("number_too_large", section, line, expected=f"at most {most}", found=found)
    return amount


def from_document(document: Document) -> PabulibFile:
    """The election that a document describes. Raises Invalid as ``read`` does."""
    meta = _Meta(document.sections["META"])
    projects, votes = document.sections["PROJECTS"], document.sections["VOTES"]
    _check_counts(meta, projects, votes)
    meta.need("budget")
    budget = meta.number("budget") or (0, 0)
    costs = _costs(projects)
    sums = [meta.number(key) or (0, 0) for key in meta.values if key == TOWN_SUM or key.startswith(UNIT_SUM)]
    decimals = numbers.common_scale([budget, *costs, *sums])
    scaled = [
        _money(cost, decimals, "PROJECTS", line) for cost, line in zip(costs, projects.lines, strict=True)
    ]
    listed = _projects(projects, scaled)
    kind = _kind(meta)
    default = meta.number("default_score") or (0, 0)
    limits = _limits(meta, kind, decimals)
    read = read_votes(votes, kind, default, listed, limits)
    amounts = [meta.values["budget"], *(row[projects.require("cost")] for row in projects.rows)]
    profile = Profile(
        kind=kind,
        projects=listed,
        budget=_money(budget, decimals, "META", meta.lines["budget"]),
        ballots=read.ballots,
        decimals=decimals,
        decimal_mark="," if any("," in amount for amount in amounts) else ".",
        point_decimals=read.point_decimals,
        max_length=limits.length,
        default_score=numbers.rescale(*default, read.point_decimals) if kind is BallotKind.SCORING else 0,
        meta=dict(meta.values),
    )
    with suppress(OverflowError):
        # Ballots are counted as columns: they get them, and are numbered, while they are read.
        len(profile.columns.weights)
    profile.voters  # noqa: B018
    return PabulibFile(document, profile, read.notes)


def _limits(meta: _Meta, kind: BallotKind, decimals: int) -> Limits:
    """META's limits. Raises Invalid ``contradictory_limits`` where no ballot could keep both."""
    for least, most in _LIMITS:
        low, high = meta.number(least), meta.number(most)
        if low is not None and high is not None and low[0] * 10 ** high[1] > high[0] * 10 ** low[1]:
            raise meta.fault("contradictory_limits", least, f"at most {most}, {meta.values[most].strip()}")
    cost, fewest = meta.number("max_sum_cost"), meta.number("min_points")
    return Limits(
        length=meta.whole("max_length"),
        points=meta.number("max_points"),
        sum_points=meta.number("max_sum_points"),
        # Points below zero weigh as much as points above it; a least number above it harms nobody.
        least_points=fewest if fewest is not None and fewest[0] < 0 and kind is BallotKind.SCORING else None,
        # Costs are whole in minor units, so that the part of one that a limit may name does not matter.
        sum_cost=None if cost is None else cost[0] * 10**decimals // 10 ** cost[1],
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
            raise placed(error, "PROJECTS", line) from None
        seen.add(project.id)
    return tuple(listed)
