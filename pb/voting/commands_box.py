"""Acts on the box: the close and the opening."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from secrets import SystemRandom

from flask import current_app
from sqlalchemy import delete, func, insert, select

from pb.audit.log import record
from pb.core.ballots import Ballot, commitment, parse_ballot
from pb.core.errors import Closed, Invalid
from pb.cycles.queries import here_by_id
from pb.db import command, db
from pb.policy import Action, Actor, authorise
from pb.voting import paper
from pb.voting.custodians import demonstration_keys
from pb.voting.erasing import erase_identification
from pb.voting.events import BoxClosed, BoxOpened
from pb.voting.flush import batches, move_waiting
from pb.voting.models import BoxBallot, OpenedBallot, VotingLink, VotingSlot
from pb.voting.posting import catch_up
from pb.voting.receipts import Receipt, is_genuine
from pb.voting.rounds import FrozenRound, freeze, the_round
from pb.voting.sealing import PAIRS, open_ballot

Progress = Callable[[int], None]  # told the number of ballots done so far

_dice = SystemRandom()


@command
def close_box(*, cycle_id: int, actor: Actor, now: datetime) -> int:
    """End the vote: flush everything, erase the voters' codes, and give the number of ballots in the box.

    Writes BoxClosed (public), and the close onto the board. Gives the number again when it was closed before.
    Raises Closed("wrong_phase"), Closed("box_mismatch") when ballots and used slots differ in number (nothing
    is changed then).
    """
    here = here_by_id(cycle_id, now=now)
    authorise(actor, Action.CLOSE_BOX, town_id=here.town.id, status=here.status)
    row = the_round(cycle_id, lock=True)  # waits for every cast under way; those after it find the box closed
    if row.closed_at is not None:
        return _count(BoxBallot, row.id)
    move_waiting(row, at_least=1, now=now)
    ballots = _count(BoxBallot, row.id)
    slots = db.session.scalar(
        select(func.count())
        .select_from(VotingSlot)
        .where(VotingSlot.round_id == row.id, VotingSlot.state == "cast", VotingSlot.channel != "paper")
    )
    if ballots != slots:
        raise Closed("box_mismatch", ballots=ballots, slots=slots)
    erase_identification(cycle_id)
    row.closed_at = now
    catch_up(row, now)
    record(BoxClosed(ballots), subject_id=row.id, by=actor, at=now, town_id=here.town.id, cycle_id=cycle_id)
    return ballots


@command
def open_box(
    *, cycle_id: int, actor: Actor, now: datetime, progress: Progress | None = None
) -> tuple[int, int]:
    """Destroy the links, open every ballot with a pair of custodians' keys and store it, shuffled anew; give
    (all, invalid).

    A ballot that cannot be opened, or breaks the rulebook, is stored with its fault and counted as invalid.
    Writes BoxOpened (public), and the opening onto the board. Gives the numbers again when it was opened
    before. Raises Closed("box_not_closed" | "wrong_phase", or what ``paper.unsettled`` names),
    Refused("custodians_missing") in production.
    """
    here = here_by_id(cycle_id, now=now)
    authorise(actor, Action.CLOSE_BOX, town_id=here.town.id, status=here.status)
    row = the_round(cycle_id, lock=True)
    if row.opened_at is not None:
        return _opened(row.id)
    if row.closed_at is None:
        raise Closed("box_not_closed")
    for code, params in paper.unsettled(row):
        raise Closed(code, **params)
    # Before any ballot is opened nothing may be left that leads from a slot to one.
    db.session.execute(delete(VotingLink).where(VotingLink.round_id == row.id))
    frozen = freeze(row)
    pair = PAIRS[0]
    private = demonstration_keys(current_app.extensions["pb_settings"], row.label)
    keys = (private[pair[0]], private[pair[1]])
    positions = list(range(1, _count(BoxBallot, row.id) + 1))
    _dice.shuffle(positions)
    box = db.session.execute(
        select(BoxBallot.commitment, BoxBallot.sealed, BoxBallot.signature)
        .where(BoxBallot.round_id == row.id)
        .order_by(BoxBallot.position)
    ).all()
    rows = []
    for number, (ballot, position) in enumerate(zip(box, positions, strict=True), start=1):
        try:
            content = open_ballot(ballot.sealed, pair, keys, row.label)
            fault = ""
        except Invalid as error:
            content, fault = b"", error.code
        read, fault = _read(frozen, Receipt(row.label, ballot.commitment, ballot.signature), content, fault)
        rows.append(
            {
                "round_id": row.id, "position": position, "commitment": ballot.commitment,
                "ballot": content, "choices": list(read.choices) if read else [],
                "unit_slug": (read.unit or "") if read else "", "fault": fault,
            }
        )  # fmt: skip
        if progress is not None and number % 100 == 0:
            progress(number)
    rows.sort(key=lambda item: item["position"])
    for batch in batches(rows):
        db.session.execute(insert(OpenedBallot), batch)
    row.opened_at = now
    db.session.flush()
    catch_up(row, now)
    result = _opened(row.id)
    if progress is not None:
        progress(result[0])
    record(BoxOpened(*result), subject_id=row.id, by=actor, at=now, town_id=here.town.id, cycle_id=cycle_id)
    return result


def _read(frozen: FrozenRound, receipt: Receipt, content: bytes, fault: str) -> tuple[Ballot | None, str]:
    """The ballot, as far as it can be read, and its fault ("" for a valid one)."""
    if fault:
        return None, fault
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


def _count(model: type[BoxBallot] | type[OpenedBallot], round_id: int) -> int:
    count = db.session.scalar(select(func.count()).select_from(model).where(model.round_id == round_id))
    return count or 0


def _opened(round_id: int) -> tuple[int, int]:
    invalid = db.session.scalar(
        select(func.count())
        .select_from(OpenedBallot)
        .where(OpenedBallot.round_id == round_id, OpenedBallot.fault != "")
    )
    return _count(OpenedBallot, round_id), invalid or 0
