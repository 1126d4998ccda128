"""Reading challenges of members with their decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from pb.db import db
from pb.review.models_conflicts import ChallengeDecision, MemberChallenge


@dataclass(frozen=True)
class Challenged:
    """A challenge with its decision, if there is one."""

    challenge: MemberChallenge
    decision: ChallengeDecision | None


def challenges(cycle_id: int, now: datetime) -> list[Challenged]:
    """The challenges of the cycle by ``now``, undecided ones first, then in their order."""
    rows = db.session.execute(
        select(MemberChallenge, ChallengeDecision)
        .outerjoin(ChallengeDecision, ChallengeDecision.challenge_id == MemberChallenge.id)
        .where(MemberChallenge.cycle_id == cycle_id, MemberChallenge.at <= now)
        .options(joinedload(MemberChallenge.project), joinedload(MemberChallenge.member))
        .order_by(ChallengeDecision.challenge_id.is_not(None), MemberChallenge.id)
    )
    return [Challenged(challenge, decision) for challenge, decision in rows]


def challenge_in_cycle(cycle_id: int, challenge_id: int) -> MemberChallenge | None:
    """A challenge of this cycle, by its id."""
    row = db.session.get(MemberChallenge, challenge_id)
    return row if row is not None and row.cycle_id == cycle_id else None


def decision_of(challenge_id: int) -> ChallengeDecision | None:
    """How a challenge was decided."""
    return db.session.get(ChallengeDecision, challenge_id)
