"""Projects as they stood at a moment that a rehearsal clock was turned back to, from the log (see ideas.then)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, SQLColumnExpression, func, select, true
from sqlalchemy.orm.attributes import set_committed_value

from pb import clock
from pb.audit import states
from pb.audit.models import Event
from pb.db import db
from pb.projects.models import Project

# To which state each act leads; ProjectMoved says it itself.
AFTER: dict[str, str] = {
    "ProjectInvited": "invited",
    "ProjectRevised": "developing",
    "ProjectHandedIn": "handed_in",
    "ProjectReopened": "developing",
    "ProjectReturned": "developing",
    "ProjectFrozen": "frozen",
    "ProjectNotHandedIn": "abandoned",
    "ProjectWithdrawn": "withdrawn",
}
MOVES = ("ProjectMoved", "ProjectMovedSealed")


def shown_state() -> SQLColumnExpression[str]:
    """The state of a project as pages show it: the stored column, or what it was."""
    if not clock.turned_back():
        return Project.state
    told = {**AFTER, **dict.fromkeys(MOVES, Event.data["state"].as_string())}
    by_acts = states.state_column("project", Project.id, told, clock.now())
    return func.coalesce(by_acts, Project.state)  # one without acts came with an imported election


def is_there() -> ColumnElement[bool]:
    """Whether there was such a project."""
    return Project.created_at <= clock.now() if clock.turned_back() else true()


def as_they_stood(projects: Sequence[Project]) -> list[Project]:
    """The projects with the state and the text that counted, for pages to read; without those not begun by then.

    Only loaded values are replaced, nothing is stored. One query where the clock is turned back, none elsewhere.
    """
    if not clock.turned_back():
        return list(projects)
    now = clock.now()
    there = [project for project in projects if project.created_at <= now]
    shown = select(Project.id, shown_state()).where(Project.id.in_([project.id for project in there]))
    found = {project_id: state for project_id, state in db.session.execute(shown)}  # noqa: C416
    for project in there:
        _set_back(project, found[project.id], now)
    return there


def _set_back(project: Project, state: str, now: datetime) -> None:
    set_committed_value(project, "state", state)
    if project.frozen_at is not None and project.frozen_at > now:
        set_committed_value(project, "frozen_at", None)
    if project.handed_in_at is not None and project.handed_in_at > now:
        for name in ("handed_in_at", "handed_in_revision_id", "handed_in_revision"):
            set_committed_value(project, name, None)


def refuse_before_later_acts(project: Project, now: datetime) -> None:
    """Raise Closed("later_acts") for an act on a project to which more was done already, after ``now``."""
    if clock.turned_back():
        states.refuse_before_later_acts("project", project.id, now)
