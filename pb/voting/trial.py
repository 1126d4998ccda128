"""Trial ballots: one for each pair of custodians, which this pair alone can open, tried before the vote."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import delete, insert, select

from pb.core.ballots import BALLOT_LENGTH, ballot_bytes, commitment
from pb.core.errors import Invalid
from pb.db import db
from pb.voting import boxfiles
from pb.voting.boxfiles import BoxFile
from pb.voting.custodians import public_keys
from pb.voting.models import VotingRound
from pb.voting.models_ceremony import TrialBallot
from pb.voting.sealing import PAIRS, seal_ballot


def name_of(pair: tuple[int, int]) -> str:
    """ "1-2" for the custodians 0 and 1."""
    return f"{pair[0] + 1}-{pair[1] + 1}"


def make_trial_ballots(row: VotingRound) -> None:
    """Seal a fresh ballot for each pair, within a command; those made before are forgotten.

    The third share goes to a key that nobody keeps, so that no other pair can do it. The contents are
    forgotten: only whoever opens one can show what hashes to its commitment.
    """
    db.session.execute(delete(TrialBallot).where(TrialBallot.round_id == row.id))
    keys, rows = public_keys(row.custodians), []
    for pair in PAIRS:
        content = ballot_bytes(row.label, None, [str(row.projects[0]["id"])], os.urandom(32), "trial")
        to = [key if n in pair else X25519PrivateKey.generate().public_key() for n, key in enumerate(keys)]
        rows.append(
            {
                "round_id": row.id, "pair": name_of(pair), "commitment": commitment(content).hex(),
                "sealed": seal_ballot(content, to, row.label), "opened_at": None,
            }
        )  # fmt: skip
    db.session.execute(insert(TrialBallot), rows)


def trial_ballots(round_id: int) -> list[TrialBallot]:
    """The three, by pair."""
    return list(
        db.session.scalars(
            select(TrialBallot).where(TrialBallot.round_id == round_id).order_by(TrialBallot.pair)
        )
    )


def trial_lines(row: VotingRound) -> Iterator[dict[str, Any]]:
    """The lines of the file that the custodians take along."""
    for ballot in trial_ballots(row.id):
        yield {"id": ballot.pair, "sealed": boxfiles.text(ballot.sealed)}


def note_opened(row: VotingRound, opened: BoxFile, now: datetime) -> str:
    """Mark the ballot of the pair that made the file as opened, within a command; gives the pair.

    Raises Invalid on ``file``: trial_failed when what it holds is not the ballot of this pair, bad_box_file.
    """
    pair = "-".join(str(number) for number in opened.head.get("pair") or ())
    found = {str(line["id"]): line.get("content") for line in opened.lines}
    ballot = db.session.get(TrialBallot, (row.id, pair))
    if ballot is None:
        raise Invalid("trial_other_ballot", field="file")
    content = boxfiles.raw(found.get(pair) or "").ljust(BALLOT_LENGTH, b" ")
    if commitment(content).hex() != ballot.commitment:
        raise Invalid("trial_failed", field="file")
    if ballot.opened_at is None:
        ballot.opened_at = now
        db.session.flush()
    return pair
