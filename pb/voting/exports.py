"""Files for the custodians: what is sealed leaves the site as pb.voting.boxfiles writes it, and the log says so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

from sqlalchemy import func, select

from pb.audit.log import record
from pb.core.errors import Closed
from pb.cycles.queries import here_by_id
from pb.db import command, db
from pb.policy import Action, Actor, authorise
from pb.voting import boxfiles
from pb.voting.events_people import BoxFileTaken
from pb.voting.models import BoxBallot, VotingLink, VotingRound
from pb.voting.models_ceremony import VoidCase
from pb.voting.queries_ceremony import voided
from pb.voting.rounds import the_round
from pb.voting.sealing import PAIRS
from pb.voting.trial import trial_lines

READ = 2000


def write_export(row: VotingRound, what: str, out: IO[bytes]) -> str:
    """Write the file of "trial", "links" or "ballots"; gives its digest.

    Raises Closed("trial_done" | "no_case_approved" | "not_destroyed" | "box_open").
    """
    count, lines = _of(row, what)
    names = [{"name": one["name"], "public_key": one["public_key"]} for one in row.custodians]
    head = {"format": boxfiles.EXPORT, "round": row.label, "what": what, "count": count, "custodians": names}
    return boxfiles.write(out, head, lines)


@command
def take_export(*, cycle_id: int, what: str, out: IO[bytes], actor: Actor, now: datetime) -> str:
    """``write_export``, for somebody who is named in the log; gives the digest. Writes BoxFileTaken (public).

    Raises Refused, Missing("no_round"), and as ``write_export``.
    """
    here = here_by_id(cycle_id, now=now)
    authorise(actor, Action.SEE_ROLL, town_id=here.town.id, status=here.status)
    row = the_round(cycle_id)
    digest = write_export(row, what, out)
    event = BoxFileTaken(f"file_{what}", digest)
    record(event, subject_id=row.id, by=actor, at=now, town_id=here.town.id, cycle_id=cycle_id)
    return digest


def _of(row: VotingRound, what: str) -> tuple[int, Iterator[dict[str, Any]]]:
    if what == "trial":
        if row.trial_opened_at is not None:
            raise Closed("trial_done")
        return len(PAIRS), trial_lines(row)
    if what == "links":
        cases = _approved(row)
        if not cases:
            raise Closed("no_case_approved")
        return len(cases), ({"id": str(number), "sealed": boxfiles.text(sealed)} for number, sealed in cases)
    if row.destroyed_at is None:
        raise Closed("not_destroyed")
    if row.opened_at is not None:
        raise Closed("box_open")
    out = voided(row.id)
    total = db.session.scalar(select(func.count()).where(BoxBallot.round_id == row.id)) or 0
    return total - len(out), _ballots(row, out)


def _approved(row: VotingRound) -> list[tuple[int, bytes]]:
    found = db.session.execute(
        select(VoidCase.id, VotingLink.sealed)
        .join(VotingLink, (VotingLink.round_id == VoidCase.round_id) & (VotingLink.value == VoidCase.slot))
        .where(VoidCase.round_id == row.id, VoidCase.state == "approved")
        .order_by(VoidCase.id)
    )
    return [(number, sealed) for number, sealed in found]


def _ballots(row: VotingRound, out: set[str]) -> Iterator[dict[str, Any]]:
    """In the order of the box, which is that of the board."""
    after = 0
    while True:
        rows = db.session.execute(
            select(BoxBallot.position, BoxBallot.commitment, BoxBallot.sealed)
            .where(BoxBallot.round_id == row.id, BoxBallot.position > after)
            .order_by(BoxBallot.position)
            .limit(READ)
        ).all()
        if not rows:
            return
        for ballot in rows:
            if ballot.commitment not in out:
                yield {"id": ballot.commitment, "sealed": boxfiles.text(ballot.sealed)}
        after = rows[-1].position
