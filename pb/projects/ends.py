"""How ideas ended that had become projects which were refused or fell through, for handing them in again."""

from __future__ import annotations

from sqlalchemy import select

from pb.core.workflow import ProjectState
from pb.db import db
from pb.projects.models import Project, ProjectIdea
from pb.projects.then import shown_state

FELL_THROUGH = (
    ProjectState.NOT_SHORTLISTED.value, ProjectState.NOT_SELECTED.value, ProjectState.ABANDONED.value,
)  # fmt: skip


def ends_of(idea_ids: list[int]) -> dict[int, str]:
    """By idea, the state of its project; only of projects that nothing came of."""
    state = shown_state()
    rows = db.session.execute(
        select(ProjectIdea.idea_id, state)
        .join(Project, Project.id == ProjectIdea.project_id)
        .where(ProjectIdea.idea_id.in_(idea_ids), state.in_(FELL_THROUGH))
    )
    return {row[0]: row[1] for row in rows}
