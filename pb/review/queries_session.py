"""Reading the commission's sessions: agenda, attendance, what is on, questions and votes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from pb.core.errors import Missing
from pb.core.sessions import session_quorum
from pb.cycles.queries import Here
from pb.db import db
from pb.review.models_minutes import MinorityOpinion, Minutes, MinutesScan, Reconciled
from pb.review.models_session import AgendaItem, Attendance, Question, Sitting, Turn, TurnMember, Vote
from pb.review.queries_ranking import newest_snapshot
from pb.review.queries_seats import members_and_substitutes


def sittings(cycle_id: int) -> list[Sitting]:
    """The sessions of the cycle, by number."""
    return list(
        db.session.scalars(select(Sitting).where(Sitting.cycle_id == cycle_id).order_by(Sitting.number))
    )


def sitting_by_number(here: Here, number: int) -> Sitting | None:
    """A session of the cycle."""
    return db.session.scalars(
        select(Sitting).where(Sitting.cycle_id == here.the_cycle.id, Sitting.number == number)
    ).first()


def sitting_for_update(sitting_id: int) -> Sitting:
    """A session, locked and read again. Raises Missing."""
    query = select(Sitting).where(Sitting.id == sitting_id).with_for_update()
    row = db.session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise Missing("no_such_page")
    return row


def open_sitting(cycle_id: int) -> Sitting | None:
    """The session that is open now."""
    return db.session.scalars(
        select(Sitting).where(
            Sitting.cycle_id == cycle_id, Sitting.opened_at.is_not(None), Sitting.closed_at.is_(None)
        )
    ).first()


def agenda(sitting_id: int) -> list[AgendaItem]:
    """The agenda in its order."""
    return list(
        db.session.scalars(
            select(AgendaItem)
            .where(AgendaItem.sitting_id == sitting_id)
            .options(joinedload(AgendaItem.project))
            .order_by(AgendaItem.position, AgendaItem.id)
        )
    )


def agendas(sitting_ids: Collection[int]) -> dict[int, list[AgendaItem]]:
    """The agendas of several sessions, by session."""
    rows = db.session.scalars(
        select(AgendaItem)
        .where(AgendaItem.sitting_id.in_(sitting_ids))
        .order_by(AgendaItem.sitting_id, AgendaItem.position, AgendaItem.id)
    )
    found: dict[int, list[AgendaItem]] = defaultdict(list)
    for row in rows:
        found[row.sitting_id].append(row)
    return found


def item_in(sitting_id: int, item_id: int) -> AgendaItem | None:
    """An item of that agenda."""
    item = db.session.get(AgendaItem, item_id)
    return item if item is not None and item.sitting_id == sitting_id else None


def item_of_cycle(cycle_id: int, item_id: int) -> AgendaItem | None:
    """An item of an agenda of the cycle."""
    return db.session.scalars(
        select(AgendaItem)
        .join(Sitting, Sitting.id == AgendaItem.sitting_id)
        .where(AgendaItem.id == item_id, Sitting.cycle_id == cycle_id)
    ).first()


def attendance(sitting_id: int) -> list[Attendance]:
    """Who came and left, in the order of coming."""
    return list(
        db.session.scalars(
            select(Attendance)
            .where(Attendance.sitting_id == sitting_id)
            .options(joinedload(Attendance.account))
            .order_by(Attendance.id)
        )
    )


def present(sitting_id: int) -> dict[int, Attendance]:
    """Who is there now, by account."""
    return {row.account_id: row for row in attendance(sitting_id) if row.left_at is None}


def voting_members(cycle_id: int) -> tuple[int, ...]:
    """The accounts that vote in a session: the members, and the substitutes who were called in."""
    return members_and_substitutes(cycle_id)[0]


def quorum_of(cycle_id: int) -> int:
    """How many voting members must be there."""
    return session_quorum(len(voting_members(cycle_id)))


def turns(sitting_id: int) -> list[Turn]:
    """What was dealt with, in its order."""
    return list(
        db.session.scalars(
            select(Turn)
            .where(Turn.sitting_id == sitting_id)
            .options(joinedload(Turn.item).joinedload(AgendaItem.project))
            .order_by(Turn.id)
        )
    )


def turn_on(sitting_id: int | None) -> Turn | None:
    """What is being dealt with now."""
    return db.session.scalars(
        select(Turn)
        .where(Turn.sitting_id == sitting_id, Turn.ended_at.is_(None))
        .options(joinedload(Turn.item).joinedload(AgendaItem.project))
    ).first()


def turn_members(turn_ids: Collection[int]) -> dict[int, dict[int, TurnMember]]:
    """Who was there for these turns and who was recused, by turn and account."""
    rows = db.session.scalars(
        select(TurnMember)
        .where(TurnMember.turn_id.in_(turn_ids))
        .order_by(TurnMember.turn_id, TurnMember.account_id)
    )
    found: dict[int, dict[int, TurnMember]] = defaultdict(dict)
    for row in rows:
        found[row.turn_id][row.account_id] = row
    return found


def questions(turn_ids: Collection[int]) -> list[Question]:
    """The questions put in these turns, in their order."""
    return list(
        db.session.scalars(select(Question).where(Question.turn_id.in_(turn_ids)).order_by(Question.id))
    )


def question_for_update(question_id: int) -> Question:
    """A question, locked and read again. Raises Missing."""
    query = select(Question).where(Question.id == question_id).with_for_update()
    row = db.session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise Missing("no_such_page")
    return row


def votes(question_ids: Collection[int]) -> dict[int, dict[int, Vote]]:
    """The votes on these questions, by question and account."""
    rows = db.session.scalars(
        select(Vote).where(Vote.question_id.in_(question_ids)).order_by(Vote.question_id, Vote.account_id)
    )
    found: dict[int, dict[int, Vote]] = defaultdict(dict)
    for row in rows:
        found[row.question_id][row.account_id] = row
    return found


def reconciliation(cycle_id: int) -> Reconciled | None:
    """The closed discussion, if the ranking that stands is the one it was closed on: a conflict that is discovered
    later computes another ranking, and the chair closes the discussion anew.
    """
    snapshot = newest_snapshot(cycle_id)
    return db.session.get(Reconciled, snapshot.id) if snapshot is not None else None


def discussed(cycle_id: int) -> dict[int, int]:
    """The last turn that is over on each project that was discussed in a session, by project id."""
    rows = db.session.execute(
        select(AgendaItem.project_id, Turn.id)
        .join(Turn, Turn.item_id == AgendaItem.id)
        .join(Sitting, Sitting.id == Turn.sitting_id)
        .where(Sitting.cycle_id == cycle_id, AgendaItem.project_id.is_not(None), Turn.ended_at.is_not(None))
        .order_by(Turn.id)
    )
    return {project: turn for project, turn in rows if project is not None}


def opinions(item_ids: Collection[int]) -> dict[int, dict[int, MinorityOpinion]]:
    """The newest minority opinion of each member on these items, by item and account."""
    rows = db.session.scalars(
        select(MinorityOpinion).where(MinorityOpinion.item_id.in_(item_ids)).order_by(MinorityOpinion.id)
    )
    found: dict[int, dict[int, MinorityOpinion]] = defaultdict(dict)
    for row in rows:
        found[row.item_id][row.account_id] = row
    return found


def minutes_of(cycle_id: int) -> dict[int, Minutes]:
    """The fixed minutes of the cycle, by session."""
    rows = db.session.scalars(
        select(Minutes).join(Sitting, Sitting.id == Minutes.sitting_id).where(Sitting.cycle_id == cycle_id)
    )
    return {row.sitting_id: row for row in rows}


def scans_of(cycle_id: int) -> dict[int, MinutesScan]:
    """The newest signed scan of each session's minutes, by session; without its bytes."""
    rows = db.session.scalars(
        select(MinutesScan)
        .join(Sitting, Sitting.id == MinutesScan.sitting_id)
        .where(Sitting.cycle_id == cycle_id)
        .order_by(MinutesScan.id)
    )
    return {row.sitting_id: row for row in rows}


def scan_bytes(sitting_id: int) -> bytes | None:
    """The newest signed scan of a session's minutes."""
    return db.session.scalars(
        select(MinutesScan.data)
        .where(MinutesScan.sitting_id == sitting_id)
        .order_by(MinutesScan.id.desc())
        .limit(1)
    ).first()
