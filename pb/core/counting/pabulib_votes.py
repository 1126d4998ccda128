"""The ballots of a Pabulib file: rows grouped, held against META's limits, turned into the profile's ballots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pb.core.counting import decimals as numbers
from pb.core.counting.pabulib_text import Section, fault, placed
from pb.core.counting.profile import (
    APPROVAL_KINDS,
    POINT_KINDS,
    Ballot,
    BallotKey,
    BallotKind,
    Project,
    Shape,
    grouped,
)
from pb.core.errors import Invalid, Problem

#: ``(vote, points, unit)`` of a row as text.
_Row = tuple[str, str, str]
#: A number as (digits as an integer, how many of them stand behind the mark).
Number = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Limits:
    """What META allows on a ballot; None where it says nothing. Costs in the minor units of the profile.

    A ballot that says more than it may has more weight than the others, so that it is refused. One that says
    less than it should (min_length, min_sum_points, min_sum_cost) takes nothing from anybody; real files hold
    such ballots, empty ones above all, and they are read. A ballot dearer than ``sum_cost`` is read too, and
    noted: files have the costs of the end, and the ballot was filled in with those of the vote.
    """

    length: int | None = None
    points: Number | None = None
    sum_points: Number | None = None
    least_points: Number | None = None
    sum_cost: int | None = None


@dataclass(frozen=True, slots=True)
class Votes:
    """The grouped ballots, the places of their points, and what is odd about them but no reason to refuse."""

    ballots: tuple[Ballot, ...]
    point_decimals: int
    notes: tuple[Problem, ...]


def read_votes(
    section: Section, kind: BallotKind, default: Number, projects: Sequence[Project], limits: Limits
) -> Votes:
    """Each different row is looked at once. Raises Invalid with the first line that holds the row."""
    rows = _group_rows(section, kind)
    scale = 0
    points: dict[str, list[int]] = {}
    if kind in POINT_KINDS:
        scale, points = _all_points(section, rows, default)
    read = _Reader(kind, projects, limits, scale)
    groups: dict[BallotKey, int] = {}
    dear: list[tuple[_Row, int]] = []
    for row, weight in rows.items():
        try:
            choices, given = read.ballot(row[0], points.get(row[1], ()))
        except Invalid as error:
            raise placed(error, "VOTES", _line_of(section, row, kind)) from None
        if limits.sum_cost is not None and read.cost(choices) > limits.sum_cost:
            dear.append((row, weight))
        key = (row[2].strip(), choices, given)
        groups[key] = groups.get(key, 0) + weight
    notes = []
    if dear:
        line = _line_of(section, dear[0][0], kind)
        ballots = sum(weight for _, weight in dear)
        found = f"ballots whose projects cost more than max_sum_cost allows: {ballots}, the first here"
        params = {"section": "VOTES", "line": line, "found": found}
        notes.append(Problem("over_sum_cost", params=params))
    return Votes(grouped(groups), scale, tuple(notes))


class _Reader:
    """Turns the text of one ballot into positions and points, within the limits."""

    def __init__(self, kind: BallotKind, projects: Sequence[Project], limits: Limits, scale: int) -> None:
        self.index = {project.id: position for position, project in enumerate(projects)}
        self.costs = [project.cost for project in projects]
        self.most = len(projects) if limits.length is None else limits.length
        self.shape = Shape(kind, self.index, self.most)
        self.plain = kind in APPROVAL_KINDS and kind is not BallotKind.CHOOSE_ONE
        self.limits = limits
        self.scale = scale
        self.summed = kind is BallotKind.CUMULATIVE

    def ballot(self, vote: str, points: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Canonical ``(choices, points)``. Raises Invalid without a place."""
        choices: tuple[int, ...] | None = None
        if self.plain:
            # What Shape.read does, for the form that nearly all ballots have.
            try:
                choices = tuple(sorted(set(map(self.index.__getitem__, vote.split(",")))))
            except KeyError:
                choices = None
        given: tuple[int, ...] = ()
        if choices is None:
            ids = [name.strip() for name in vote.split(",")] if vote.strip() else []
            choices, given = self.shape.read(ids, points)
        if len(choices) > self.most:
            found = f"{len(choices)}: {numbers.shorten(vote)}"
            raise Invalid("too_many_choices", expected=f"at most {self.most} projects", found=found)
        if given:
            self._check_points(given)
        return choices, given

    def cost(self, choices: Iterable[int]) -> int:
        return sum([self.costs[choice] for choice in choices])

    def _check_points(self, given: Sequence[int]) -> None:
        limits, scale = self.limits, self.scale
        for what, value, limit, sign in (
            ("points for one project", max(given), limits.points, 1),
            ("points for one project", min(given), limits.least_points, -1),
            ("points together", sum(given), limits.sum_points if self.summed else None, 1),
        ):
            # The limit may have more places than the points: both sides are brought to the finer scale.
            if limit is not None and sign * value * 10 ** limit[1] > sign * limit[0] * 10**scale:
                word = "at most" if sign > 0 else "at least"
                expected = f"{word} {numbers.show(*limit)} {what}, as META says"
                raise Invalid("points_out_of_bounds", expected=expected, found=numbers.show(value, scale))


def _all_points(section: Section, rows: Iterable[_Row], default: Number) -> tuple[int, dict[str, list[int]]]:
    """The places that hold all points exactly, and the scaled points of each different text."""
    # Each different number is kept once: the same few stand on all the ballots.
    known: dict[str, Number] = {}
    parsed: dict[str, list[Number]] = {}
    for row in rows:
        if row[1] in parsed:
            continue
        parts = row[1].split(",") if row[1].strip() else []
        try:
            parsed[row[1]] = [
                known.get(part) or known.setdefault(part, numbers.parse(part)) for part in parts
            ]
        except Invalid as error:
            raise placed(error, "VOTES", _line_of(section, row, BallotKind.SCORING)) from None
    scale = numbers.common_scale([default, *known.values()])
    return scale, {text: [numbers.rescale(*one, scale) for one in given] for text, given in parsed.items()}


def _columns(section: Section, kind: BallotKind) -> tuple[int, int | None, int | None]:
    # Points beside a ranking or an approval repeat what the places say; they are kept in the file only.
    points = section.require("points") if kind in POINT_KINDS else None
    return section.require("vote"), points, section.column("unit")


def _group_rows(section: Section, kind: BallotKind) -> dict[_Row, int]:
    """``(vote, points, unit)`` as text to the number of voters; each voter may stand there once."""
    voter = section.require("voter_id")
    vote, points, unit = _columns(section, kind)
    rows: dict[_Row, int] = {}
    voters: set[str] = set()
    for line, row in zip(section.lines, section.rows, strict=True):
        name = row[voter].strip()
        if not name:
            raise fault("missing_voter", "VOTES", line, expected="a voter_id", found="nothing")
        if name in voters:
            raise fault("duplicate_voter", "VOTES", line, expected="each voter once", found=name)
        voters.add(name)
        key = (row[vote], "" if points is None else row[points], "" if unit is None else row[unit])
        rows[key] = rows.get(key, 0) + 1
    return rows


def _line_of(section: Section, wanted: _Row, kind: BallotKind) -> int:
    """The first line that holds this row: looked for when it is needed, instead of kept for every row."""
    vote, points, unit = _columns(section, kind)
    for line, row in zip(section.lines, section.rows, strict=True):
        key = (row[vote], "" if points is None else row[points], "" if unit is None else row[unit])
        if key == wanted:
            return line
    return section.line
