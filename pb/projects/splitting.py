"""What a project does when one of the ideas it grew from goes its own way again."""

from __future__ import annotations

from datetime import datetime

from pb.core.errors import Closed, DomainError
from pb.core.workflow import ProjectState
from pb.db import db
from pb.ideas import records
from pb.ideas.models import Idea
from pb.policy import Actor
from pb.projects import queries

STILL_OPEN = (ProjectState.INVITED, ProjectState.DEVELOPING)


def let_go(lead: Idea, idea: Idea, actor: Actor, now: datetime) -> DomainError | None:
    """Take the idea off the project (within the command that splits it off); why not, once it was handed in."""
    found = queries.project_of_idea(lead.id)
    if found is None:
        return None
    project = queries.project_for_update(found.id)
    if project.state not in STILL_OPEN or project.handed_in_at is not None:
        return Closed("project_handed_in")
    for link in [link for link in project.links if link.idea_id == idea.id]:
        project.links.remove(link)
        db.session.delete(link)
    staying = [author for author in lead.authors if author.joined_from_id != idea.id]
    project.author_label = records.label_of(staying)
    project.version += 1
    return None
