"""Scores, ranks and the quorum: this file alone turns sheets into a ranking that anybody can redo.

Exact fractions until the one published rounding; ranks follow the published, rounded number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby, pairwise

from pb.core.errors import Invalid
from pb.core.panel import ProjectId, Statistics, krippendorff_alpha, mean, statistics
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


@dataclass(frozen=True)
class RankRow:
    """One row of the ranking.

    ``below_minimum``: the criteria whose published mean misses its minimum. ``tied_with``: projects that
    share this rank until a lot is drawn. ``settled_by``: the deepest rule that was needed to set this project
    apart from its neighbours of equal score: "" (no tie), a criterion's id, "unit", "running_cost" or "lot".
    """

    rank: int
    project_id: ProjectId
    score_hundredths: int
    criterion_means_hundredths: Mapping[str, int]
    below_minimum: tuple[str, ...] = ()
    tied_with: tuple[ProjectId, ...] = ()
    settled_by: str = ""
    unit: str | None = None


@dataclass
class _Candidate:
    source: RankInput
    score: int
    means: dict[str, int]
    batch: int = 0
    apart: list[str] = field(default_factory=list)  # the rules that set it apart from its neighbours


def ranking(rows: Sequence[RankInput], rubric: Rubric, lot: Sequence[ProjectId] = ()) -> tuple[RankRow, ...]:
    """The ranking by the published, rounded score.

    Ties are broken by the mean of the first scored criterion, of the second, a unit that has no project further up (the
    whole town's projects count as such), lower running cost, and last by ``lot``: the order that was drawn,
    if it was; without it the rank is shared. Never by the time of handing in. Raises Invalid("below_quorum" |
    "no_sheets" | …) with ``project``.
    """
    candidates = [_candidate(row, rubric) for row in sorted(rows, key=lambda row: _id_order(row.project_id))]
    breakers = [criterion.id for criterion in rubric.scored[:2]]

    def scores(candidate: _Candidate) -> tuple[int, ...]:
        return (candidate.score, *(candidate.means[key] for key in breakers))

    candidates.sort(key=scores, reverse=True)
    ordered: list[_Candidate] = []
    covered: set[str] = set()
    for _, group in groupby(candidates, key=scores):
        _place(list(group), ordered, covered, lot)
    depth = {rule: index for index, rule in enumerate(["", *breakers, "unit", "running_cost", "lot"])}
    for above, below in pairwise(ordered):
        if above.score == below.score and scores(above) != scores(below):
            rule = next(key for key in breakers if above.means[key] != below.means[key])
            above.apart.append(rule)
            below.apart.append(rule)
    result: list[RankRow] = []
    for position, candidate in enumerate(ordered, start=1):
        peers = [other for other in ordered if other.batch == candidate.batch]
        same = result and ordered[position - 2].batch == candidate.batch
        result.append(
            RankRow(
                rank=result[-1].rank if same else position,
                project_id=candidate.source.project_id,
                score_hundredths=candidate.score,
                criterion_means_hundredths=candidate.means,
                below_minimum=tuple(
                    criterion.id
                    for criterion in rubric.criteria
                    if criterion.minimum_mean_hundredths is not None
                    and candidate.means[criterion.id] < criterion.minimum_mean_hundredths
                ),
                tied_with=tuple(other.source.project_id for other in peers if other is not candidate),
                settled_by="lot" if len(peers) > 1 else max(["", *candidate.apart], key=depth.__getitem__),
                unit=candidate.source.unit,
            )
        )
    return tuple(result)


def _candidate(row: RankInput, rubric: Rubric) -> _Candidate:
    if row.members is not None and len(row.sheets) < quorum(row.members):
        needed = quorum(row.members)
        raise Invalid("below_quorum", project=row.project_id, sheets=len(row.sheets), needed=needed)
    if not row.sheets:
        raise Invalid("no_sheets", project=row.project_id)
    score = project_score([sheet_score(sheet, rubric, partial=True) for sheet in row.sheets])
    means = criterion_means(row.sheets, rubric)
    return _Candidate(
        row, rounded_hundredths(score), {key: rounded_hundredths(m) for key, m in means.items()}
    )


def _place(
    group: list[_Candidate], ordered: list[_Candidate], covered: set[str], lot: Sequence[ProjectId]
) -> None:
    """Append ``group`` (equal on score and criteria) to ``ordered`` in batches that share a rank."""
    drawn = {project: index for index, project in enumerate(lot)}
    previous: tuple[list[_Candidate], dict[int, tuple[bool, int, int]]] | None = None
    while group:
        keys = {
            id(candidate): (
                candidate.source.unit in covered,
                candidate.source.running_cost_tetri,
                drawn.get(candidate.source.project_id, len(drawn)),
            )
            for candidate in group
        }
        best = min(keys.values())
        batch = [candidate for candidate in group if keys[id(candidate)] == best]
        if previous is not None:
            above, old_keys = previous
            pair = zip(
                old_keys[id(above[0])], old_keys[id(batch[0])], ("unit", "running_cost", "lot"), strict=True
            )
            rule = next(name for one, other, name in pair if one != other)
            for candidate in (*above, *batch):
                candidate.apart.append(rule)
        number = ordered[-1].batch + 1 if ordered else 1
        for candidate in batch:
            candidate.batch = number
        ordered.extend(batch)
        covered.update(candidate.source.unit for candidate in batch if candidate.source.unit is not None)
        previous = (batch, keys)
        group = [candidate for candidate in group if candidate not in batch]


def _id_order(project_id: ProjectId) -> tuple[int, int, str]:
    return (0, project_id, "") if isinstance(project_id, int) else (1, 0, project_id)
