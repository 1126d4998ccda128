"""Scores, ranks and the quorum: this file alone turns sheets into a ranking that anybody can redo.

Exact fractions until the one published rounding; ranks follow the published, rounded number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from pb.core.agreement import krippendorff_alpha
from pb.core.errors import Invalid
from pb.core.panel import ProjectId, Statistics, mean, statistics
from pb.core.ranks import RankRow, order
from pb.core.rubrics import (
    MIN_REASON,
    Criterion,
    Line,
    Rubric,
    ScoredLine,
    check_complete,
    needs_reason,
    sheet_score,
)
from pb.core.shortlist import Shortlist, shortlist
from pb.core.tally import PanelProject, Tally

# Readers of scores find the parts of a sheet here too.
__all__ = [
    "MIN_REASON",
    "Criterion",
    "Line",
    "ProjectId",
    "RankInput",
    "RankRow",
    "Rubric",
    "ScoredLine",
    "Shortlist",
    "Statistics",
    "check_complete",
    "criterion_means",
    "krippendorff_alpha",
    "needs_reason",
    "project_score",
    "quorum",
    "ranking",
    "rounded_hundredths",
    "sheet_score",
    "shortlist",
    "statistics",
]

SMALLEST_QUORUM = 3


def quorum(members_not_recused: int) -> int:
    """How many submitted sheets a project needs: two thirds of the members not recused, rounded up, and never
    under three.
    """
    return max(SMALLEST_QUORUM, -(-2 * members_not_recused // 3))


def project_score(sheets: Sequence[Fraction]) -> Fraction:
    """The exact mean of the counted sheets' scores. Raises Invalid("no_sheets")."""
    return mean(sheets)


def rounded_hundredths(score: Fraction) -> int:
    """The published number, in hundredths, halves rounded up."""
    return int((score * 100 + Fraction(1, 2)) // 1)


def criterion_means(sheets: Sequence[Mapping[str, int]], rubric: Rubric) -> dict[str, Fraction]:
    """The exact mean of each criterion over the sheets that judge it. Raises
    Invalid("criterion_without_score").
    """
    means: dict[str, Fraction] = {}
    for criterion in rubric.criteria:
        values = [Fraction(sheet[criterion.id]) for sheet in sheets if criterion.id in sheet]
        if not values:
            raise Invalid("criterion_without_score", field=criterion.id)
        means[criterion.id] = mean(values)
    return means


@dataclass(frozen=True)
class RankInput:
    """A project with its counted sheets (criterion → value; a criterion missing where "cannot judge" was
    accepted).

    ``unit``: the administrative unit, None for a project of the whole town. ``running_cost_tetri``: per year.
    ``members``: the members not recused; when given, a project below the quorum is refused.
    """

    project_id: ProjectId
    sheets: Sequence[Mapping[str, int]]
    unit: str | None = None
    running_cost_tetri: int = 0
    members: int | None = None


def ranking(rows: Sequence[RankInput], rubric: Rubric, lot: Sequence[ProjectId] = ()) -> tuple[RankRow, ...]:
    """The ranking by the published, rounded score; ties as ``pb.core.ranks.order`` settles them.

    Raises Invalid("below_quorum" | "no_sheets" | …) with ``project``.
    """
    for row in rows:
        if row.members is not None and len(row.sheets) < quorum(row.members):
            needed = quorum(row.members)
            raise Invalid("below_quorum", project=row.project_id, sheets=len(row.sheets), needed=needed)
    projects = [
        PanelProject(row.project_id, dict(enumerate(row.sheets)), row.unit, row.running_cost_tetri)
        for row in rows
    ]
    tally = Tally(projects, rubric)
    return order(map(tally.standing, projects), rubric, [lot] if lot else [])
