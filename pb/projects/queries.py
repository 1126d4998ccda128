"""Reading projects: one under lock for commands, lists with a total order, revisions, and what became of a
project.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, bindparam, false, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from pb import clock
from pb.core.errors import Missing
from pb.core.georgian import search_variants
from pb.core.workflow import ProjectState
from pb.cycles.models import Cycle
from pb.db import db
from pb.ideas.models import Idea, IdeaAuthor
from pb.ideas.then import shown_state as ideas_shown_state
from pb.projects.models import Project, ProjectIdea, ProjectRevision
from pb.projects.then import as_they_stood, is_there, shown_state

PAGE_SIZE = 24
# States that only a published result gives.
AFTER_RESULT = (
    ProjectState.SELECTED, ProjectState.NOT_SELECTED, ProjectState.IMPLEMENTING, ProjectState.DONE,
)  # fmt: skip
UNFROZEN = (ProjectState.INVITED, ProjectState.DEVELOPING, ProjectState.HANDED_IN)


def project_for_update(project_id: int) -> Project:
    """The project, locked until the command ends. Raises Missing."""
    project = db.session.execute(
        select(Project)
        .where(Project.id == project_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if project is None:
        raise Missing("no_such_project")
    return project


def project_by_number(cycle_id: int, number: int) -> Project | None:
    """A project by its number in the cycle, with its unit, texts and the authors of its ideas."""
    found = db.session.scalars(
        select(Project)
        .where(Project.cycle_id == cycle_id, Project.number == number)
        .options(
            joinedload(Project.unit),
            joinedload(Project.revision),
            joinedload(Project.handed_in_revision),
            selectinload(Project.links).joinedload(ProjectIdea.idea).selectinload(Idea.authors),
        )
    ).all()
    return next(iter(as_they_stood(found)), None)


def revision_by_number(project_id: int, number: int) -> ProjectRevision | None:
    """One revision of a project."""
    return db.session.execute(
        select(ProjectRevision).where(
            ProjectRevision.project_id == project_id, ProjectRevision.number == number
        )
    ).scalar_one_or_none()


def revisions(project: Project, *, everything: bool) -> list[ProjectRevision]:
    """The revisions, newest first: all of them, or those that are public (up to the one handed in)."""
    query = (
        select(ProjectRevision)
        .where(ProjectRevision.project_id == project.id)
        .order_by(ProjectRevision.number.desc())
    )
    if not everything:
        handed_in = project.handed_in_revision
        query = query.where(ProjectRevision.number <= (handed_in.number if handed_in else -1))
    return list(db.session.scalars(query))


@dataclass(frozen=True)
class Filter:
    """What a list of projects is narrowed to; empty values do not narrow. ``unit``: a slug, "-" for the
    whole town.
    """

    q: str = ""
    unit: str = ""
    category: str = ""
    state: str = ""

    @property
    def active(self) -> int:
        """How many filters are in use, without the search."""
        return sum(bool(value) for value in (self.unit, self.category, self.state))


def _listed(cycle_id: int, wanted: Filter, sealed_as: str) -> Select[Project]:
    state = shown_state()
    query = (
        select(Project)
        .outerjoin(Project.unit)
        .where(Project.cycle_id == cycle_id, state != "withdrawn", is_there())
    )
    if wanted.unit == "-":
        query = query.where(Project.unit_id.is_(None))
    elif wanted.unit:
        query = query.where(Project.unit.has(slug=wanted.unit))
    if wanted.category:
        query = query.where(Project.category == wanted.category)
    if wanted.state and sealed_as:
        states = (
            {wanted.state, *AFTER_RESULT} if wanted.state == sealed_as else {wanted.state} - {*AFTER_RESULT}
        )
        query = query.where(state.in_(states))
    elif wanted.state:
        query = query.where(state == wanted.state)
    if wanted.q.strip():
        variants = search_variants(wanted.q)
        query = query.where(
            or_(false(), *(Project.search_text.contains(v, autoescape=True) for v in variants if v))
        )
    return query


def list_projects(
    cycle_id: int, wanted: Filter, page: int = 1, *, sealed_as: str = ""
) -> tuple[list[Project], int]:
    """One page of a cycle's projects by number, and how many there are in all; one query whatever their number.

    ``sealed_as``: the state for which those of AFTER_RESULT are taken, while the result is not public.
    Withdrawn ones are left out; a page beyond the last is empty, with 0.
    """
    found = db.session.execute(
        _listed(cycle_id, wanted, sealed_as)
        .add_columns(func.count().over())
        .options(joinedload(Project.unit), joinedload(Project.handed_in_revision))
        .order_by(Project.number)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    ).all()
    return as_they_stood([row[0] for row in found]), found[0][1] if found else 0


def handed_in_last(cycle_id: int, count: int = 3) -> list[Project]:
    """The projects that were handed in last, newest first."""
    query = (
        select(Project)
        .where(Project.cycle_id == cycle_id, Project.handed_in_at.is_not(None), shown_state() != "withdrawn")
        .options(joinedload(Project.unit), joinedload(Project.handed_in_revision))
        .order_by(Project.handed_in_at.desc(), Project.number.desc())
        .limit(count)
    )
    if clock.turned_back():
        query = query.where(Project.handed_in_at <= clock.now())
    return as_they_stood(db.session.scalars(query).all())


def states_of(cycle_id: int) -> list[tuple[str, int]]:
    """How many projects stand in each state, in the order of the states' life."""
    shown = select(shown_state().label("state")).where(Project.cycle_id == cycle_id, is_there()).subquery()
    rows = db.session.execute(select(shown.c.state, func.count()).group_by(shown.c.state))
    counts: dict[str, int] = {str(state): count for state, count in rows}
    return [(state.value, counts[state.value]) for state in ProjectState if state.value in counts]


def projects_of_author(cycle_id: int, account_id: int) -> list[Project]:
    """The projects that grew from an author's ideas, by number."""
    found = db.session.scalars(
        select(Project)
        .where(
            Project.cycle_id == cycle_id,
            Project.id.in_(
                select(ProjectIdea.project_id)
                .join(IdeaAuthor, IdeaAuthor.idea_id == ProjectIdea.idea_id)
                .where(IdeaAuthor.account_id == account_id)
            ),
        )
        .options(joinedload(Project.revision))
        .order_by(Project.number)
    )
    return as_they_stood(found.all())


_OF_IDEA = (
    select(Project)
    .join(ProjectIdea, ProjectIdea.project_id == Project.id)
    .where(ProjectIdea.idea_id == bindparam("idea_id"))
)


def project_of_idea(idea_id: int) -> Project | None:
    """The project an idea went into."""
    return db.session.execute(_OF_IDEA, {"idea_id": idea_id}).scalar_one_or_none()


def withdrawn_of(idea_ids: Collection[int]) -> frozenset[int]:
    """Those of the ideas whose project its author took back."""
    query = (
        select(ProjectIdea.idea_id)
        .join(Project, Project.id == ProjectIdea.project_id)
        .where(ProjectIdea.idea_id.in_(idea_ids), shown_state() == ProjectState.WITHDRAWN.value)
    )
    return frozenset(db.session.scalars(query))


def unfrozen_for_update(cycle_id: int) -> list[Project]:
    """Projects of the cycle whose text is not fixed yet, locked, by number."""
    return list(
        db.session.scalars(
            select(Project)
            .where(Project.cycle_id == cycle_id, Project.state.in_(UNFROZEN))
            .order_by(Project.number)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def cycles_with_unfrozen() -> list[Cycle]:
    """Cycles that hold projects whose text is not fixed yet (the worker asks each second: one small
    query).
    """
    return list(
        db.session.scalars(
            select(Cycle)
            .where(
                Cycle.archived_at.is_(None),
                Cycle.id.in_(select(Project.cycle_id).where(Project.state.in_(UNFROZEN)).distinct()),
            )
            .options(
                joinedload(Cycle.town), joinedload(Cycle.rulebook_version), joinedload(Cycle.calendar_version)
            )
            .order_by(Cycle.id)
        )
    )


def ideas_for_update(idea_ids: list[int]) -> list[Idea]:
    """Ideas by id, locked, in the order of their numbers."""
    return list(
        db.session.scalars(
            select(Idea)
            .where(Idea.id.in_(idea_ids))
            .order_by(Idea.number, Idea.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def invitable_ideas(cycle_id: int) -> list[int]:
    """Ids of the admitted ideas that are no project yet, by number."""
    return list(
        db.session.scalars(
            select(Idea.id)
            .where(Idea.cycle_id == cycle_id, ideas_shown_state() == "eligible")
            .order_by(Idea.number, Idea.id)
        )
    )
