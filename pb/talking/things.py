"""What is talked about: a public idea or project, by the part of an address that names it ("idea-42")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from pb.core.workflow import ProjectState
from pb.cycles.queries import Here
from pb.db import db
from pb.ideas import joined
from pb.ideas.content import public_number
from pb.ideas.models import Idea, IdeaAuthor
from pb.ideas.queries import PUBLIC_STATES
from pb.ideas.then import shown_state
from pb.projects.models import Project, ProjectIdea
from pb.projects.queries import project_by_number


@dataclass(frozen=True)
class Thing:
    """An idea or a project. ``supports``: the ideas whose supporters are counted together; ``lead``: the one that is
    supported.
    """

    what: str
    id: int
    number: int
    words: str
    title: str
    language: str
    state: str
    author_ids: frozenset[int]
    supports: tuple[int, ...]
    lead: int

    @property
    def key(self) -> str:
        """As it stands in addresses."""
        return f"{self.what}-{self.number}"

    @property
    def column(self) -> str:
        """The column of comments and follows that names it."""
        return f"{self.what}_id"


def thing_of(here: Here, key: str) -> Thing | None:
    """The public thing of this cycle that an address names; None for any other."""
    match = re.fullmatch("(idea|project)-([0-9]{1,9})", key)
    if match is None:
        return None
    found = _idea(here, int(match[2])) if match[1] == "idea" else _project(here, int(match[2]))
    return found


def _words(here: Here, number: int) -> str:
    return public_number(here.town.number_prefix, here.the_cycle.year, number)


def _idea(here: Here, number: int) -> Thing | None:
    state = shown_state()
    row: Any = db.session.execute(
        select(Idea.id, Idea.title, Idea.language, state.label("state")).where(
            Idea.cycle_id == here.the_cycle.id, Idea.number == number, state.in_(PUBLIC_STATES)
        )
    ).one_or_none()
    return of_idea(here, row.id, number, row.title, row.language, row.state) if row else None


def of_idea(
    here: Here, idea_id: int, number: int, title: str, language: str, state: str, *, asked: bool = True
) -> Thing:
    """A public idea that was read already. Not ``asked``: nobody is signed in, whose it is does not matter."""
    group = joined.group_of(idea_id)
    query = select(IdeaAuthor.account_id).where(
        IdeaAuthor.idea_id == idea_id, IdeaAuthor.account_id.is_not(None)
    )
    authors = db.session.scalars(query).all() if asked else ()
    return Thing(
        "idea", idea_id, number, _words(here, number), title, language, state,
        frozenset(account for account in authors if account is not None), group, group[0],
    )  # fmt: skip


def _project(here: Here, number: int) -> Thing | None:
    project = project_by_number(here.the_cycle.id, number)
    if project is None or project.state == ProjectState.WITHDRAWN:
        return None
    return of_project(here, project)


def of_project(here: Here, project: Project) -> Thing:
    """A project that was read already, with its links. An imported one has no ideas, and nobody supports it."""
    ideas = tuple(link.idea_id for link in project.links)
    return Thing(
        "project", project.id, project.number, _words(here, project.number), project.title, project.language,
        project.state, project.author_ids, ideas, ideas[0] if ideas else 0,
    )  # fmt: skip


def thing_of_comment(here: Here, comment: Any) -> Thing | None:
    """What a comment speaks of, while that is public."""
    if comment.idea_id is not None:
        number = db.session.scalar(select(Idea.number).where(Idea.id == comment.idea_id))
        return _idea(here, number) if number is not None else None
    number = db.session.scalar(select(Project.number).where(Project.id == comment.project_id))
    return _project(here, number) if number is not None else None


def ideas_of_project(project_id: int) -> tuple[int, ...]:
    """The ideas that a project grew from, in the order of its links."""
    query = select(ProjectIdea.idea_id).where(ProjectIdea.project_id == project_id).order_by(ProjectIdea.id)
    return tuple(db.session.scalars(query))
