"""What the public board says of paper: the batches, and at last the protocol of each centre."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from pb.core.board import Kind, entry_bytes, minute
from pb.db import db
from pb.voting import paper
from pb.voting.models import VotingRound
from pb.voting.models_paper import PaperBatch, PaperFormerProtocol, PaperProtocol
from pb.voting.queries_board import Entry

New = tuple[Kind, bytes, str | None]


def paper_batches(row: VotingRound, found: Sequence[Entry]) -> Iterator[New]:
    """Entries of batches that the board lacks. A batch has its order for good before a paper of it is issued."""
    known = {entry.fields["batch"] for entry in found if entry.kind == Kind.PAPER_BATCH}
    rows = db.session.scalars(
        select(PaperBatch).where(PaperBatch.round_id == row.id).order_by(PaperBatch.number)
    )
    for batch in rows:
        if batch.number not in known:
            content = entry_bytes(
                Kind.PAPER_BATCH, row.label, at=minute(batch.made_at), batch=batch.number,
                centre=paper.centre_name(batch.centre_id), order=batch.order, size=batch.size,
                unit=batch.unit_slug,
            )  # fmt: skip
            yield Kind.PAPER_BATCH, content, None


def reopened_protocols(row: VotingRound, found: Sequence[Entry]) -> Iterator[New]:
    """Entries of signed protocols that two people opened again: what stood in them, and why."""
    known = sum(entry.kind == Kind.PROTOCOL_REOPENED for entry in found)
    rows = db.session.scalars(
        select(PaperFormerProtocol)
        .where(PaperFormerProtocol.round_id == row.id)
        .order_by(PaperFormerProtocol.id)
    ).all()
    for former in rows[known:]:
        content = entry_bytes(
            Kind.PROTOCOL_REOPENED, row.label, at=minute(former.reopened_at), reason=former.reason,
            centre=paper.centre_name(former.centre_id), in_box=former.in_box, missing=former.missing,
            note=former.note,
        )  # fmt: skip
        yield Kind.PROTOCOL_REOPENED, content, None


def paper_protocols(row: VotingRound, found: Sequence[Entry]) -> Iterator[New]:
    """Entries of the centres' protocols that the board lacks, once their ballots are in the box."""
    known = sum(entry.kind == Kind.PAPER_PROTOCOL for entry in found)
    rows = db.session.scalars(
        select(PaperProtocol)
        .where(PaperProtocol.round_id == row.id, PaperProtocol.boxed_at.is_not(None))
        .order_by(PaperProtocol.centre_id)
    ).all()
    for protocol in rows[known:]:
        assert protocol.boxed_at is not None
        at_centre = paper.deeds_of(row.id)[protocol.centre_id]
        content = entry_bytes(
            Kind.PAPER_PROTOCOL, row.label, at=minute(protocol.boxed_at),
            centre=paper.centre_name(protocol.centre_id), in_box=protocol.in_box, missing=protocol.missing,
            note=protocol.note, invalid=paper.invalid_sheets(row.id, protocol.centre_id), **at_centre,
        )  # fmt: skip
        yield Kind.PAPER_PROTOCOL, content, None
