"""A panel's sheets as whole numbers over one denominator: the quick way to the same exact scores as
``pb.core.rubrics.sheet_score`` and ``pb.core.scoring.criterion_means``. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from pb.core.errors import Invalid
from pb.core.panel import MemberId, ProjectId
from pb.core.ranks import Standing
from pb.core.rubrics import Rubric


@dataclass(frozen=True)
class PanelProject:
    """A project with its counted sheets by member (criterion → level; a criterion missing where "cannot judge" was
    accepted). ``unit``: the administrative unit, None for the whole town; ``running_cost_tetri`` per year.
    """

    project_id: ProjectId
    sheets: Mapping[MemberId, Mapping[str, int]]
    unit: str | None = None
    running_cost_tetri: int = 0


def half_up(numerator: int, denominator: int) -> int:
    """The nearest whole number, halves up."""
    return (2 * numerator + denominator) // (2 * denominator)


class Tally:
    """Scores of all sheets: ``scores[project][member]`` divided by ``denominator`` is a score from 0 to 100.

    ``offsets``: what the member adjustment takes off each of a member's sheets (points, exact). Raises
    Invalid("no_sheets" | "out_of_scale" | "unknown_criterion" | "incomplete_sheet" | "criterion_without_score").
    """

    def __init__(
        self,
        projects: Sequence[PanelProject],
        rubric: Rubric,
        offsets: Mapping[MemberId, Fraction] | None = None,
    ) -> None:
        self.projects = projects
        self.rubric = rubric
        self.ids = [criterion.id for criterion in rubric.criteria]
        self._spans = lcm(*(c.high - c.low for c in rubric.scored))
        self._worth = {
            c.id: (c.low, c.weight_bp * (self._spans // (c.high - c.low)), c.weight_bp) for c in rubric.scored
        }
        self._scales = {c.id: (c.low, c.high) for c in rubric.criteria}
        raw = {p.project_id: {m: self._sheet(sheet) for m, sheet in p.sheets.items()} for p in projects}
        weights = {weight for sheets in raw.values() for _, weight in sheets.values()}
        taken = dict(offsets or {})
        whole = lcm(*weights) if weights else 1
        self.denominator = lcm(self._spans * whole, *(offset.denominator for offset in taken.values()))
        scale = self.denominator // (self._spans * whole)
        off = {member: int(offset * self.denominator) for member, offset in taken.items()}
        self.scores: dict[ProjectId, dict[MemberId, int]] = {
            project: {
                member: points * 100 * (whole // weight) * scale - off.get(member, 0)
                for member, (points, weight) in sheets.items()
            }
            for project, sheets in raw.items()
        }
        #: Per project and criterion: the sum of the levels and how many sheets judge it.
        self.levels = {p.project_id: self._levels(p) for p in projects}

    def _sheet(self, sheet: Mapping[str, int]) -> tuple[int, int]:
        """Points over the spans, and the weights that the sheet judges."""
        points = weights = 0
        for key, value in sheet.items():
            scale = self._scales.get(key)
            if scale is None:
                raise Invalid("unknown_criterion", field=key)
            if type(value) is not int or not scale[0] <= value <= scale[1]:
                raise Invalid("out_of_scale", field=key, low=scale[0], high=scale[1])
            if key in self._worth:
                low, worth, weight = self._worth[key]
                points += worth * (value - low)
                weights += weight
        if not weights:
            raise Invalid("incomplete_sheet")
        return points, weights

    def _levels(self, project: PanelProject) -> dict[str, tuple[int, int]]:
        if not project.sheets:
            raise Invalid("no_sheets", project=project.project_id)
        found = {}
        for key in self.ids:
            values = [sheet[key] for sheet in project.sheets.values() if key in sheet]
            if not values:
                raise Invalid("criterion_without_score", field=key, project=project.project_id)
            found[key] = (sum(values), len(values))
        return found

    def published(self, numerator: int, sheets: int = 1) -> int:
        """``numerator`` over so many sheets as the published hundredths, halves up."""
        return half_up(numerator * 100, self.denominator * sheets)

    def mean(self, project_id: ProjectId) -> int:
        """The published mean of a project, in hundredths of a point."""
        scores = self.scores[project_id]
        return self.published(sum(scores.values()), len(scores))

    def trimmed(self, project_id: ProjectId) -> int:
        """Without one highest and one lowest from three sheets on."""
        scores = sorted(self.scores[project_id].values())
        scores = scores[1:-1] if len(scores) > 2 else scores
        return self.published(sum(scores), len(scores))

    def median(self, project_id: ProjectId) -> int:
        """The middle sheet, or the mean of the two in the middle."""
        scores = sorted(self.scores[project_id].values())
        return self.published(scores[(len(scores) - 1) // 2] + scores[len(scores) // 2], 2)

    def spread(self, project_id: ProjectId) -> int:
        """Highest less lowest."""
        scores = self.scores[project_id].values()
        return self.published(max(scores) - min(scores))

    def without(self, project_id: ProjectId, member: MemberId) -> int:
        """The mean without a member's sheet; where nothing would be left, the mean."""
        scores = self.scores[project_id]
        if member not in scores or len(scores) == 1:
            return self.mean(project_id)
        return self.published(sum(scores.values()) - scores[member], len(scores) - 1)

    def criterion_means(self, project: PanelProject, without: MemberId | None = None) -> dict[str, int]:
        """The published mean of each criterion in hundredths of a level (without one member's sheet, unless nobody else
        judged it).
        """
        sheet = project.sheets.get(without, {}) if without is not None else {}
        found = {}
        for key, (total, count) in self.levels[project.project_id].items():
            if key in sheet and count > 1:
                total, count = total - sheet[key], count - 1
            found[key] = half_up(total * 100, count)
        return found

    def standing(self, project: PanelProject) -> Standing:
        """The project by the plain mean."""
        return Standing(
            project.project_id,
            self.mean(project.project_id),
            self.criterion_means(project),
            project.unit,
            project.running_cost_tetri,
        )
