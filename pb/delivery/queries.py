"""Reading milestones: of one project, and of all winners of a cycle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from pb.core.errors import Missing
from pb.core.workdays import TBILISI
from pb.core.workflow import ProjectState
from pb.cycles.queries import Here
from pb.db import db
from pb.delivery.models import Milestone
from pb.delivery.progress import Progress, progress
from pb.projects.models import Project
from pb.results.queries import is_published, projects_of

#: States of projects that were funded, whatever became of them.
FUNDED = (ProjectState.SELECTED, ProjectState.IMPLEMENTING, ProjectState.DONE)


@dataclass(frozen=True)
class Delivery:
    """A funded project and how far it is."""

    project: Project
    progress: Progress


def today_of(now: datetime) -> date:
    """The day in Tbilisi."""
    return now.astimezone(TBILISI).date()


def milestones_of(project_ids: Iterable[int]) -> dict[int, list[Milestone]]:
    """Milestones by project, in the order of their days."""
    found: dict[int, list[Milestone]] = {}
    rows = db.session.scalars(
        select(Milestone)
        .where(Milestone.project_id.in_(list(project_ids)))
        .order_by(Milestone.due, Milestone.id)
    )
    for row in rows:
        found.setdefault(row.project_id, []).append(row)
    return found


def deliveries(here: Here, now: datetime) -> list[Delivery]:
    """The winners of a published result, by number: those given up after they had milestones, too."""
    cycle_id = here.the_cycle.id
    if not is_published(cycle_id, now):
        return []
    rows = [p for p in projects_of(cycle_id) if p.state in (*FUNDED, ProjectState.ABANDONED)]
    steps = milestones_of(row.id for row in rows)
    return [
        Delivery(row, progress(steps.get(row.id, []), row.cost_tetri, today_of(now)))
        for row in rows
        if row.state in FUNDED or row.id in steps
    ]


def delivery_of(project: Project, now: datetime) -> Delivery | None:
    """The same of one project; None when it did not win, or the result is not public."""
    if project.state not in (*FUNDED, ProjectState.ABANDONED) or not is_published(project.cycle_id, now):
        return None
    steps = milestones_of([project.id]).get(project.id, [])
    if project.state not in FUNDED and not steps:
        return None
    return Delivery(project, progress(steps, project.cost_tetri, today_of(now)))


def milestone_for_update(milestone_id: int) -> Milestone:
    """A milestone, locked until the command ends. Raises Missing."""
    row = db.session.execute(
        select(Milestone)
        .where(Milestone.id == milestone_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None:
        raise Missing("no_such_milestone")
    return row


def milestone_by_id(milestone_id: int) -> Milestone | None:
    """A milestone, of whatever project."""
    return db.session.get(Milestone, milestone_id)


def cycle_of_project(project_id: int) -> int | None:
    """The id of a project's cycle."""
    return db.session.scalar(select(Project.cycle_id).where(Project.id == project_id))


def project_by_id(project_id: int) -> Project:
    """A project. Raises Missing."""
    row = db.session.get(Project, project_id)
    if row is None:
        raise Missing("no_such_project")
    return row
