"""Whose letter it is: a project with its authors and the operators who helped to hand its ideas in."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from pb import clock
from pb.cycles.queries import Here
from pb.db import db
from pb.ideas.models_attached import IdeaHelp
from pb.projects.models import Project, ProjectIdea
from pb.projects.queries import project_by_number
from pb.review import queries_ranking


@dataclass(frozen=True)
class Letter:
    """A project as the policy asks about its letter."""

    project: Project
    author_ids: frozenset[int]
    helper_ids: frozenset[int]


def letter_of(here: Here, number: int) -> Letter | None:
    """The letter of a project of the cycle, once the preliminary list is public."""
    if not queries_ranking.is_published(here.the_cycle.id, clock.now()):
        return None
    project = project_by_number(here.the_cycle.id, number)
    if (
        project is None
        or queries_ranking.public_decisions(here.the_cycle.id, clock.now()).get(project.id) is None
    ):
        return None
    helpers = (
        select(IdeaHelp.operator_id)
        .join(ProjectIdea, ProjectIdea.idea_id == IdeaHelp.idea_id)
        .where(ProjectIdea.project_id == project.id)
    )
    return Letter(project, project.author_ids, frozenset(db.session.scalars(helpers)))
