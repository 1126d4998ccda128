"""Acts on papers after the close: the protocol of a centre, keying each sheet twice, putting all into the box.

What is keyed is sealed at once, like a ballot on the web, and compared by a mark under a key that is destroyed before
any ballot is opened: from what is stored nobody reads a choice. Why so: docs/adr/0026.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence
from datetime import datetime
from secrets import SystemRandom
from typing import Any

from sqlalchemy import func, insert, select, update

from pb.audit.log import record
from pb.core.ballots import ballot_bytes, commitment
from pb.core.canonical import canonical_json
from pb.core.errors import Closed, Invalid, Refused
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db, one_at_a_time
from pb.policy import Action, Actor, AtCentre, authorise
from pb.voting import link_key, paper, receipts
from pb.voting.events import PaperBoxed, PaperCounted, PaperSigned
from pb.voting.models import BoxBallot, VotingRound
from pb.voting.models_paper import REASONS, PaperKeying, PaperProtocol, PaperSheet
from pb.voting.posting import catch_up
from pb.voting.reopening import fit_keyed_sheets
from pb.voting.rounds import frozen_round, the_round
from pb.voting.sealing import seal_ballot

AGREED, STORED, DIFFERS = "agreed", "stored", "differs"  # what became of a keying

_dice = SystemRandom()


@command
def count_papers(
    *, cycle_id: int, centre_id: int, in_box: int, missing: int, note: str, actor: Actor, now: datetime
) -> None:
    """Enter how many papers lay in the box of a centre; may be entered anew until a second person signs.

    Issued less spoilt less returned must be in the box or missing; what is missing needs words. Writes
    PaperCounted. Raises Refused, Closed("wrong_phase" | "box_not_closed" | "protocol_signed"), Invalid on ``in_box``:
    papers_do_not_add_up, sheets_keyed (more were keyed after a former count), on ``note``: note_needed, on
    ``centre_id``: unknown_centre.
    """
    here, row = _closed_round(cycle_id, actor, now, at=AtCentre(centre_id))
    _one_protocol(row, centre_id)
    deeds = paper.deeds_of(row.id)
    if centre_id not in deeds:
        raise Invalid("unknown_centre", field="centre_id")
    out = deeds[centre_id]["issued"] - deeds[centre_id]["spoilt"] - deeds[centre_id]["returned"]
    if in_box < 0 or missing < 0 or in_box + missing != out:
        raise Invalid("papers_do_not_add_up", field="in_box", out=out, found=in_box, missing=missing)
    if missing and len(note.strip()) < 10:
        raise Invalid("note_needed", field="note")
    assert actor.account_id is not None
    values = {
        "in_box": in_box, "missing": missing, "note": note.strip(),
        "counted_by": actor.account_id, "counted_at": now,
    }  # fmt: skip
    protocol = paper.protocol_of(row.id, centre_id)
    if protocol is not None and protocol.signed_at is not None:
        raise Closed("protocol_signed")
    fit_keyed_sheets(row, centre_id, in_box)
    if protocol is None:
        db.session.add(PaperProtocol(round_id=row.id, centre_id=centre_id, **values))
    else:
        for name, value in values.items():
            setattr(protocol, name, value)
    _record(PaperCounted(centre_id, in_box, missing), here, row, actor, now)


@command
def sign_protocol(*, cycle_id: int, centre_id: int, in_box: int, actor: Actor, now: datetime) -> None:
    """A second person, who counted the papers again, signs the protocol. Writes PaperSigned (public).

    Raises Refused("same_person_paper"), Closed("wrong_phase" | "box_not_closed" | "not_counted_yet"), Invalid on
    ``in_box``: counted_otherwise.
    """
    here, row = _closed_round(cycle_id, actor, now, at=AtCentre(centre_id))
    _one_protocol(row, centre_id)
    protocol = paper.protocol_of(row.id, centre_id)
    if protocol is None:
        raise Closed("not_counted_yet")
    if protocol.signed_at is not None:
        return
    if protocol.counted_by == actor.account_id:
        raise Refused("same_person_paper")
    if protocol.in_box != in_box:
        raise Invalid("counted_otherwise", field="in_box")
    protocol.signed_by, protocol.signed_at = actor.account_id, now
    _record(PaperSigned(centre_id, in_box), here, row, actor, now)


@command
def key_sheet(
    *, cycle_id: int, centre_id: int, sheet: int, batch: int, numbers: Sequence[int], reason: str,
    actor: Actor, now: datetime,
) -> str:  # fmt: skip
    """Key one sheet: the numbers crossed on it, or why it holds no ballot that counts. Gives AGREED, STORED or DIFFERS.

    Two people key each sheet; alike, it is settled. A third settles what differs, by keying as one of the two did.
    Stores the choices sealed. Raises Refused, Closed("wrong_phase" | "box_not_closed" | "not_signed" |
    "sheet_settled" | "keyed_by_you"), Invalid on ``sheet``, ``batch``, ``reason`` or ``numbers`` (third_differs too).
    """
    _here, row = _closed_round(cycle_id, actor, now, at=AtCentre(centre_id))
    one_at_a_time(f"sheet {row.id} {centre_id} {sheet}")
    protocol = paper.protocol_of(row.id, centre_id)
    if protocol is None or protocol.signed_at is None:
        raise Closed("not_signed")
    if not 1 <= sheet <= protocol.in_box:
        raise Invalid("no_such_sheet", field="sheet", last=protocol.in_box)
    if db.session.get(PaperSheet, (row.id, centre_id, sheet)) is not None:
        raise Closed("sheet_settled")
    earlier = paper.keyings(row.id, centre_id, sheet)
    if any(one.by == actor.account_id for one in earlier):
        raise Closed("keyed_by_you")
    assert actor.account_id is not None
    keyed = PaperKeying(
        round_id=row.id, centre_id=centre_id, sheet=sheet, turn=len(earlier) + 1, by=actor.account_id,
        **_sealed(row, centre_id, sheet, batch, numbers, reason),
    )  # fmt: skip
    same = next((one for one in earlier if hmac.compare_digest(one.mark or "", keyed.mark or "")), None)
    if len(earlier) == 2 and same is None:
        raise Invalid("third_differs", field="numbers")
    db.session.add(keyed)
    if same is None:
        return DIFFERS if earlier else STORED
    db.session.flush()
    _settle(same)
    return AGREED


def _sealed(
    row: VotingRound, centre_id: int, sheet: int, batch: int, numbers: Sequence[int], reason: str
) -> dict[str, Any]:
    """Mark, reason, commitment and seal of what was keyed. Raises Invalid where it cannot be."""
    chosen = paper.batch_at(row.id, batch)
    if chosen is None or chosen.centre_id != centre_id:
        raise Invalid("unknown_batch", field="batch")
    if reason:
        if reason not in REASONS:
            raise Invalid("not_a_choice", field="reason")
        if numbers:
            raise Invalid("numbers_or_reason", field="numbers")
        mark = _mark(row, [centre_id, sheet, "no ballot", reason])
        return {"mark": mark, "reason": reason, "commitment": None, "sealed": None}
    if not numbers:
        raise Invalid("empty_sheet", field="numbers")
    for number in numbers:
        if not 1 <= number <= len(chosen.order):
            raise Invalid("no_such_number", field="numbers", number=number, last=len(chosen.order))
    choices, unit = [chosen.order[number - 1] for number in numbers], chosen.unit_slug or None
    frozen = frozen_round(row.id)
    try:
        frozen.check(choices, unit)
    except Invalid as error:
        # What breaks the rules is no slip of whoever keys, if the sheet says so: then it has its reason.
        code = {"too_many_choices": "sheet_too_many", "over_budget": "sheet_too_many"}.get(
            error.code, error.code
        )
        raise Invalid(code, field="numbers") from error
    content = ballot_bytes(row.label, unit, choices, os.urandom(32))
    return {
        "mark": _mark(row, [centre_id, sheet, "ballot", unit, *sorted(choices)]),
        "reason": "",
        "commitment": commitment(content).hex(),
        "sealed": seal_ballot(content, frozen.keys, row.label),
    }


def _mark(row: VotingRound, said: list[Any]) -> str:
    """HMAC-SHA-256 under a key made from the round's link key, which is destroyed before any opening."""
    key = hmac.new(link_key.read(row), b"pb-paper-mark-v1", hashlib.sha256).digest()
    return hmac.new(key, canonical_json([row.label, *said]), hashlib.sha256).hexdigest()


def _settle(keyed: PaperKeying) -> None:
    """Keep one of two equal keyings as the sheet, and erase what all of them said."""
    where = (keyed.round_id, keyed.centre_id, keyed.sheet)
    db.session.execute(
        insert(PaperSheet).values(
            round_id=where[0], centre_id=where[1], sheet=where[2], reason=keyed.reason or "",
            commitment=keyed.commitment, sealed=keyed.sealed,
        )
    )  # fmt: skip
    db.session.execute(
        update(PaperKeying)
        .where(
            PaperKeying.round_id == where[0], PaperKeying.centre_id == where[1], PaperKeying.sheet == where[2]
        )
        .values(mark=None, reason=None, commitment=None, sealed=None)
    )


@command
def box_papers(*, cycle_id: int, actor: Actor, now: datetime) -> tuple[int, int]:
    """Put the ballots of all centres into the box together, shuffled, and onto the board; gives (ballots, invalid).

    From then on no sheet leads to a ballot. Writes PaperBoxed (public), ballots and protocols onto the board. Does
    nothing where it was done. Raises Refused, Closed("wrong_phase" | "box_not_closed" | "paper_not_counted" |
    "paper_not_keyed").
    """
    here, row = _closed_round(cycle_id, actor, now, Action.CLOSE_BOX)
    found = paper.centres(row.id)
    invalid = sum(sum(one.invalid.values()) for one in found)
    for code, params in paper.unsettled(row):
        if code != "paper_not_boxed":
            raise Closed(code, **params)
        last = (
            db.session.scalar(select(func.max(BoxBallot.position)).where(BoxBallot.round_id == row.id)) or 0
        )
        sheets = list(
            db.session.execute(
                select(PaperSheet.commitment, PaperSheet.sealed).where(
                    PaperSheet.round_id == row.id, PaperSheet.reason == ""
                )
            )
        )
        _dice.shuffle(sheets)
        for position, sheet in enumerate(sheets, start=last + 1):
            signature = receipts.sign(row.label, sheet.commitment).signature
            db.session.execute(
                insert(BoxBallot).values(
                    round_id=row.id, position=position, commitment=sheet.commitment, sealed=sheet.sealed,
                    signature=signature, on_paper=True,
                )
            )  # fmt: skip
        erased = update(PaperSheet).where(PaperSheet.round_id == row.id)
        db.session.execute(erased.values(commitment=None, sealed=None))
        db.session.execute(update(PaperProtocol).where(PaperProtocol.round_id == row.id).values(boxed_at=now))
        db.session.expire_all()
        catch_up(row, now)
        _record(PaperBoxed(len(sheets), invalid), here, row, actor, now)
        return len(sheets), invalid
    boxed = select(func.count()).where(BoxBallot.round_id == row.id, BoxBallot.on_paper.is_(True))
    return db.session.scalar(boxed) or 0, invalid


def _closed_round(
    cycle_id: int,
    actor: Actor,
    now: datetime,
    action: Action = Action.KEY_PAPER,
    at: AtCentre | None = None,
) -> tuple[Here, VotingRound]:
    here = here_by_id(cycle_id, now=now)
    authorise(actor, action, town_id=here.town.id, status=here.status, thing=at)
    row = the_round(cycle_id, lock=action is Action.CLOSE_BOX)
    if row.closed_at is None:
        raise Closed("box_not_closed")
    return here, row


def _one_protocol(row: VotingRound, centre_id: int) -> None:
    """One at a time: what the second person signs is the count that stands then, and none comes after it."""
    one_at_a_time(f"protocol {row.id} {centre_id}")


def _record(event: Any, here: Here, row: VotingRound, actor: Actor, now: datetime) -> None:
    record(event, subject_id=row.id, by=actor, at=now, town_id=here.town.id, cycle_id=here.the_cycle.id)
