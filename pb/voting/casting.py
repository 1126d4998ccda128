"""Casting a ballot: the one place where a slot and choices meet. It imports no model of people.

The one command without actor, audit event or message: anything written beside the ballot in its transaction
would tie a person to it (in PostgreSQL the rows carry the same xmin).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from pb import clock
from pb.core.ballots import ballot_bytes, commitment
from pb.core.errors import Closed, Missing, Refused
from pb.cycles.models import Cycle
from pb.cycles.status import ACTS, status_after
from pb.db import db, metadata, row_command
from pb.policy import NOBODY, Action, authorise
from pb.voting import receipts, tokens
from pb.voting.models import BoxBallot, InboxBallot, VotingRound
from pb.voting.receipts import Receipt
from pb.voting.rounds import FrozenRound, calendar_by_id, frozen_round
from pb.voting.sealing import seal_ballot


def cast_ballot(
    *,
    round_id: int,
    slot: str,
    unit_id: int,
    channel: str,
    choices: Sequence[str],
    token: str,
    until: datetime | None = None,
) -> Receipt:
    """Put one sealed ballot into the inbox and use the slot, in one transaction; give the signed receipt.

    The same ``token`` gives the same receipt however often it is sent. Writes one slot and one inbox row, and
    nothing else. Raises Closed("already_voted" | "wrong_phase" | "voting_over"), Invalid("page_changed") for
    a token that was not issued for these choices, Invalid on ``choices`` for what the rulebook does not
    allow, Missing("no_round").
    """
    frozen = frozen_round(round_id)
    random = tokens.read(token, round_id, slot, choices)
    unit = frozen.unit_on_ballot(unit_id)
    content = ballot_bytes(frozen.label, unit, choices, tokens.ballot_random(random, slot))
    frozen.check(choices, unit)
    # Sealed before the transaction, so that nobody waits for arithmetic while the round is locked.
    sealed = seal_ballot(content, frozen.keys, frozen.label)
    receipt = receipts.sign(frozen.label, commitment(content).hex())
    rows = {
        "slot_round_id": round_id,
        "slot_value": slot,
        "slot_unit_id": unit_id,
        "slot_channel": channel,
        "slot_state": "cast",
        "ballot_round_id": round_id,
        "ballot_commitment": receipt.commitment,
        "ballot_sealed": sealed,
        "ballot_signature": receipt.signature,
    }
    try:
        row_command(lambda connection: _cast(connection, frozen, rows, until))
    except IntegrityError:
        if not _is_recorded(round_id, receipt.commitment):
            raise Closed("already_voted") from None
    return receipt


@cache
def _statements(dialect: str) -> tuple[Any, Sequence[tuple[str, tuple[str, ...]]]]:
    """The reading under lock, and the writing; built once, since building a statement costs more than running it.

    PostgreSQL writes both rows in one statement: a round trip less for each ballot.
    """
    # For share: casts do not wait for each other, the close waits for all of them and they for the close.
    locked = (
        select(VotingRound.cycle_id, VotingRound.closed_at, VotingRound.trial_opened_at)
        .where(VotingRound.id == bindparam("in_round"))
        .with_for_update(read=True)
        .cte("locked")
    )
    if dialect == "postgresql":
        locked = locked.prefix_with("MATERIALIZED")
    read = select(
        locked.c.closed_at,
        locked.c.trial_opened_at,
        Cycle.id,
        Cycle.town_id,
        Cycle.published_at,
        Cycle.calendar_id,
        *clock.stamp_columns(dialect),
    ).join(locked, locked.c.cycle_id == Cycle.id)
    slots, inbox = metadata.tables["voting_slot"], metadata.tables["inbox_ballot"]
    use_slot = insert(slots).values({c.name: bindparam(f"slot_{c.name}") for c in slots.columns})
    put_ballot = insert(inbox).values({c.name: bindparam(f"ballot_{c.name}") for c in inbox.columns})
    both = (put_ballot.add_cte(use_slot.cte("used")),) if dialect == "postgresql" else (use_slot, put_ballot)
    return read, tuple(_written_out(one, dialect) for one in both)


def _written_out(statement: Any, dialect: str) -> tuple[str, tuple[str, ...]]:
    """The text of a statement whose values the driver takes as they are, and their names where they stand in
    a row (SQLite); no names: they are given by name.
    """
    compiled = statement.compile(dialect=db.engine.dialect)
    return str(compiled), tuple(compiled.positiontup or ())


def _cast(connection: Connection, frozen: FrozenRound, rows: dict[str, Any], until: datetime | None) -> None:
    read, writes = _statements(connection.dialect.name)
    found = connection.execute(read, {"in_round": frozen.id}).one_or_none()
    if found is None or found.calendar_id is None:
        raise Missing("no_round")
    # Read after the lock: a ballot that waited for the close comes too late.
    now = clock.db_now(found.machine, found.rehearsal)
    if found.closed_at is not None or found.trial_opened_at is None:
        raise Closed("voting_over")
    acts = connection.execute(ACTS, {"cycle_id": found.id, "now": now})
    status = status_after(acts, found.published_at, calendar_by_id(found.calendar_id, connection), now)
    authorise(NOBODY, Action.VOTE, town_id=found.town_id, status=status)
    if until is not None and now >= until:
        raise Refused("pass_expired")
    for write, names in writes:
        connection.exec_driver_sql(write, tuple(rows[name] for name in names) if names else rows)


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
