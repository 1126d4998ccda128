"""Taking an item up and ending it: who is recused leaves the room, and comes back. Called inside commands that hold
the commission's lock.
"""

from __future__ import annotations

from datetime import datetime

from pb.core.errors import Closed
from pb.cycles.queries import Here
from pb.db import db
from pb.policy import Actor
from pb.projects.models import Project
from pb.projects.records import number_of
from pb.review import queries_session as queries
from pb.review.events_session import ItemFinished, ItemTakenUp, MemberSteppedOut
from pb.review.models_session import AgendaItem, Question, Sitting, Turn, TurnMember
from pb.review.queries_commission import panel_of
from pb.review.snapshots import note


def question_open(turn: Turn) -> Question | None:
    """The question of the turn that waits for its count."""
    return next((one for one in queries.questions([turn.id]) if one.closed_at is None), None)


def withdraw(question: Question, now: datetime) -> None:
    """Close a question without a count; the votes noted so far go."""
    for vote in queries.votes([question.id]).get(question.id, {}).values():
        db.session.delete(vote)
    question.withdrawn, question.closed_at = True, now
    db.session.flush()


def begin_turn(here: Here, sitting: Sitting, item: AgendaItem, actor: Actor, now: datetime) -> Turn:
    """Deal with an item from now on. Writes ItemTakenUp."""
    turn = Turn(sitting_id=sitting.id, item_id=item.id, began_at=now)
    db.session.add(turn)
    db.session.flush()
    there = queries.present(sitting.id)
    rows = [
        seat_in_turn(here, turn, item.project_id, member, now)
        for member in queries.voting_members(here.the_cycle.id)
        if member in there
    ]
    db.session.flush()
    event = ItemTakenUp(session=sitting.number, item=item.position, recused=sum(row.recused for row in rows))
    note(event, here, sitting.id, actor, now)
    return turn


def seat_in_turn(here: Here, turn: Turn, project_id: int | None, member_id: int, now: datetime) -> TurnMember:
    """A voting member in the turn: in the room, or out of it when recused from the project."""
    kind = panel_of(here).kind(member_id, project_id) if project_id is not None else ""
    row = TurnMember(
        turn_id=turn.id,
        account_id=member_id,
        recused=bool(kind),
        kind=kind,
        left_at=now if kind else None,
    )
    db.session.add(row)
    return row


def end_turn(here: Here, sitting: Sitting, actor: Actor, now: datetime) -> Turn | None:
    """End what is on; who had left the room and is still at the session comes back. Gives the turn that ended, None
    when nothing was on. Writes ItemFinished. Raises Closed("question_open").
    """
    turn = queries.turn_on(sitting.id)
    if turn is None:
        return None
    if question_open(turn):
        raise Closed("question_open")
    there = queries.present(sitting.id)
    for member, row in queries.turn_members([turn.id]).get(turn.id, {}).items():
        if row.recused and row.returned_at is None and member in there:
            row.returned_at = now
    turn.ended_at = now
    db.session.flush()
    note(ItemFinished(session=sitting.number, item=turn.item.position), here, sitting.id, actor, now)
    return turn


def step_out(here: Here, member_id: int, actor: Actor, now: datetime) -> None:
    """Whoever turns out to be recused from the project that is on leaves the room at once: a vote that is not counted
    yet goes; where one was counted already, the project is taken up anew without the member. Writes MemberSteppedOut.
    """
    sitting = queries.open_sitting(here.the_cycle.id)
    turn = queries.turn_on(sitting.id) if sitting is not None else None
    project: Project | None = turn.item.project if turn is not None else None
    if sitting is None or turn is None or project is None:
        return
    kind = panel_of(here).kind(member_id, project.id)
    row = queries.turn_members([turn.id]).get(turn.id, {}).get(member_id)
    if not kind or row is None or row.recused:
        return
    votes = queries.votes([question.id for question in queries.questions([turn.id])])
    own = [given[member_id] for given in votes.values() if member_id in given]
    if any(vote.sealed for vote in own):
        if (question := question_open(turn)) is not None:
            withdraw(question, now)
        end_turn(here, sitting, actor, now)
        begin_turn(here, sitting, turn.item, actor, now)
    else:
        for vote in own:
            db.session.delete(vote)
        db.session.flush()
        row.recused, row.kind, row.left_at = True, kind, now
    db.session.flush()
    note(MemberSteppedOut(number=number_of(project)), here, project.id, actor, now)
