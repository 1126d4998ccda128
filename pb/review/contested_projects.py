"""The commission's decisions that can be objected to: a project that the preliminary list keeps off the ballot."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from pb.appeals.kinds import PROJECT, Contested, Kind, Point
from pb.appeals.models import Objection
from pb.core.workflow import ProjectState
from pb.cycles.queries import Here
from pb.db import db
from pb.ideas.models import IdeaAuthor
from pb.policy import Actor
from pb.projects.models import Project, ProjectIdea
from pb.projects.queries import project_by_number
from pb.review import contested_ideas, queries_ranking
from pb.review.models import Decision, ScoreSheet
from pb.review.models_feasibility import CostCard
from pb.review.models_panel import Seat

OFF_THE_BALLOT = ("reserve", "not_shortlisted")
AFTER = (
    ProjectState.DECIDED, ProjectState.RESERVE, ProjectState.NOT_SHORTLISTED, ProjectState.NOT_SELECTED,
    ProjectState.SELECTED,
)  # fmt: skip


def authors(project_id: int) -> frozenset[int]:
    """Accounts of the authors of all ideas that the project grew from."""
    query = (
        select(IdeaAuthor.account_id)
        .join(ProjectIdea, ProjectIdea.idea_id == IdeaAuthor.idea_id)
        .where(ProjectIdea.project_id == project_id)
    )
    return frozenset(row for row in db.session.scalars(query) if row is not None)


def officials(project_id: int) -> frozenset[int]:
    """Whoever was at work on the project or its ideas as an official."""
    found = set(db.session.scalars(select(CostCard.made_by).where(CostCard.project_id == project_id)))
    for idea_id in db.session.scalars(
        select(ProjectIdea.idea_id).where(ProjectIdea.project_id == project_id)
    ):
        found |= contested_ideas.at_work(idea_id, 0)
    return frozenset(found)


def at_work(project_id: int, _decision_id: int) -> frozenset[int]:
    """The same, with everybody who decided, scored or sits on the commission."""
    deciders = db.session.scalars(select(Decision.decided_by).where(Decision.project_id == project_id))
    members = db.session.scalars(select(ScoreSheet.member_id).where(ScoreSheet.project_id == project_id))
    cycle_id = select(Project.cycle_id).where(Project.id == project_id).scalar_subquery()
    seats = db.session.scalars(select(Seat.account_id).where(Seat.cycle_id == cycle_id))
    return officials(project_id) | {*deciders, *members, *seats}


def find(here: Here, number: int, now: datetime) -> Contested | None:
    """The decision of the preliminary list, from its publication on."""
    cycle_id = here.the_cycle.id
    publication = queries_ranking.publication(cycle_id)
    if publication is None or publication.at > now:
        return None
    project = project_by_number(cycle_id, number)
    if project is None or project.state not in AFTER:
        return None
    decision = queries_ranking.decisions(cycle_id, redone=False).get(project.id)
    if decision is None or decision.outcome not in OFF_THE_BALLOT:
        return None
    return Contested(
        kind="project_listed",
        thing_id=project.id,
        number=project.number,
        title=project.title,
        language=project.language,
        decision_id=decision.id,
        at=publication.at,
        points=tuple(Point(c.id, dict(c.name)) for c in here.rules.rubric.criteria),
        author_ids=project.author_ids,
        reason=decision.reason,
    )


def back_to_the_table(here: Here, objection: Objection, actor: Actor, now: datetime) -> None:
    """Nothing is written: from now on the project waits for a decision taken anew (``queries_redone.waiting``)."""


KINDS = (Kind("project_listed", PROJECT, find, authors, at_work, back_to_the_table),)
