"""What the close and the destruction of the link key do, once it is decided who may do them. Within a command."""

from __future__ import annotations

import secrets
from datetime import datetime
from secrets import SystemRandom

from sqlalchemy import delete, func, insert, select, update

from pb.audit.log import record
from pb.core.errors import Closed
from pb.cycles.queries import Here
from pb.db import db
from pb.policy import Actor
from pb.voting import link_key, paper
from pb.voting.checking_slots import slots_wrong
from pb.voting.erasing import erase_identification
from pb.voting.events import BoxClosed, LinksDestroyed
from pb.voting.flush import batches, move_waiting
from pb.voting.gatekeeping import refuse_broken
from pb.voting.models import BoxBallot, VotingLink, VotingRound, VotingSlot
from pb.voting.models_ceremony import VoidCase
from pb.voting.models_paper import PaperOut
from pb.voting.obligations import Obligation, erase_all, open_obligations, source
from pb.voting.posting import catch_up, unexplained_code
from pb.voting.queries_ceremony import void_cases

_dice = SystemRandom()


def close_now(row: VotingRound, here: Here, actor: Actor, now: datetime) -> int:
    """End the vote: flush everything, erase the voters' codes, and give the number of ballots in the box.

    ``row`` is locked: every cast under way was waited for, and those after it find the box closed. Writes
    BoxClosed (public), and the close onto the board. Gives the number again when it was closed before. Raises
    Closed("code_unexplained"), as ``refuse_broken``, Closed("box_mismatch") when ballots and used slots differ in
    number.
    """
    if row.closed_at is not None:
        return ballots_in(row)
    if unexplained_code(row):
        raise Closed("code_unexplained")
    refuse_broken(row)
    move_waiting(row, at_least=1, now=now)
    ballots = ballots_in(row)
    slots = db.session.scalar(
        select(func.count())
        .select_from(VotingSlot)
        .where(VotingSlot.round_id == row.id, VotingSlot.state == "cast", VotingSlot.channel != "paper")
    )
    if ballots != slots:
        raise Closed("box_mismatch", ballots=ballots, slots=slots)
    erase_identification(row.cycle_id)
    db.session.execute(delete(PaperOut).where(PaperOut.round_id == row.id))  # no paper comes back any more
    row.closed_at = now
    catch_up(row, now)
    record(
        BoxClosed(ballots), subject_id=row.id, by=actor, at=now, town_id=here.town.id, cycle_id=row.cycle_id
    )
    return ballots


def ballots_in(row: VotingRound) -> int:
    """How many ballots lie in the box."""
    return db.session.scalar(select(func.count()).where(BoxBallot.round_id == row.id)) or 0


@source
def paper_open(row: VotingRound) -> list[Obligation]:
    """What of the voting on paper is not keyed, counted or signed."""
    return [Obligation(code, params) for code, params in paper.unsettled(row)]


@source
def cases_open(row: VotingRound) -> list[Obligation]:
    """Cases of suspected fraud that are not settled."""
    number = sum(case.state in ("proposed", "approved") for case in void_cases(row.id))
    return [Obligation("cases_open", {"number": number})] if number else []


def ready_to_destroy(row: VotingRound) -> None:
    """Raises Closed with what stands in the way: box_not_closed, an obligation's code, slots_wrong (B13)."""
    if row.closed_at is None:
        raise Closed("box_not_closed")
    for obligation in open_obligations(row):
        raise Closed(obligation.code, **obligation.params)
    wrong = slots_wrong(row)
    if wrong.strangers:  # a ballot without a signature shows afterwards too, and does not count
        raise Closed("slots_wrong", strangers=wrong.strangers)


def destroy_now(row: VotingRound, here: Here, actor: Actor, now: datetime) -> None:
    """Erase the links, the slots' values and the slots of cases. Does nothing where it was done.

    The slots stay as they are counted (unit, channel, state), each under a new random value and in a new order. The
    file of the key goes when this is committed: ``finish_destroying``. Writes LinksDestroyed (public), and the
    destruction onto the board. Raises as ``ready_to_destroy`` and ``refuse_broken``.
    """
    if row.destroyed_at is not None:
        return
    ready_to_destroy(row)
    refuse_broken(row)
    links = db.session.scalar(select(func.count()).where(VotingLink.round_id == row.id)) or 0
    db.session.execute(delete(VotingLink).where(VotingLink.round_id == row.id))
    found = db.session.execute(
        select(VotingSlot.unit_id, VotingSlot.channel, VotingSlot.state).where(VotingSlot.round_id == row.id)
    ).all()
    slots = list(found)
    _dice.shuffle(slots)
    db.session.execute(delete(VotingSlot).where(VotingSlot.round_id == row.id))
    for batch in batches(slots):
        db.session.execute(
            insert(VotingSlot),
            [
                {
                    "round_id": row.id, "value": secrets.token_hex(32), "unit_id": slot.unit_id,
                    "channel": slot.channel, "state": slot.state,
                }
                for slot in batch
            ],
        )  # fmt: skip
    db.session.execute(update(VoidCase).where(VoidCase.round_id == row.id).values(slot=None))
    erase_all(row)
    row.destroyed_at = now
    db.session.flush()
    catch_up(row, now)
    record(
        LinksDestroyed(len(slots), links),
        subject_id=row.id, by=actor, at=now, town_id=here.town.id, cycle_id=row.cycle_id,
    )  # fmt: skip


def finish_destroying() -> int:
    """Remove the key files of all rounds whose destruction is committed (after the act, and the worker every
    second, in case the machine stopped in between); gives their number.
    """
    rows = db.session.scalars(
        select(VotingRound).where(
            VotingRound.destroyed_at.is_not(None), VotingRound.link_key_name.is_not(None)
        )
    ).all()
    return sum(link_key.erase(row) for row in rows)
