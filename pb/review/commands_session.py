"""Calling a session, its agenda, opening and closing it. Each is one transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from pb.core.errors import Closed, Invalid
from pb.cycles.queries import here_by_id
from pb.db import command, db
from pb.ideas.content import clean_text
from pb.policy import Action, Actor, authorise
from pb.review import queries_commission
from pb.review import queries_session as queries
from pb.review.chairing import enter, enter_open, require_chairing, require_quorum
from pb.review.events_session import AgendaChanged, SessionCalled, SessionClosed, SessionOpened
from pb.review.models_session import AgendaItem, Sitting
from pb.review.snapshots import lock_commission, note
from pb.review.turning import end_turn

PLACE_MAX, TITLE_MAX = 200, 300
TITLE_MIN = 5


def _place(place: str) -> str:
    place = " ".join(clean_text(place).split())
    if not place:
        raise Invalid("session_place_missing", field="place")
    if len(place) > PLACE_MAX:
        raise Invalid("too_long", field="place", limit=PLACE_MAX)
    return place


def _planned(planned_at: datetime | None, now: datetime) -> datetime:
    if planned_at is None:
        raise Invalid("session_moment_missing", field="day")
    if planned_at.date() < now.date():
        raise Invalid("session_in_past", field="day")
    return planned_at


@command
def call_session(
    *, cycle_id: int, planned_at: datetime | None, place: str, actor: Actor, now: datetime
) -> int:
    """Call a session for a moment at a place; gives its id. It gets the next number of the cycle.

    Writes SessionCalled. Raises Refused, Closed, Invalid on "day" and "place".
    """
    lock_commission(cycle_id)
    here = here_by_id(cycle_id, now=now)
    authorise(actor, Action.RUN_SESSION, town_id=here.town.id, status=here.status)
    assert actor.account_id is not None
    number = max((row.number for row in queries.sittings(cycle_id)), default=0) + 1
    row = Sitting(
        cycle_id=cycle_id,
        number=number,
        planned_at=_planned(planned_at, now),
        place=_place(place),
        called_at=now,
        called_by=actor.account_id,
    )
    db.session.add(row)
    db.session.flush()
    event = SessionCalled(session=number, planned=row.planned_at.isoformat(), place=row.place)
    note(event, here, row.id, actor, now)
    return row.id


@command
def change_session(
    *, sitting_id: int, planned_at: datetime | None, place: str, actor: Actor, now: datetime
) -> None:
    """Another moment or place, before the session is opened. Writes SessionCalled. Raises as ``call_session``,
    and Closed("session_begun").
    """
    sitting, here = enter(sitting_id, Action.RUN_SESSION, actor, now)
    _not_begun(sitting)
    planned, where = _planned(planned_at, now), _place(place)
    if (planned, where) == (sitting.planned_at, sitting.place):
        return
    sitting.planned_at, sitting.place = planned, where
    event = SessionCalled(session=sitting.number, planned=planned.isoformat(), place=where)
    note(event, here, sitting.id, actor, now)


def _not_begun(sitting: Sitting) -> None:
    if sitting.opened_at is not None:
        raise Closed("session_begun")


@command
def add_projects(*, sitting_id: int, numbers: Collection[int], actor: Actor, now: datetime) -> int:
    """Put projects (by number) on the agenda, behind what stands there; those on it already stay where they are. Gives
    how many came on. Writes AgendaChanged. Raises Refused, Closed("session_over"), Invalid("choose_project").
    """
    sitting, here = enter(sitting_id, Action.RUN_SESSION, actor, now)
    _not_over(sitting)
    known = {p.number: p for p in queries_commission.scored_projects(here)}
    if not numbers or not set(numbers) <= set(known):
        raise Invalid("choose_project", field="project")
    there = {item.project_id for item in queries.agenda(sitting_id)}
    wanted = [known[number] for number in sorted(set(numbers)) if known[number].id not in there]
    for project in wanted:
        _append(sitting, actor, now, project_id=project.id)
    if wanted:
        _changed(sitting, here, actor, now)
    return len(wanted)


@command
def add_question(*, sitting_id: int, title: str, actor: Actor, now: datetime) -> int:
    """Put another question on the agenda; gives the item's id. Writes AgendaChanged. Raises Refused,
    Closed("session_over"), Invalid on "title".
    """
    sitting, here = enter(sitting_id, Action.RUN_SESSION, actor, now)
    _not_over(sitting)
    title = " ".join(clean_text(title).split())
    if len(title) < TITLE_MIN:
        raise Invalid("too_short", field="title", limit=TITLE_MIN)
    if len(title) > TITLE_MAX:
        raise Invalid("too_long", field="title", limit=TITLE_MAX)
    item = _append(sitting, actor, now, title=title)
    _changed(sitting, here, actor, now)
    return item.id


def _not_over(sitting: Sitting) -> None:
    if sitting.closed_at is not None:
        raise Closed("session_over")


def _append(
    sitting: Sitting, actor: Actor, now: datetime, *, project_id: int | None = None, title: str = ""
) -> AgendaItem:
    assert actor.account_id is not None
    last = max((item.position for item in queries.agenda(sitting.id)), default=0)
    item = AgendaItem(
        sitting_id=sitting.id,
        position=last + 1,
        project_id=project_id,
        title=title,
        added_at=now,
        added_by=actor.account_id,
    )
    db.session.add(item)
    db.session.flush()
    return item


def _changed(sitting: Sitting, here, actor: Actor, now: datetime) -> None:  # type: ignore[no-untyped-def]
    db.session.flush()
    event = AgendaChanged(session=sitting.number, items=len(queries.agenda(sitting.id)))
    note(event, here, sitting.id, actor, now)


@command
def remove_item(*, sitting_id: int, item_id: int, actor: Actor, now: datetime) -> None:
    """Take an item off the agenda, before the session is opened; one that is gone already is one act. Writes
    AgendaChanged. Raises Refused, Closed("session_begun").
    """
    sitting, here = enter(sitting_id, Action.RUN_SESSION, actor, now)
    _not_begun(sitting)
    item = queries.item_in(sitting_id, item_id)
    if item is None:
        return
    db.session.delete(item)
    _number_anew([row for row in queries.agenda(sitting_id) if row.id != item_id])
    _changed(sitting, here, actor, now)


@command
def raise_item(*, sitting_id: int, item_id: int, actor: Actor, now: datetime) -> None:
    """Move an item one place up, before the session is opened; the first one stays. Writes AgendaChanged. Raises
    Refused, Closed("session_begun").
    """
    sitting, here = enter(sitting_id, Action.RUN_SESSION, actor, now)
    _not_begun(sitting)
    items = queries.agenda(sitting_id)
    place = next((n for n, row in enumerate(items) if row.id == item_id), 0)
    if place == 0:
        return
    items[place - 1], items[place] = items[place], items[place - 1]
    _number_anew(items)
    _changed(sitting, here, actor, now)


def _number_anew(items: list[AgendaItem]) -> None:
    for position, item in enumerate(items, start=1):
        item.position = position


@command
def open_session(*, sitting_id: int, actor: Actor, now: datetime) -> None:
    """Open the session, once its quorum has come. Twice is one act. Writes SessionOpened.

    The chair opens; the vice-chair where the chair has not come. Raises Refused("not_chairing"),
    Closed("session_over", "another_session", "agenda_empty", "session_quorum").
    """
    sitting, here = enter(sitting_id, Action.PRESIDE_SESSION, actor, now)
    _not_over(sitting)
    if sitting.is_open:
        return
    require_chairing(here, sitting, actor)
    if queries.open_sitting(here.the_cycle.id) is not None:
        raise Closed("another_session")
    if not queries.agenda(sitting_id):
        raise Closed("agenda_empty")
    found, needed = require_quorum(here, sitting)
    sitting.opened_at, sitting.opened_by = now, actor.account_id
    db.session.flush()
    note(SessionOpened(session=sitting.number, present=found, needed=needed), here, sitting.id, actor, now)


@command
def close_session(*, sitting_id: int, actor: Actor, now: datetime) -> None:
    """Close the session: what is on ends, everybody leaves. Twice is one act. Writes SessionClosed, ItemFinished.

    Raises Refused("not_chairing"), Closed("session_not_open", "question_open").
    """
    sitting, here = enter(sitting_id, Action.PRESIDE_SESSION, actor, now)
    if sitting.closed_at is not None:
        return
    sitting, here = enter_open(sitting_id, Action.PRESIDE_SESSION, actor, now)
    end_turn(here, sitting, actor, now)
    require_chairing(here, sitting, actor)
    for row in queries.present(sitting_id).values():
        row.left_at = now
    sitting.closed_at, sitting.closed_by = now, actor.account_id
    db.session.flush()
    note(SessionClosed(session=sitting.number), here, sitting.id, actor, now)
