"""Casting a ballot: the one place where a slot and choices meet. It imports no model of people.

The one command without actor, audit event or message: anything written beside the ballot in its transaction
would tie a person to it (in PostgreSQL the rows carry the same xmin). Ballots that wait at the same time in a
process share one transaction (pb.voting.together, docs/adr/0011).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum, auto
from typing import NamedTuple

from flask import current_app
from sqlalchemy import select

from pb import clock
from pb.core.ballots import ballot_bytes, commitment
from pb.core.errors import Closed, Missing, Refused
from pb.cycles.status import status_after
from pb.db import db, end_reading
from pb.policy import NOBODY, Action, authorise
from pb.rows import Rows, row_command
from pb.voting import receipts, tokens
from pb.voting.casting_rows import Envelope, Statements, put_envelopes, statements
from pb.voting.links import seal_link
from pb.voting.models import BoxBallot, InboxBallot
from pb.voting.receipts import Receipt
from pb.voting.rounds import calendar_by_id, frozen_round
from pb.voting.sealing import seal_ballot
from pb.voting.together import Together

MOST = 64  # ballots in one transaction
#: Transactions of a process at the same time: SQLite has one writer, PostgreSQL gains by one that waits for the disk.
LEADERS = {"sqlite": 1, "postgresql": 2}


class Brought(NamedTuple):
    """What is to be cast, and until when its voter's pass is good."""

    envelope: Envelope
    until: datetime | None


class Fate(Enum):
    """What became of one ballot of a transaction."""

    TAKEN = auto()
    SLOT_IN_USE = auto()
    TOO_LATE = auto()  # for the pass


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
    rulebook does not allow, Refused("pass_expired") from ``until`` on, Missing("no_round").
    """
    frozen = frozen_round(round_id)
    random = tokens.read(token, round_id, slot, choices)
    unit = frozen.unit_on_ballot(unit_id)
    content = ballot_bytes(frozen.label, unit, choices, tokens.ballot_random(random, slot))
    frozen.check(choices, unit)
    # Sealed before the transaction, so that nobody waits for arithmetic while the round is locked.
    receipt = receipts.sign(frozen.label, commitment(content).hex())
    envelope = Envelope(
        value=slot,
        unit_id=unit_id,
        channel=channel,
        link=seal_link(receipts.mark_link(frozen.label, slot, receipt.commitment), frozen.keys, frozen.label),
        commitment=receipt.commitment,
        sealed=seal_ballot(content, frozen.keys, frozen.label),
        signature=receipt.signature,
    )
    end_reading()
    fate = _together(round_id, frozen.cycle_id).do(Brought(envelope, until))
    if fate is Fate.TOO_LATE:
        raise Refused("pass_expired")
    if fate is Fate.SLOT_IN_USE and not _is_recorded(round_id, receipt.commitment):
        raise Closed("already_voted")
    return receipt


def _together(round_id: int, cycle_id: int) -> Together[Brought, Fate]:
    kept: dict[int, Together[Brought, Fate]] = current_app.extensions.setdefault("pb_casting", {})
    found = kept.get(round_id)
    if found is None:
        made = Together[Brought, Fate](
            lambda group: row_command(lambda rows: _cast(rows, round_id, cycle_id, group)),
            most=MOST,
            leaders=LEADERS[db.engine.dialect.name],
        )
        found = kept.setdefault(round_id, made)
    return found


def _cast(rows: Rows, round_id: int, cycle_id: int, group: Sequence[Brought]) -> list[Fate]:
    """The transaction. What it raises holds for everybody in the group alike."""
    prepared = statements(db.engine.dialect)
    now = _open_now(rows, prepared, round_id, cycle_id)
    # One ballot for a slot: the first that came. Another finds the slot in use, as one that came later.
    first: dict[str, Envelope] = {}
    fates = []
    for envelope, until in group:
        late = until is not None and now >= until
        fates.append(Fate.TOO_LATE if late else Fate.SLOT_IN_USE)
        if not late:
            first.setdefault(envelope.value, envelope)
    taken = put_envelopes(rows, prepared, round_id, list(first.values()))
    return [
        Fate.TAKEN if envelope.value in taken and first.get(envelope.value) is envelope else fate
        for (envelope, _until), fate in zip(group, fates, strict=True)
    ]


def _open_now(rows: Rows, prepared: Statements, round_id: int, cycle_id: int) -> datetime:
    """Lock the round, and give the moment after that, if the vote is open then."""
    found = rows.read(prepared.read, in_round=round_id)
    if not found:
        raise Missing("no_round")
    closed_at, trial_opened_at, town_id, published_at, calendar_id, machine, rehearsal = found[0]
    if calendar_id is None:
        raise Missing("no_round")
    # Read after the lock, like everything that decides: a ballot that waited for the close comes too late.
    now = clock.db_now(machine, rehearsal)
    if closed_at is not None or trial_opened_at is None:
        raise Closed("voting_over")
    acts = rows.read(prepared.acts, cycle_id=cycle_id)
    status = status_after(acts, published_at, calendar_by_id(calendar_id, rows), now)
    authorise(NOBODY, Action.VOTE, town_id=town_id, status=status)
    return now


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
