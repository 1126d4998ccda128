"""Opened ballots as they are stored: read, judged by the rulebook, shuffled anew. This file alone writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from secrets import SystemRandom
from typing import Any

from sqlalchemy import func, insert, select

from pb.audit.log import record
from pb.core.ballots import Ballot, commitment, parse_ballot
from pb.core.errors import Closed, Invalid
from pb.cycles.queries import Here
from pb.db import db
from pb.policy import Actor
from pb.voting.events import BoxOpened
from pb.voting.flush import batches
from pb.voting.models import BoxBallot, OpenedBallot, VotingRound
from pb.voting.posting import catch_up
from pb.voting.queries_ceremony import voided
from pb.voting.receipts import Receipt, is_genuine
from pb.voting.rounds import FrozenRound, freeze

Progress = Callable[[int], None]  # told the number of ballots done so far
EVERY = 100

_dice = SystemRandom()


def store_opened(
    row: VotingRound,
    contents: Mapping[str, bytes | None],
    here: Here,
    actor: Actor,
    now: datetime,
    progress: Progress | None = None,
) -> tuple[int, int]:
    """Store what the ballots of the box say, within a command; gives (all, invalid).

    ``contents``: by commitment; None for one that cannot be opened. One that cannot be, or breaks the rulebook, is
    kept with its fault and counted as invalid; one that was voided is not opened. Writes BoxOpened (public), and
    the opening onto the board. Raises Closed("not_destroyed"), Invalid("other_ballots") unless the contents are
    just those of the box.
    """
    if row.destroyed_at is None:
        raise Closed("not_destroyed")
    expected = expected_ballots(row)
    if contents.keys() != expected.keys():
        raise Invalid("other_ballots", field="file", ballots=len(expected), found=len(contents))
    frozen = freeze(row)
    rows: list[dict[str, Any]] = []
    positions = list(range(1, len(expected) + 1))
    _dice.shuffle(positions)
    for number, (hashed, signature) in enumerate(expected.items(), start=1):
        content = contents[hashed]
        read, fault = _read(frozen, Receipt(row.label, hashed, signature), content)
        rows.append(
            {
                "round_id": row.id, "position": positions[number - 1], "commitment": hashed,
                "ballot": content or b"", "choices": list(read.choices) if read else [],
                "unit_slug": (read.unit or "") if read else "", "fault": fault,
            }
        )  # fmt: skip
        if progress is not None and number % EVERY == 0:
            progress(number)
    rows.sort(key=lambda one: one["position"])
    for batch in batches(rows):
        db.session.execute(insert(OpenedBallot), batch)
    row.opened_at = now
    db.session.flush()
    catch_up(row, now)
    result = counted(row.id)
    if progress is not None:
        progress(result[0])
    record(
        BoxOpened(*result), subject_id=row.id, by=actor, at=now, town_id=here.town.id, cycle_id=row.cycle_id
    )
    return result


def expected_ballots(row: VotingRound) -> dict[str, str]:
    """The ballots that an opening must be of: commitment and signature, in the order of the box."""
    out = voided(row.id)
    found = db.session.execute(
        select(BoxBallot.commitment, BoxBallot.signature)
        .where(BoxBallot.round_id == row.id)
        .order_by(BoxBallot.position)
    )
    return {hashed: signature for hashed, signature in found if hashed not in out}


def _read(frozen: FrozenRound, receipt: Receipt, content: bytes | None) -> tuple[Ballot | None, str]:
    """The ballot, as far as it can be read, and its fault ("" for a valid one)."""
    if content is None:
        return None, "cannot_open"
    if commitment(content).hex() != receipt.commitment:
        return None, "commitment_differs"
    try:
        ballot = parse_ballot(content)
    except Invalid as error:
        return None, error.code
    return ballot, ballot_fault(frozen, receipt, ballot)


def ballot_fault(frozen: FrozenRound, receipt: Receipt, ballot: Ballot) -> str:
    """Why an opened ballot does not count: the code of the fault, or "" when it counts."""
    if not is_genuine(receipt):
        return "bad_signature"
    if ballot.round_id != frozen.label:
        return "other_round"
    if ballot.word:  # no page offers one: on a published ballot it would be a receipt for a buyer of votes
        return "bad_word"
    if ballot.unit is not None and ballot.unit not in frozen.unit_slugs.values():
        return "bad_unit"
    try:
        frozen.check(ballot.choices, ballot.unit)
    except Invalid as error:
        return error.code
    return ""


def counted(round_id: int) -> tuple[int, int]:
    """(opened ballots, invalid ones among them)."""
    invalid = func.count().filter(OpenedBallot.fault != "")
    found = db.session.execute(select(func.count(), invalid).where(OpenedBallot.round_id == round_id)).one()
    return found[0], found[1]
