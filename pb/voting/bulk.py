"""Casting many ballots at once, for demonstrations: the same tables and the same cryptography, in batches."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

from flask import current_app
from sqlalchemy import insert

from pb.core.ballots import ballot_bytes, commitment
from pb.core.errors import Closed, Refused
from pb.db import command, db
from pb.voting import receipts
from pb.voting.links import seal_link
from pb.voting.models import InboxBallot, VotingLink, VotingRound, VotingSlot
from pb.voting.rounds import FrozenRound, frozen_round
from pb.voting.sealing import seal_ballot

BATCH = 500
Vote = tuple[str, int, str, Sequence[str]]  # slot, unit id, channel, project ids
Progress = Callable[[int], None]


@command
def cast_many(*, round_id: int, votes: Iterable[Vote], progress: Progress | None = None) -> int:
    """Cast ballots without regard to the phase, in one transaction; give their number. Demonstrations only.

    About 1 ms a ballot. Raises Refused("not_a_demonstration"), Closed("voting_over"), Invalid as
    ``cast_ballot``; an IntegrityError for a slot that is used already.
    """
    if not current_app.extensions["pb_settings"].is_demonstration:
        raise Refused("not_a_demonstration")
    row = db.session.get_one(VotingRound, round_id, with_for_update={"key_share": True})
    if row.closed_at is not None or row.trial_opened_at is None:
        raise Closed("voting_over")
    frozen = frozen_round(round_id)
    done = 0
    remaining = iter(votes)
    while group := list(islice(remaining, BATCH)):
        made = [_ballot(frozen, vote) for vote in group]
        for place, model in enumerate((VotingSlot, VotingLink, InboxBallot)):
            db.session.execute(insert(model), [rows[place] for rows in made])
        done += len(made)
        if progress is not None:
            progress(done)
    return done


def _ballot(frozen: FrozenRound, vote: Vote) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The rows of slot, link and inbox."""
    slot, unit_id, channel, choices = vote
    unit = frozen.unit_on_ballot(unit_id)
    frozen.check(choices, unit)
    content = ballot_bytes(frozen.label, unit, choices, secrets.token_bytes(32))
    receipt = receipts.sign(frozen.label, commitment(content).hex())
    link = receipts.mark_link(frozen.label, slot, receipt.commitment)
    return (
        {"round_id": frozen.id, "value": slot, "unit_id": unit_id, "channel": channel, "state": "cast"},
        {"round_id": frozen.id, "value": slot, "sealed": seal_link(link, frozen.keys, frozen.label)},
        {
            "round_id": frozen.id,
            "commitment": receipt.commitment,
            "sealed": seal_ballot(content, frozen.keys, frozen.label),
            "signature": receipt.signature,
        },
    )
