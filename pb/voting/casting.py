"""Casting a ballot: the one place where a slot and choices meet. It imports no model of people.

The one command without actor, audit event or message: anything written beside the ballot in its transaction
would tie a person to it (in PostgreSQL the rows carry the same xmin).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Dialect, bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from pb import clock
from pb.core.ballots import ballot_bytes, commitment
from pb.core.errors import Closed, Missing, Refused
from pb.cycles.models import Cycle
from pb.cycles.status import ACTS, status_after
from pb.db import db, metadata
from pb.policy import NOBODY, Action, authorise
from pb.rows import Prepared, Rows, row_command
from pb.voting import receipts, tokens
from pb.voting.links import seal_link
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

    The same ``token`` gives the same receipt however often it is sent. Writes one slot, its sealed link and one
    inbox row, and nothing else. Raises Closed("already_voted" | "wrong_phase" | "voting_over"),
    Invalid("page_changed") for a token that was not issued for these choices, Invalid on ``choices`` for what the
    rulebook does not allow, Missing("no_round").
    """
    frozen = frozen_round(round_id)
    random = tokens.read(token, round_id, slot, choices)
    unit = frozen.unit_on_ballot(unit_id)
    content = ballot_bytes(frozen.label, unit, choices, tokens.ballot_random(random, slot))
    frozen.check(choices, unit)
    # Sealed before the transaction, so that nobody waits for arithmetic while the round is locked.
    sealed = seal_ballot(content, frozen.keys, frozen.label)
    receipt = receipts.sign(frozen.label, commitment(content).hex())
    link = receipts.mark_link(frozen.label, slot, receipt.commitment)
    written = {
        "slot_round_id": round_id,
        "slot_value": slot,
        "slot_unit_id": unit_id,
        "slot_channel": channel,
        "slot_state": "cast",
        "link_round_id": round_id,
        "link_value": slot,
        "link_sealed": seal_link(link, frozen.keys, frozen.label),
        "ballot_round_id": round_id,
        "ballot_commitment": receipt.commitment,
        "ballot_sealed": sealed,
        "ballot_signature": receipt.signature,
    }
    try:
        row_command(lambda rows: _cast(rows, frozen, written, until))
    except IntegrityError:
        if not _is_recorded(round_id, receipt.commitment):
            raise Closed("already_voted") from None
    return receipt


class Statements(NamedTuple):
    """What a cast runs: the round under lock, what was passed and decided, and the rows that it writes.

    PostgreSQL writes all rows in one statement: round trips less for each ballot.
    """

    read: Prepared
    acts: Prepared
    writes: tuple[Prepared, ...]


@cache
def _statements(dialect: Dialect) -> Statements:
    # For share: casts do not wait for each other, the close waits for all of them and they for the close.
    locked = (
        select(VotingRound.cycle_id, VotingRound.closed_at, VotingRound.trial_opened_at)
        .where(VotingRound.id == bindparam("in_round"))
        .with_for_update(read=True)
        .cte("locked")
    )
    if dialect.name == "postgresql":
        locked = locked.prefix_with("MATERIALIZED")
    read = select(
        locked.c.closed_at,
        locked.c.trial_opened_at,
        Cycle.id,
        Cycle.town_id,
        Cycle.published_at,
        Cycle.calendar_id,
        *clock.stamp_columns(dialect.name),
    ).join(locked, locked.c.cycle_id == Cycle.id)
    use_slot, seal_link_, put_ballot = (
        insert(table).values({c.name: bindparam(f"{prefix}_{c.name}") for c in table.columns})
        for prefix, table in (
            ("slot", metadata.tables["voting_slot"]),
            ("link", metadata.tables["voting_link"]),
            ("ballot", metadata.tables["inbox_ballot"]),
        )
    )
    postgresql = dialect.name == "postgresql"
    writes = (
        (put_ballot.add_cte(use_slot.cte("used"), seal_link_.cte("linked")),)
        if postgresql
        else (use_slot, seal_link_, put_ballot)
    )
    return Statements(
        Prepared(read, dialect), Prepared(ACTS, dialect), tuple(Prepared(one, dialect) for one in writes)
    )


def _cast(rows: Rows, frozen: FrozenRound, written: Mapping[str, Any], until: datetime | None) -> None:
    statements = _statements(db.engine.dialect)
    found = rows.read(statements.read, in_round=frozen.id)
    if not found:
        raise Missing("no_round")
    closed_at, trial_opened_at, cycle_id, town_id, published_at, calendar_id, machine, rehearsal = found[0]
    if calendar_id is None:
        raise Missing("no_round")
    # Read after the lock: a ballot that waited for the close comes too late.
    now = clock.db_now(machine, rehearsal)
    if closed_at is not None or trial_opened_at is None:
        raise Closed("voting_over")
    acts = rows.read(statements.acts, cycle_id=cycle_id, now=now)
    status = status_after(acts, published_at, calendar_by_id(calendar_id, rows), now)
    authorise(NOBODY, Action.VOTE, town_id=town_id, status=status)
    if until is not None and now >= until:
        raise Refused("pass_expired")
    for write in statements.writes:
        rows.write(write, written)


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
