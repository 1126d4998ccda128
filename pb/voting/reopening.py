"""A signed protocol of a centre's papers, counted anew: what stood before is kept and published. Within a command."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select

from pb.core.errors import Closed, Invalid
from pb.core.whole import whole_number
from pb.db import db, one_at_a_time
from pb.voting import paper
from pb.voting.models import VotingRound
from pb.voting.models_ceremony import BoxAct
from pb.voting.models_paper import PaperFormerProtocol, PaperKeying, PaperProtocol, PaperSheet
from pb.voting.posting import catch_up


def signed_centre(row: VotingRound, subject: str) -> str:
    """A centre whose protocol is signed and not in the box yet. Raises Closed("protocol_not_signed")."""
    number = whole_number(subject)
    protocol = paper.protocol_of(row.id, number) if number is not None else None
    if protocol is None or protocol.signed_at is None or protocol.boxed_at is not None:
        raise Closed("protocol_not_signed")
    return str(protocol.centre_id)


def reopen_protocol(row: VotingRound, act: BoxAct, now: datetime) -> None:
    """Keep what was signed as it stands, and let the papers be counted and signed again.

    Sheets that were keyed stay keyed. The former count and the reason go onto the board.
    """
    centre_id = int(act.subject)
    one_at_a_time(f"protocol {row.id} {centre_id}")
    protocol = db.session.get_one(PaperProtocol, (row.id, centre_id), populate_existing=True)
    if protocol.signed_by is None or protocol.signed_at is None or protocol.boxed_at is not None:
        raise Closed("protocol_not_signed")
    db.session.add(
        PaperFormerProtocol(
            round_id=row.id, centre_id=centre_id, in_box=protocol.in_box, missing=protocol.missing,
            note=protocol.note, counted_by=protocol.counted_by, counted_at=protocol.counted_at,
            signed_by=protocol.signed_by, signed_at=protocol.signed_at, reason=act.reason, act_id=act.id,
            reopened_at=now,
        )
    )  # fmt: skip
    protocol.signed_by = protocol.signed_at = None
    db.session.flush()
    catch_up(row, now)


def fit_keyed_sheets(row: VotingRound, centre_id: int, in_box: int) -> None:
    """Let a new count stand beside what was keyed after a former one.

    What one person alone keyed of a sheet that does not exist is erased; a sheet that two people keyed alike holds a
    ballot, and no count may lose it. Raises Invalid("sheets_keyed") on ``in_box``.
    """
    of_centre = (PaperSheet.round_id == row.id, PaperSheet.centre_id == centre_id)
    last = db.session.scalar(select(func.max(PaperSheet.sheet)).where(*of_centre)) or 0
    if last > in_box:
        raise Invalid("sheets_keyed", field="in_box", last=last)
    db.session.execute(
        delete(PaperKeying).where(
            PaperKeying.round_id == row.id, PaperKeying.centre_id == centre_id, PaperKeying.sheet > in_box
        )
    )
