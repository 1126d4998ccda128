"""Ways of counting the same sheets, and which projects would be in under each: this file describes how firm a ranking
is and never changes a number. Pure and exact.

The ways: the mean (which alone counts), the trimmed mean, the median, and the mean without each member in turn. Under
the trimmed mean and the median a project keeps its means of each criterion, which settle ties and minimums; without a
member everything is counted from the sheets of the others. The shortlist rule is applied to every ranking anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pb.core.panel import MemberId, ProjectId
from pb.core.ranks import RankRow, Standing, order
from pb.core.rubrics import Rubric
from pb.core.tally import PanelProject, Tally

#: Which projects a shortlist rule puts in, given a ranking.
Proposed = Callable[[Sequence[RankRow]], Collection[ProjectId]]
MEAN, TRIMMED, MEDIAN, WITHOUT = "mean", "trimmed", "median", "without"


@dataclass(frozen=True)
class Way:
    """One way of counting. ``member``: whose sheets are left out, for WITHOUT alone. ``within``: who is in."""

    kind: str
    member: MemberId | None
    scores: Mapping[ProjectId, int]
    within: frozenset[ProjectId]


@dataclass(frozen=True)
class Firmness:
    """How firm a project's place is; numbers in hundredths of a point.

    ``lowest`` and ``highest``: of its scores under all ways. ``within``: in so many of the ``ways`` it is in;
    ``usual``: by the mean. ``grey``: its scores reach across the line, or it flips.
    """

    project_id: ProjectId
    mean: int
    trimmed: int
    median: int
    spread: int
    lowest: int
    highest: int
    within: int
    ways: int
    usual: bool
    grey: bool

    @property
    def flips(self) -> bool:
        """In under some ways of counting, out under others."""
        return 0 < self.within < self.ways


@dataclass(frozen=True)
class Robustness:
    """All ways and, in the order of the ranking by the mean, every project.

    ``zone``: the lowest and the highest mean of the projects in the grey zone; None when nothing is near the line.
    """

    ways: tuple[Way, ...]
    projects: tuple[Firmness, ...]
    zone: tuple[int, int] | None

    @property
    def flips(self) -> tuple[ProjectId, ...]:
        """The projects that are in or out depending on how one counts."""
        return tuple(one.project_id for one in self.projects if one.flips)


def robustness(
    projects: Sequence[PanelProject],
    rubric: Rubric,
    proposed: Proposed,
    *,
    lots: Sequence[Sequence[ProjectId]] = (),
    pool: Callable[[PanelProject], object] = lambda project: None,
    tally: Tally | None = None,
) -> Robustness:
    """Count in every way. ``pool``: which projects share a line (their unit, where the shortlist goes by units).

    ``tally``: the sheets when they were added up already. Raises what Tally raises.
    """
    if not projects:
        return Robustness((), (), None)
    counted = tally or Tally(projects, rubric)
    plain = {p.project_id: counted.standing(p) for p in projects}

    def way(
        kind: str, scores: Mapping[ProjectId, int], member: MemberId | None = None
    ) -> tuple[Way, tuple[RankRow, ...]]:
        rows = order((_standing(p, scores, member) for p in projects), rubric, lots)
        return Way(kind, member, scores, frozenset(proposed(rows))), rows

    def _standing(
        project: PanelProject, scores: Mapping[ProjectId, int], member: MemberId | None
    ) -> Standing:
        means = plain[project.project_id].means
        if member is not None and member in project.sheets:
            means = counted.criterion_means(project, member)
        return Standing(
            project.project_id, scores[project.project_id], means, project.unit, project.running_cost_tetri
        )

    first, rows = way(MEAN, {key: one.score for key, one in plain.items()})
    ways = [
        first,
        way(TRIMMED, {key: counted.trimmed(key) for key in plain})[0],
        way(MEDIAN, {key: counted.median(key) for key in plain})[0],
    ]
    members = dict.fromkeys(member for p in projects for member in p.sheets)
    for member in sorted(members, key=lambda m: (isinstance(m, str), m)):
        scores = {p.project_id: counted.without(p.project_id, member) for p in projects}
        ways.append(way(WITHOUT, scores, member)[0])
    pools = {p.project_id: pool(p) for p in projects}
    lines = _lines(rows, first.within, pools)
    found = tuple(
        _firmness(row, ways, counted, lines.get(pools[row.project_id], (None, None))) for row in rows
    )
    grey = [one.mean for one in found if one.grey]
    return Robustness(tuple(ways), found, (min(grey), max(grey)) if grey else None)


def _firmness(
    row: RankRow, ways: Sequence[Way], tally: Tally, line: tuple[int | None, int | None]
) -> Firmness:
    key = row.project_id
    scores = [way.scores[key] for way in ways]
    within, usual = sum(key in way.within for way in ways), key in ways[0].within
    last_in, first_out = line
    if usual:
        across = first_out is not None and min(scores) <= first_out
    else:  # a project that misses a criterion's minimum is not out by its score
        across = last_in is not None and not row.below_minimum and max(scores) >= last_in
    return Firmness(
        key, ways[0].scores[key], ways[1].scores[key], ways[2].scores[key], tally.spread(key),
        min(scores), max(scores), within, len(ways), usual, across or 0 < within < len(ways),
    )  # fmt: skip


def _lines(
    rows: Iterable[RankRow], within: Collection[ProjectId], pools: Mapping[ProjectId, object]
) -> dict[object, tuple[int | None, int | None]]:
    """By pool: the score of the last project in and of the first one out (misses of a minimum aside)."""
    found: dict[object, tuple[int | None, int | None]] = {}
    for row in rows:  # best first
        last_in, first_out = found.get(pools[row.project_id], (None, None))
        if row.project_id in within:
            last_in = row.score_hundredths
        elif first_out is None and not row.below_minimum:
            first_out = row.score_hundredths
        found[pools[row.project_id]] = (last_in, first_out)
    return found
