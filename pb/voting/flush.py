"""The flush: ballots move from the inbox into the box and onto the board, shuffled. Their order of arrival
exists nowhere afterwards.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime
from secrets import SystemRandom
from typing import Any

from sqlalchemy import delete, func, insert, select

from pb.db import command, db, one_at_a_time
from pb.voting.models import BoxBallot, InboxBallot, VotingRound
from pb.voting.posting import catch_up
from pb.voting.rounds import round_of
from pb.voting.stirring import needs_stirring, stir

FLUSH_FROM = 20  # ballots: fewer wait, since in a small batch arrival and place would tell too much
BATCH = 500

log = logging.getLogger(__name__)
_dice = SystemRandom()


@command
def flush(*, cycle_id: int, now: datetime) -> int:
    """Move the inbox into the box and erase it, if it holds FLUSH_FROM ballots; give the number moved.

    Of ``now`` the day alone is kept, in the head of the board: a ballot has no time. Safe to run at any moment,
    and by several at once.
    """
    row = round_of(cycle_id)
    if row is None or row.closed_at is not None:
        return 0
    return move_waiting(row, at_least=FLUSH_FROM, now=now)


def flush_due(*, now: datetime) -> int:
    """``flush`` wherever enough ballots wait (the worker, every second); gives the number moved. Where fewer
    wait, they are stirred. A round that fails is logged and keeps no other from being emptied.
    """
    waiting = db.session.execute(
        select(VotingRound.cycle_id, VotingRound.id, func.count().label("ballots"))
        .join(InboxBallot, InboxBallot.round_id == VotingRound.id)
        .where(VotingRound.closed_at.is_(None))
        .group_by(VotingRound.cycle_id, VotingRound.id)
    ).all()
    moved = 0
    for row in waiting:
        try:
            if row.ballots >= FLUSH_FROM:
                moved += flush(cycle_id=row.cycle_id, now=now)
            elif needs_stirring(row.id):
                _stir_waiting(row.id)
        except Exception as error:  # what is wrong with one town's round keeps no other's ballots waiting
            db.session.rollback()
            log.error("the inbox of contest %s was not emptied: %s", row.cycle_id, type(error).__name__)
    return moved


@command
def _stir_waiting(round_id: int) -> None:
    one_at_a_time(f"flush {round_id}")
    stir(round_id)


def move_waiting(row: VotingRound, *, at_least: int, now: datetime) -> int:
    """The flush of one round, within a command, if at least so many wait; gives the number moved."""
    one_at_a_time(f"flush {row.id}")
    waiting = db.session.execute(
        select(InboxBallot.commitment, InboxBallot.sealed, InboxBallot.signature).where(
            InboxBallot.round_id == row.id
        )
    ).all()
    if len(waiting) < max(at_least, 1):
        return 0
    last = db.session.scalar(select(func.max(BoxBallot.position)).where(BoxBallot.round_id == row.id)) or 0
    moved = list(waiting)
    _dice.shuffle(moved)
    for batch in batches(list(enumerate(moved, start=last + 1))):
        db.session.execute(
            insert(BoxBallot),
            [
                {
                    "round_id": row.id, "position": position, "commitment": ballot.commitment,
                    "sealed": ballot.sealed, "signature": ballot.signature,
                }
                for position, ballot in batch
            ],
        )  # fmt: skip
        names = [ballot.commitment for _, ballot in batch]
        db.session.execute(
            delete(InboxBallot).where(InboxBallot.round_id == row.id, InboxBallot.commitment.in_(names))
        )
    stir(row.id)
    catch_up(row, now)
    return len(moved)


def batches(items: list[Any]) -> Iterable[list[Any]]:
    """The items in lists of BATCH."""
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))
