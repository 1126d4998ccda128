"""From published numbers to ranks: this file alone puts projects in order and settles ties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from pb.core.panel import ProjectId
from pb.core.rubrics import Rubric


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


@dataclass(slots=True, eq=False)
class Standing:
    """A project with its published numbers: score in hundredths of a point, means in hundredths of a level."""

    project_id: ProjectId
    score: int
    means: Mapping[str, int]
    unit: str | None = None
    running_cost_tetri: int = 0
    apart: list[str] = field(default_factory=list)  # the rules that set it apart from its neighbours


def order(
    standings: Iterable[Standing], rubric: Rubric, lots: Sequence[Sequence[ProjectId]] = ()
) -> tuple[RankRow, ...]:
    """Ranks by score; equal scores by the mean of the first scored criterion, of the second, a unit that has no
    project further up (the whole town's projects count as such), lower running cost, and last by the first of the
    ``lots`` in whose list all the equal ones were; without one the rank is shared. Never by the time of handing in.
    """
    breakers = [criterion.id for criterion in rubric.scored[:2]]
    drawn = [{project: place for place, project in enumerate(lot)} for lot in lots]

    def numbers(one: Standing) -> tuple[int, ...]:
        return (-one.score, *(-one.means[key] for key in breakers))

    listed = sorted(standings, key=lambda one: (numbers(one), id_order(one.project_id)))
    batches: list[list[Standing]] = []
    covered: set[str | None] = set()
    above: Standing | None = None
    for _, group in groupby(listed, key=numbers):
        equal = list(group)
        if above is not None and above.score == equal[0].score:
            rule = next(key for key in breakers if above.means[key] != equal[0].means[key])
            batches[-1][-1].apart.append(rule)
        else:
            rule = ""
        first = len(batches)
        _place(equal, batches, covered, drawn)
        if rule:
            batches[first][0].apart.append(rule)
        above = batches[-1][-1]
    return _rows(batches, rubric, ["", *breakers, "unit", "running_cost", "lot"])


def _place(
    group: list[Standing],
    batches: list[list[Standing]],
    covered: set[str | None],
    drawn: Sequence[Mapping[ProjectId, int]],
) -> None:
    """Append ``group`` (equal on score and criteria) in batches that share a rank. The lot settles a tie only when
    all of its projects were in the list that was drawn from.
    """
    previous: tuple[list[Standing], Mapping[int, tuple[bool, int]]] | None = None
    while group:
        keys = {
            id(one): (one.unit is not None and one.unit in covered, one.running_cost_tetri) for one in group
        }
        best = min(keys.values())
        batch = [one for one in group if keys[id(one)] == best]
        if len(batch) > 1 and (lot := _lot_of(batch, drawn)) is not None:
            batch = [min((lot[one.project_id], id(one), one) for one in batch)[2]]
        if previous is not None:
            before, old = previous
            pairs = zip(old[id(before[0])], old[id(batch[0])], ("unit", "running_cost"), strict=True)
            rule = next((name for one, other, name in pairs if one != other), "lot")
            for standing in (*before, *batch):
                standing.apart.append(rule)
        batches.append(batch)
        covered.update(one.unit for one in batch)
        previous = (batch, keys)
        placed = set(map(id, batch))
        group = [one for one in group if id(one) not in placed]


def _lot_of(
    batch: Sequence[Standing], drawn: Sequence[Mapping[ProjectId, int]]
) -> Mapping[ProjectId, int] | None:
    return next((lot for lot in drawn if all(one.project_id in lot for one in batch)), None)


def _rows(batches: Sequence[Sequence[Standing]], rubric: Rubric, rules: Sequence[str]) -> tuple[RankRow, ...]:
    depth = {rule: place for place, rule in enumerate(rules)}
    minimums = [
        (criterion.id, criterion.minimum_mean_hundredths)
        for criterion in rubric.criteria
        if criterion.minimum_mean_hundredths is not None
    ]
    found: list[RankRow] = []
    for batch in batches:
        rank = len(found) + 1
        for one in batch:
            found.append(
                RankRow(
                    rank=rank,
                    project_id=one.project_id,
                    score_hundredths=one.score,
                    criterion_means_hundredths=one.means,
                    below_minimum=tuple(key for key, least in minimums if one.means[key] < least),
                    tied_with=tuple(other.project_id for other in batch if other is not one),
                    settled_by="lot" if len(batch) > 1 else max(["", *one.apart], key=depth.__getitem__),
                    unit=one.unit,
                )
            )
    return tuple(found)


def id_order(project_id: ProjectId) -> tuple[int, int, str]:
    """A total order of ids, numbers before texts."""
    return (0, project_id, "") if isinstance(project_id, int) else (1, 0, project_id)
