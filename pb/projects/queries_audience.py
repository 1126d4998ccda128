"""Authors of projects as a group to whom the staff may write."""

from __future__ import annotations

from sqlalchemy import select

from pb.core.workflow import ProjectState
from pb.cycles.queries import Here
from pb.db import db
from pb.ideas.models import IdeaAuthor
from pb.messages import audiences
from pb.projects.models import Project, ProjectIdea

BEING_WORKED_OUT = (ProjectState.INVITED.value, ProjectState.DEVELOPING.value)


def join() -> None:
    """Register the groups."""
    audiences.register("audience_project_authors", _authors)
    audiences.register("audience_not_handed_in", lambda here: _authors(here, BEING_WORKED_OUT))


def _authors(here: Here, states: tuple[str, ...] = ()) -> list[int]:
    """Accounts of authors of projects that were not withdrawn (in one of ``states``), in order."""
    query = (
        select(IdeaAuthor.account_id)
        .join(ProjectIdea, ProjectIdea.idea_id == IdeaAuthor.idea_id)
        .join(Project, Project.id == ProjectIdea.project_id)
        .where(
            Project.cycle_id == here.the_cycle.id,
            IdeaAuthor.account_id.is_not(None),
            Project.state.in_(states) if states else Project.state != ProjectState.WITHDRAWN.value,
        )
        .distinct()
        .order_by(IdeaAuthor.account_id)
    )
    return [account_id for account_id in db.session.scalars(query) if account_id is not None]
