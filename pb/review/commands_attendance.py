"""The secretary's acts in a session: who came and left, what is taken up. Each is one transaction."""

from __future__ import annotations

from datetime import datetime

from pb.core.errors import Closed, Invalid
from pb.core.workflow import ProjectState
from pb.cycles.queries import Here
from pb.db import command, db
from pb.policy import Action, Actor
from pb.review import queries_flags, queries_ranking, queries_seats
from pb.review import queries_session as queries
from pb.review.chairing import enter, enter_open
from pb.review.events_session import AttendanceNoted
from pb.review.models_session import AgendaItem, Attendance, Sitting
from pb.review.snapshots import note
from pb.review.turning import begin_turn, end_turn, seat_in_turn


@command
def note_arrival(*, sitting_id: int, account_id: int, actor: Actor, now: datetime) -> None:
    """Somebody with a seat on the commission came, before or after the opening. Twice is one act.

    A member who comes while a project is dealt with sits in on it, or stays out when recused. Writes AttendanceNoted.
    Raises Refused, Closed("session_over"), Invalid("no_seat_here").
    """
    sitting, here = enter(sitting_id, Action.RUN_SESSION, actor, now)
    if sitting.closed_at is not None:
        raise Closed("session_over")
    seat = queries_seats.seat_of(here.the_cycle.id, account_id)
    if seat is None:
        raise Invalid("no_seat_here", field="account")
    if account_id in queries.present(sitting_id):
        return
    db.session.add(
        Attendance(sitting_id=sitting_id, account_id=account_id, function=seat.function, came_at=now)
    )
    db.session.flush()
    turn = queries.turn_on(sitting_id)
    if turn is not None and account_id in queries.voting_members(here.the_cycle.id):
        known = queries.turn_members([turn.id]).get(turn.id, {})
        if account_id not in known:
            seat_in_turn(here, turn, turn.item.project_id, account_id, now)
    _attended(here, sitting, "attended_came", actor, now)


@command
def note_departure(*, sitting_id: int, account_id: int, actor: Actor, now: datetime) -> None:
    """Somebody left the session; a vote given stays. Twice is one act. Writes AttendanceNoted. Raises Refused,
    Closed("session_over").
    """
    sitting, here = enter(sitting_id, Action.RUN_SESSION, actor, now)
    if sitting.closed_at is not None:
        raise Closed("session_over")
    row = queries.present(sitting_id).get(account_id)
    if row is None:
        return
    row.left_at = now
    _attended(here, sitting, "attended_left", actor, now)


def _attended(here: Here, sitting: Sitting, kind: str, actor: Actor, now: datetime) -> None:
    db.session.flush()
    found = len(queries.present(sitting.id))
    note(AttendanceNoted(session=sitting.number, kind=kind, present=found), here, sitting.id, actor, now)


@command
def take_up(*, sitting_id: int, item_id: int, actor: Actor, now: datetime) -> int:
    """Deal with an item of the agenda from now on; gives the turn's id. What was on ends; the same item twice is one
    act. Members who are recused from the project leave the room.

    Until the chair closes the discussion, only flagged projects are taken up. Writes ItemTakenUp, ItemFinished.
    Raises Refused, Closed("session_not_open", "question_open", "scores_sealed", "not_flagged", "wrong_state",
    "decisions_published"), Invalid("choose_item").
    """
    sitting, here = enter_open(sitting_id, Action.RUN_SESSION, actor, now)
    item = queries.item_in(sitting_id, item_id)
    if item is None:
        raise Invalid("choose_item", field="item")
    on = queries.turn_on(sitting_id)
    if on is not None and on.item_id == item.id:
        return on.id
    _may_come_up(here, item)
    end_turn(here, sitting, actor, now)
    return begin_turn(here, sitting, item, actor, now).id


def _may_come_up(here: Here, item: AgendaItem) -> None:
    if item.project is None:
        return
    cycle_id = here.the_cycle.id
    if not queries_ranking.is_open(cycle_id):
        raise Closed("scores_sealed")
    if queries_ranking.publication(cycle_id) is not None:
        raise Closed("decisions_published")
    if item.project.state != ProjectState.FROZEN:
        raise Closed("wrong_state", state=item.project.state)
    if queries.reconciliation(cycle_id) is None and item.project.number not in queries_flags.flagged(here):
        raise Closed("not_flagged")


@command
def finish_item(*, sitting_id: int, actor: Actor, now: datetime) -> None:
    """End what is on; whoever had left the room comes back. Nothing on is no error. Writes ItemFinished. Raises
    Refused, Closed("session_not_open", "question_open").
    """
    sitting, here = enter_open(sitting_id, Action.RUN_SESSION, actor, now)
    end_turn(here, sitting, actor, now)
