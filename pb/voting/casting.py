"""Casting a ballot: the one place where a slot and choices meet. It imports no model of people.

The one command without actor, audit event or message: anything written beside the ballot in its transaction
would tie a person to it (in PostgreSQL the rows carry the same xmin).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from pb import clock
from pb.core.ballots import ballot_bytes, commitment
from pb.core.errors import Closed, Missing
from pb.cycles.models import Cycle
from pb.cycles.queries import status_of
from pb.db import command, db, in_command
from pb.policy import NOBODY, Action, authorise
from pb.voting import receipts, tokens
from pb.voting.models import BoxBallot, InboxBallot, VotingRound, VotingSlot
from pb.voting.receipts import Receipt
from pb.voting.rounds import FrozenRound, calendar_by_id, frozen_round
from pb.voting.sealing import seal_ballot


def cast_ballot(
    *, round_id: int, slot: str, unit_id: int, channel: str, choices: Sequence[str], token: str
) -> Receipt:
    """Put one sealed ballot into the inbox and use the slot, in one transaction; give the signed receipt.

    The same ``token`` gives the same receipt however often it is sent. Writes one slot and one inbox row, and
    nothing else. Raises Closed("already_voted" | "wrong_phase" | "voting_over"), Invalid("page_changed") for
    a token that was not issued for these choices, Invalid on ``choices`` for what the rulebook does not
    allow, Missing("no_round").
    """
    if in_command():
        raise RuntimeError("a ballot is cast in a transaction of its own")
    frozen = frozen_round(round_id)
    random = tokens.read(token, round_id, slot, choices)
    unit = frozen.unit_on_ballot(unit_id)
    content = ballot_bytes(frozen.label, unit, choices, tokens.ballot_random(random, slot))
    frozen.check(choices, unit)
    # Sealed before the transaction, so that nobody waits for arithmetic while the round is locked.
    sealed = seal_ballot(content, frozen.keys, frozen.label)
    receipt = receipts.sign(frozen.label, commitment(content).hex())
    try:
        _cast(frozen, slot, unit_id, channel, list(choices), sealed, receipt, tokens.fingerprint(random))
    except IntegrityError:
        if not _is_recorded(round_id, receipt.commitment):
            raise Closed("already_voted") from None
    return receipt


@command
def _cast(
    frozen: FrozenRound,
    slot: str,
    unit_id: int,
    channel: str,
    choices: list[str],
    sealed: bytes,
    receipt: Receipt,
    token_hash: str,
) -> None:
    # For share: casts do not wait for each other, the close waits for all of them and they for the close.
    found = db.session.execute(
        select(VotingRound.closed_at, VotingRound.trial_opened_at, Cycle)
        .join(Cycle, Cycle.id == VotingRound.cycle_id)
        .where(VotingRound.id == frozen.id)
        .with_for_update(read=True, of=VotingRound)
    ).one_or_none()
    if found is None:
        raise Missing("no_round")
    closed_at, trial_opened_at, cycle = found
    now = clock.db_now()  # after the lock: a ballot that waited for the close comes too late
    if closed_at is not None or trial_opened_at is None:
        raise Closed("voting_over")
    if cycle.calendar_id is None:
        raise Missing("no_round")
    status = status_of(cycle, calendar_by_id(cycle.calendar_id), now)
    authorise(NOBODY, Action.VOTE, town_id=cycle.town_id, status=status)
    frozen.check(choices, frozen.unit_on_ballot(unit_id))
    db.session.execute(
        insert(VotingSlot).values(
            round_id=frozen.id, value=slot, unit_id=unit_id, channel=channel, state="cast"
        )
    )
    db.session.execute(
        insert(InboxBallot).values(
            id=secrets.token_hex(16),
            round_id=frozen.id,
            commitment=receipt.commitment,
            sealed=sealed,
            signature=receipt.signature,
            token_hash=token_hash,
        )
    )


def _is_recorded(round_id: int, commitment_hex: str) -> bool:
    """Whether just this ballot was taken before: the request is a repetition, not a second vote.

    The inbox is asked first and then the box, since a flush moves rows that way.
    """
    return any(
        db.session.execute(
            select(model.commitment).where(model.round_id == round_id, model.commitment == commitment_hex)
        ).first()
        for model in (InboxBallot, BoxBallot)
    )
