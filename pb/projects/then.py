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
from pb.projects.models import Project, ProjectRevision

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

    Only loaded values are replaced, nothing is stored. Three queries where the clock is turned back, none elsewhere.
    """
    if not clock.turned_back():
        return list(projects)
    now = clock.now()
    there = [project for project in projects if project.created_at <= now]
    shown = select(Project.id, shown_state()).where(Project.id.in_([project.id for project in there]))
    found = {project_id: state for project_id, state in db.session.execute(shown)}  # noqa: C416
    texts = _Texts([project.id for project in there], now)
    for project in there:
        _set_back(project, found[project.id], texts, now)
    return there


class _Texts:
    """The texts of some projects by a moment, from the log and the revisions; two queries."""

    def __init__(self, ids: Sequence[int], now: datetime) -> None:
        rows = db.session.scalars(
            select(ProjectRevision)
            .where(ProjectRevision.project_id.in_(ids), ProjectRevision.at <= now)
            .order_by(ProjectRevision.project_id, ProjectRevision.number)
        )
        self.by_number = {(row.project_id, row.number): row for row in rows}
        self.newest = {project_id: row for (project_id, _number), row in self.by_number.items()}
        acts = db.session.execute(
            select(Event.subject_id, Event.kind, Event.data, Event.at)
            .where(
                Event.subject == "project",
                Event.subject_id.in_(ids),
                Event.kind.in_(("ProjectHandedIn", "ProjectCostSettled")),
                Event.at <= now,
            )
            .order_by(Event.id)
        )
        self.handed_in: dict[int, tuple[int, datetime]] = {}
        self.settled: dict[int, int] = {}
        for project_id, kind, data, at in acts:
            if kind == "ProjectHandedIn":
                self.handed_in[project_id] = data["revision"], at
            else:
                self.settled[project_id] = data["cost_tetri"]


def _set_back(project: Project, state: str, texts: _Texts, now: datetime) -> None:
    set_committed_value(project, "state", state)
    if project.id not in texts.newest:  # one of an imported election: its text is its only one
        return
    if project.frozen_at is not None and project.frozen_at > now:
        set_committed_value(project, "frozen_at", None)
    frozen = project.frozen_at is not None
    number, at = texts.handed_in.get(project.id, (0, None))
    counts = texts.by_number.get((project.id, number))
    newest = counts if frozen and counts is not None else texts.newest[project.id]
    shown = counts or texts.by_number[project.id, 1]
    cost = counts.cost_tetri if counts is not None else 0
    values = {
        "revision": newest, "revision_id": newest.id,
        "handed_in_revision": counts, "handed_in_revision_id": counts.id if counts is not None else None,
        "handed_in_at": at, "title": shown.fields["title"], "cost_tetri": texts.settled.get(project.id, cost),
    }  # fmt: skip
    for name, value in values.items():
        set_committed_value(project, name, value)


def refuse_before_later_acts(project: Project, now: datetime) -> None:
    """Raise Closed("later_acts") for an act on a project to which more was done already, after ``now``."""
    if clock.turned_back():
        states.refuse_before_later_acts("project", project.id, now)
