"""Acts on delivery: promise a step, record what happened to it, finish or give up a project."""

from __future__ import annotations

from datetime import date, datetime

from pb.audit.log import Act, record
from pb.core.errors import Closed, Invalid
from pb.core.workflow import ProjectState
from pb.cycles.queries import here_by_id
from pb.db import command, db
from pb.delivery import events, queries
from pb.delivery.models import Milestone
from pb.policy import Action, Actor, authorise
from pb.projects.commands import set_outcome
from pb.projects.models import Project
from pb.projects.queries import project_for_update
from pb.projects.records import number_of
from pb.results.queries import is_published

MAX_TITLE, MAX_NOTE, MIN_REASON, MAX_MILESTONES = 120, 500, 20, 40
ACTS = ("begin_implementation", "finish", "abandon")
UNDER_WAY = (ProjectState.SELECTED, ProjectState.IMPLEMENTING)


def _winner(project_id: int, actor: Actor, now: datetime) -> Project:
    """The project under lock, if delivery of it may be recorded now."""
    project = project_for_update(project_id)
    here = here_by_id(project.cycle_id, now=now)
    authorise(actor, Action.RECORD_DELIVERY, town_id=here.town.id, status=here.status, thing=project)
    if project.state not in UNDER_WAY or not is_published(project.cycle_id, now):
        raise Closed("not_under_way")
    return project


@command
def add_milestone(*, project_id: int, title: str, due: date, actor: Actor, now: datetime) -> int:
    """Promise a step of a funded project; gives its id. Writes MilestoneAdded (public).

    Raises Refused, Closed("wrong_phase" | "not_under_way" | "too_many_milestones"), Invalid on title and due.
    """
    project = _winner(project_id, actor, now)
    title = " ".join(title.split())
    if not title:
        raise Invalid("required", field="title")
    if len(title) > MAX_TITLE:
        raise Invalid("too_long", field="title", limit=MAX_TITLE)
    year = project.cycle.year
    if not year <= due.year <= year + 10:
        raise Invalid("due_out_of_range", field="due", first=year, last=year + 10)
    if len(queries.milestones_of([project_id]).get(project_id, [])) >= MAX_MILESTONES:
        raise Closed("too_many_milestones", limit=MAX_MILESTONES)
    row = Milestone(project_id=project_id, title=title, due=due, updated_at=now)
    db.session.add(row)
    db.session.flush()
    _record(events.MilestoneAdded(number_of(project), title, due.isoformat()), project, actor, now)
    return row.id


@command
def record_milestone(
    *,
    milestone_id: int,
    done_on: date | None = None,
    paid_tetri: int = 0,
    note: str = "",
    actor: Actor,
    now: datetime,
) -> None:
    """Record what happened to a step: the day it was done (None: not yet), tetri paid for it so far, a note.

    The promise itself (title, day) stays. The first thing that happens moves the project from selected to
    implementing. Nothing new: nothing is written. Writes MilestoneRecorded (public). Raises Refused, Closed,
    Missing, Invalid on done_on, paid_tetri and note.
    """
    row = queries.milestone_for_update(milestone_id)
    project = _winner(row.project_id, actor, now)
    note = note.strip()
    if done_on is not None and done_on > queries.today_of(now):
        raise Invalid("done_in_future", field="done_on")
    if paid_tetri < 0:
        raise Invalid("not_money", field="paid_tetri")
    if len(note) > MAX_NOTE:
        raise Invalid("too_long", field="note", limit=MAX_NOTE)
    if (row.done_on, row.paid_tetri, row.note) == (done_on, paid_tetri, note):
        return
    row.done_on, row.paid_tetri, row.note, row.updated_at = done_on, paid_tetri, note, now
    event = events.MilestoneRecorded(
        number_of(project), row.title, done_on.isoformat() if done_on else "", paid_tetri, note
    )
    _record(event, project, actor, now)
    if project.state == ProjectState.SELECTED and (done_on is not None or paid_tetri):
        set_outcome(project_id=project.id, act="begin_implementation", actor=actor, now=now)


@command
def move_delivery(*, project_id: int, act: str, reason: str = "", actor: Actor, now: datetime) -> str:
    """Begin, finish or give up a funded project; gives the new state. Writes ProjectMoved.

    ``act``: begin_implementation; finish (every step done, from selected too); abandon (with a ``reason`` of
    20 characters or more). Raises Refused, Closed("not_under_way" | "milestones_open"), Invalid on reason.
    """
    if act not in ACTS:
        raise ValueError(f"no act of delivery is called {act!r}")
    project = _winner(project_id, actor, now)
    reason = reason.strip()
    if act == "abandon" and len(reason) < MIN_REASON:
        raise Invalid("too_short", field="reason", limit=MIN_REASON)
    if act == "finish":
        steps = queries.milestones_of([project_id]).get(project_id, [])
        if not steps or any(step.done_on is None for step in steps):
            raise Closed("milestones_open")
        if project.state == ProjectState.SELECTED:
            set_outcome(project_id=project_id, act="begin_implementation", actor=actor, now=now)
    if act == "begin_implementation" and project.state == ProjectState.IMPLEMENTING:
        return project.state
    return set_outcome(project_id=project_id, act=act, actor=actor, now=now, reason=reason)


def _record(event: Act, project: Project, actor: Actor, now: datetime) -> None:
    town_id = project.cycle.town_id
    record(event, subject_id=project.id, by=actor, at=now, town_id=town_id, cycle_id=project.cycle_id)
