"""Reading the calibration round: its two projects of former years, own sheets, and how the members' levels spread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from pb.core.rubrics import Criterion, Rubric
from pb.cycles.models import Cycle
from pb.cycles.queries import Here
from pb.db import db
from pb.projects.models import Project
from pb.review.models_panel import CalibrationProject, CalibrationSheet

MOST_OFFERED = 200


def chosen(cycle_id: int) -> list[CalibrationProject]:
    """The projects of the round, in their places; none while it is not arranged."""
    return list(
        db.session.scalars(
            select(CalibrationProject)
            .where(CalibrationProject.cycle_id == cycle_id)
            .options(
                joinedload(CalibrationProject.project).joinedload(Project.handed_in_revision),
                joinedload(CalibrationProject.project).joinedload(Project.unit),
                joinedload(CalibrationProject.project).joinedload(Project.cycle),
            )
            .order_by(CalibrationProject.place)
        )
    )


def former_projects(here: Here) -> list[Project]:
    """What can be chosen: the projects of the town's earlier contests, newest year first."""
    return list(
        db.session.scalars(
            select(Project)
            .join(Cycle, Cycle.id == Project.cycle_id)
            .where(
                Cycle.town_id == here.town.id,
                Cycle.year < here.the_cycle.year,
                Cycle.year > 0,
                Cycle.published_at.is_not(None),
            )
            .options(joinedload(Project.cycle))
            .order_by(Cycle.year.desc(), Project.number)
            .limit(MOST_OFFERED)
        )
    )


def own_sheet(calibration_id: int, member_id: int) -> CalibrationSheet | None:
    """The member's sheet of the round."""
    return db.session.execute(
        select(CalibrationSheet).where(
            CalibrationSheet.calibration_id == calibration_id, CalibrationSheet.member_id == member_id
        )
    ).scalar_one_or_none()


def sheets(calibration_id: int) -> list[CalibrationSheet]:
    """All sheets on one of its projects, in no order that tells whose they are."""
    rows = db.session.scalars(
        select(CalibrationSheet).where(CalibrationSheet.calibration_id == calibration_id)
    )
    return sorted(rows, key=lambda row: sorted(row.levels.items()))


@dataclass(frozen=True)
class Spread:
    """How the members' levels lie on one criterion: (level, how many members), and the reasons given."""

    criterion: Criterion
    own: int
    counts: tuple[tuple[int, int], ...]
    reasons: tuple[tuple[int, str], ...]

    @property
    def wide(self) -> bool:
        """Whether it is worth talking about: two levels or more between the lowest and the highest."""
        given = [level for level, count in self.counts if count]
        return bool(given) and max(given) - min(given) >= 2


def spread_of(rows: list[CalibrationSheet], own: Mapping[str, int], rubric: Rubric) -> list[Spread]:
    """Criterion by criterion, in the rubric's order."""
    found = []
    for criterion in rubric.criteria:
        levels = Counter(row.levels[criterion.id] for row in rows if criterion.id in row.levels)
        reasons = sorted((row.levels[criterion.id], row.reasons[criterion.id]) for row in rows
                         if criterion.id in row.levels and row.reasons.get(criterion.id))  # fmt: skip
        found.append(
            Spread(
                criterion,
                own.get(criterion.id, criterion.low),
                tuple((level, levels[level]) for level in range(criterion.low, criterion.high + 1)),
                tuple(reasons),
            )
        )
    return found
