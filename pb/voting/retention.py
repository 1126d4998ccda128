"""Erasing the roll on the rulebook's date: afterwards nothing here joins a person to anything in the vote.

What must stay for the count stays: how many there were by unit, the turnout, the roll's fingerprint.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select

from pb.audit.log import record
from pb.core.errors import Closed, DomainError
from pb.core.phases import Phase
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.messages.models import OutgoingMessage
from pb.policy import Action, Actor, authorise
from pb.voting.claims import erase_claims
from pb.voting.erasing import AT_THE_CLOSE
from pb.voting.events_people import RollErased
from pb.voting.models_people import Roll, RollEntry, ToldSlot
from pb.voting.rounds import round_of

STILL_WAITING = timedelta(days=2)  # longer than any message is tried
MESSAGES = ("voter_code", "vote_cast", "phone_bound")  # their hashes of numbers tell who was on the roll


def erase_from(here: Here) -> datetime | None:
    """From when on the roll is erased: so many days after the results; None in a contest without a vote."""
    if here.calendar is None or Phase.VOTING not in here.calendar.starts:
        return None
    return here.calendar.closes(Phase.RESULTS) + timedelta(days=here.rules.voters.keep_roll_days)


@command
def erase_roll(*, cycle_id: int, actor: Actor | None, now: datetime) -> int:
    """Erase voters, phones, codes and messages of a contest; give how many voters there were.

    ``actor`` None: the worker, on the date. Gives 0 where nothing is left. Writes RollErased (public). Raises
    Refused, Closed("roll_kept") before the date, Closed("box_not_opened" | "link_key_there") while the vote
    still needs the roll.
    """
    here = here_by_id(cycle_id, now=now, lock=True)
    if actor is not None:
        authorise(actor, Action.ERASE_ROLL, town_id=here.town.id, status=here.status)
    due = erase_from(here)
    if due is None or now < due:
        raise Closed("roll_kept", until=due)
    vote = round_of(cycle_id, lock=True)
    if vote is not None and vote.custodians:
        if vote.opened_at is None:
            raise Closed("box_not_opened")
        if vote.destroyed_at is None:
            raise Closed("link_key_there")
    rolls = list(db.session.scalars(select(Roll).where(Roll.cycle_id == cycle_id, Roll.erased_at.is_(None))))
    if not rolls:
        return 0
    for model in AT_THE_CLOSE:
        db.session.execute(delete(model).where(model.cycle_id == cycle_id))
    size = 0
    for roll in rolls:
        db.session.execute(delete(RollEntry).where(RollEntry.roll_id == roll.id))
        size += roll.size if roll.approved_at is not None else 0
        roll.erased_at, roll.faults = now, None
        roll.report = {**roll.report, "listed": []}
    erase_claims(cycle_id)
    if vote is not None:
        db.session.execute(delete(ToldSlot).where(ToldSlot.round_id == vote.id))
    # Rows from before they said of which contest they are say nothing: one that another town has yet to send must
    # not go with the old ones.
    over = or_(OutgoingMessage.next_try_at.is_(None), OutgoingMessage.created_at <= now - STILL_WAITING)
    db.session.execute(
        delete(OutgoingMessage).where(
            OutgoingMessage.kind.in_(MESSAGES), OutgoingMessage.created_at <= due, over
        )
    )
    record(
        RollErased(size), subject_id=rolls[-1].id, by=actor, at=now, town_id=here.town.id, cycle_id=cycle_id
    )
    return size


def erase_due(*, now: datetime) -> int:
    """Erase every roll whose date has come (the worker); gives the number of contests."""
    ids = db.session.scalars(
        select(Roll.cycle_id).where(Roll.approved_at.is_not(None), Roll.erased_at.is_(None)).distinct()
    ).all()
    done = 0
    for cycle_id in ids:
        due = erase_from(here_by_id(cycle_id, now=now))
        if due is None or now < due:
            continue
        try:
            done += erase_roll(cycle_id=cycle_id, actor=None, now=now) > 0
        except DomainError:  # the vote needs it still; the next round asks again
            continue
    return done
