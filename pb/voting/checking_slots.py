"""Slots held against the roll, and ballots against the application's signature: what must be true before the link
key goes, since nobody can tell afterwards (B13). Reads only.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from pb.db import db
from pb.voting.models import BoxBallot, VotingRound, VotingSlot
from pb.voting.people import voters_of
from pb.voting.receipts import Receipt, is_genuine

READ = 2000


@dataclass(frozen=True)
class SlotsFound:
    """``slots`` in use of ``voters`` on the roll; ``strangers``: slots that are of nobody, or of two people."""

    slots: int
    voters: int
    strangers: int
    unsigned: int

    @property
    def any(self) -> bool:
        return bool(self.strangers or self.unsigned)


def slots_wrong(row: VotingRound) -> SlotsFound:
    """B13, before the destruction: every slot equals exactly one roll entry's, every ballot is signed."""
    used = set(db.session.scalars(select(VotingSlot.value).where(VotingSlot.round_id == row.id)))
    voters, owned = 0, dict.fromkeys(used, 0)
    for voter in voters_of(row.cycle_id):
        voters += 1
        if voter.slot in owned:
            owned[voter.slot] += 1
    strangers = sum(number != 1 for number in owned.values())
    return SlotsFound(len(used), voters, strangers, unsigned(row))


def unsigned(row: VotingRound) -> int:
    """How many ballots of the box do not bear the application's signature."""
    found = db.session.execute(
        select(BoxBallot.commitment, BoxBallot.signature).where(BoxBallot.round_id == row.id)
    )
    return sum(
        not is_genuine(Receipt(row.label, hashed, signature)) for hashed, signature in found.yield_per(READ)
    )


def slots_left(row: VotingRound) -> int:
    """How many slots there are, whatever their values say."""
    return db.session.scalar(select(func.count()).where(VotingSlot.round_id == row.id)) or 0
