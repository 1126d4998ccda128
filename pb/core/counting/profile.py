"""The data of one count: projects, money, grouped ballots. Exact integers; knows no rule and no file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple

from pb.core.counting import decimals as numbers
from pb.core.counting.columns import Columns, columns_of
from pb.core.errors import Invalid


class BallotKind(StrEnum):
    """What a voter may say. The values are the words of Pabulib's ``vote_type``, and ``knapsack``."""

    APPROVAL = "approval"
    CHOOSE_ONE = "choose-1"
    CUMULATIVE = "cumulative"
    ORDINAL = "ordinal"
    SCORING = "scoring"
    KNAPSACK = "knapsack"


POINT_KINDS = frozenset({BallotKind.CUMULATIVE, BallotKind.SCORING})
APPROVAL_KINDS = frozenset({BallotKind.APPROVAL, BallotKind.CHOOSE_ONE, BallotKind.KNAPSACK})


@dataclass(frozen=True, slots=True)
class Project:
    """One line of the list. ``cost`` in minor units of the profile; ``unit`` is empty for the whole town."""

    id: str
    cost: int
    name: str = ""
    unit: str = ""
    category: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)


class Ballot(NamedTuple):
    """``weight`` voters who said the same. ``choices`` are positions in ``Profile.projects``.

    Rankings keep the voter's order, best first; all other kinds are sorted, so that equal ballots are
    equal. ``points`` stand beside ``choices`` for the kinds with points (scaled by the profile), else there
    are none.
    """

    unit: str
    choices: tuple[int, ...]
    points: tuple[int, ...]
    weight: int


#: (unit, choices, points) in canonical form: what makes two ballots the same.
BallotKey = tuple[str, tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class RawBallot:
    """What one voter (or ``weight`` of them) said, with project ids; points already scaled integers."""

    choices: Sequence[str]
    points: Sequence[int] = ()
    unit: str = ""
    weight: int = 1


@dataclass(frozen=True, eq=False, slots=True)
class Tally:
    """Per project, in the order of the list: its score (scaled like points) and how many voters named it."""

    scores: tuple[int, ...]
    votes: tuple[int, ...]


@dataclass(frozen=True)
class Profile:
    """One election. Money in 10^-``decimals`` of the currency, scores in 10^-``point_decimals`` points."""

    kind: BallotKind
    projects: tuple[Project, ...]
    budget: int
    ballots: tuple[Ballot, ...]
    decimals: int = 0
    decimal_mark: str = "."
    point_decimals: int = 0
    max_length: int | None = None
    default_score: int = 0
    meta: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def voters(self) -> int:
        """All voters, those with an empty ballot included."""
        if "columns" in self.__dict__:
            return self.columns.voters
        return sum(map(itemgetter(3), self.ballots))  # their weights

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Position of each project by its id."""
        return {project.id: position for position, project in enumerate(self.projects)}

    @property
    def longest(self) -> int:
        """The longest ranking that was allowed: Borda's points count down from it."""
        return len(self.projects) if self.max_length is None else self.max_length

    @cached_property
    def tally(self) -> Tally:
        """Scores by kind of ballot: approvals counted, points summed, rankings by Borda from ``longest``."""
        from pb.core.counting.tally import tally_of

        return tally_of(self)

    @cached_property
    def columns(self) -> Columns:
        """The ballots as flat columns; rankings with their Borda points. OverflowError beyond 64 bits."""
        return self.columns_of(self.ballots)

    def columns_of(self, ballots: Sequence[Ballot]) -> Columns:
        """Columns of some of the ballots."""
        borda = self.longest if self.kind is BallotKind.ORDINAL else None
        return columns_of(ballots, points=self.kind in POINT_KINDS, ranks_from=borda)

    def joined_by(self, choices: Sequence[int], unit: str, voters: int) -> Profile:
        """The same election with more voters who choose the same, of a kind of ballots without points."""
        made = replace(self, ballots=(*self.ballots, Ballot(unit, tuple(choices), (), voters)))
        if "columns" in self.__dict__:
            made.__dict__["columns"] = self.columns.joined_by(choices, voters)
        return made

    def money(self, amount: int) -> str:
        """An amount as the file writes it."""
        return numbers.show(amount, self.decimals, self.decimal_mark)

    def points(self, score: int) -> str:
        """A score as people read it."""
        return numbers.show(score, self.point_decimals, self.decimal_mark)


@dataclass(frozen=True, slots=True)
class Pot:
    """A sum of money and the projects that compete for it.

    ``earlier``: positions already funded from other pots of the same count, which may exclude projects here.
    """

    name: str
    money: int
    members: tuple[int, ...]
    earlier: frozenset[int] = frozenset()


def make_profile(
    *,
    kind: BallotKind,
    projects: Iterable[Project],
    budget: int,
    ballots: Iterable[RawBallot],
    decimals: int = 0,
    decimal_mark: str = ".",
    point_decimals: int = 0,
    max_length: int | None = None,
    default_score: int = 0,
    meta: Mapping[str, str] | None = None,
) -> Profile:
    """Check everything and group equal ballots. Raises Invalid with the first fault found."""
    listed = tuple(projects)
    index = project_index(listed)
    shape = Shape(kind, index, len(listed) if max_length is None else max_length)
    if budget < 0:
        raise Invalid("negative_budget", expected="a budget of at least 0", found=str(budget))
    groups: Counter[BallotKey] = Counter()
    for raw in ballots:
        if raw.weight < 1:
            raise Invalid("bad_weight", expected="a weight of at least 1", found=str(raw.weight))
        choices, points = shape.read(raw.choices, raw.points)
        groups[raw.unit, choices, points] += raw.weight
    return Profile(
        kind=kind,
        projects=listed,
        budget=budget,
        ballots=grouped(groups),
        decimals=decimals,
        decimal_mark=decimal_mark,
        point_decimals=point_decimals,
        max_length=max_length,
        default_score=default_score,
        meta=dict(meta or {}),
    )


def grouped(groups: Mapping[BallotKey, int]) -> tuple[Ballot, ...]:
    """Canonical ballots from their voters; the place of a voter in the file has no influence."""
    return tuple([Ballot(*key, groups[key]) for key in sorted(groups, key=_ordering)])


def _ordering(key: BallotKey) -> tuple[str, str, tuple[int, ...]]:
    """In the order of the keys themselves, but with text, which is compared in a fraction of the time."""
    unit, choices, points = key
    return unit, "".join(map(chr, choices)), points


def project_index(projects: Sequence[Project]) -> dict[str, int]:
    """Position by id. Raises Invalid for an empty, doubled or unwritable id and for a negative cost."""
    index: dict[str, int] = {}
    for position, project in enumerate(projects):
        if not project.id or "," in project.id or project.id != project.id.strip():
            raise Invalid("bad_project_id", expected="a project id without a comma", found=project.id)
        if project.id in index:
            raise Invalid("duplicate_project", expected="each project once", found=project.id)
        if project.cost < 0:
            raise Invalid("negative_cost", expected="a cost of at least 0", found=str(project.cost))
        index[project.id] = position
    return index


@dataclass(frozen=True, slots=True)
class Shape:
    """What a ballot of this election may look like; turns ids into positions."""

    kind: BallotKind
    index: Mapping[str, int]
    longest: int

    def read(self, ids: Sequence[str], points: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Canonical ``(choices, points)``. Raises Invalid when the ballot cannot be one of this kind."""
        try:
            choices = tuple([self.index[name] for name in ids])
        except KeyError as error:
            found = numbers.shorten(str(error.args[0]))
            raise Invalid("unknown_project", expected="an id from PROJECTS", found=found) from None
        if self.kind in APPROVAL_KINDS:
            # A project named twice on one ballot is still named by one voter (it occurs in Warsaw's data).
            chosen = tuple(sorted(set(choices)))
            if self.kind is BallotKind.CHOOSE_ONE and len(chosen) > 1:
                raise Invalid("too_many_choices", expected="one choice at most", found=_listed(ids))
            return chosen, ()
        if len(set(choices)) != len(choices):
            raise Invalid("duplicate_choice", expected="each project once on a ballot", found=_listed(ids))
        if self.kind in POINT_KINDS:
            return self._with_points(choices, points)
        # Borda gives nothing to a place below the last one allowed; such a ballot has no definition.
        if len(choices) > self.longest:
            raise Invalid("too_many_choices", expected=f"at most {self.longest} ranks", found=_listed(ids))
        return choices, ()

    def _with_points(
        self, choices: tuple[int, ...], points: Sequence[int]
    ) -> tuple[tuple[int, ...], tuple[int, ...]]:
        if len(points) != len(choices):
            expected = f"{len(choices)} numbers of points, one for each choice"
            raise Invalid("points_mismatch", expected=expected, found=str(len(points)))
        if self.kind is BallotKind.CUMULATIVE and any(value < 0 for value in points):
            raise Invalid("negative_points", expected="points of at least 0", found=str(min(points)))
        pairs = sorted(zip(choices, points, strict=True))
        return tuple([choice for choice, _ in pairs]), tuple([value for _, value in pairs])


def _listed(ids: Sequence[str]) -> str:
    return numbers.shorten(",".join(ids))
