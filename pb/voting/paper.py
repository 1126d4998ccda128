"""Reading what happened on paper: batches, deeds, protocols, keyed sheets. Nothing here reads people or choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from pb.db import db
from pb.places.models import Centre
from pb.voting.models import BoxBallot, VotingRound
from pb.voting.models_paper import (
    DEEDS,
    PaperBatch,
    PaperDeed,
    PaperFormerProtocol,
    PaperKeying,
    PaperProtocol,
    PaperSheet,
)


@dataclass(frozen=True)
class AtCentre:
    """Where one centre stands. ``settled``: sheets keyed by two alike or decided; ``third``: wait for a third."""

    centre: Centre
    printed: int
    deeds: dict[str, int]
    protocol: PaperProtocol | None
    settled: int
    third: int
    invalid: dict[str, int]

    @property
    def centre_id(self) -> int:
        """For the policy: at which centre an operator must work to act here."""
        return self.centre.id

    @property
    def open_papers(self) -> int:
        """Issued, and neither spoilt nor returned: so many can lie in the box."""
        return self.deeds["issued"] - self.deeds["spoilt"] - self.deeds["returned"]

    @property
    def is_signed(self) -> bool:
        return self.protocol is not None and self.protocol.signed_at is not None

    @property
    def is_keyed(self) -> bool:
        return self.protocol is not None and self.is_signed and self.settled == self.protocol.in_box

    @property
    def is_boxed(self) -> bool:
        return self.protocol is not None and self.protocol.boxed_at is not None


def batches(round_id: int) -> list[PaperBatch]:
    """All batches of a round, by number."""
    query = select(PaperBatch).where(PaperBatch.round_id == round_id).order_by(PaperBatch.number)
    return list(db.session.scalars(query))


def batch_at(round_id: int, number: int) -> PaperBatch | None:
    """One batch."""
    return db.session.get(PaperBatch, (round_id, number))


def issued_of(round_id: int, batch: int) -> int:
    """How many papers of a batch were issued."""
    query = select(func.count()).where(
        PaperDeed.round_id == round_id, PaperDeed.batch == batch, PaperDeed.deed == "issued"
    )
    return db.session.scalar(query) or 0


def out_of(round_id: int, batch: int) -> int:
    """How many papers of a batch are out: issued, and neither spoilt nor taken back."""
    rows = db.session.execute(
        select(PaperDeed.deed, func.count().label("papers"))
        .where(PaperDeed.round_id == round_id, PaperDeed.batch == batch)
        .group_by(PaperDeed.deed)
    )
    numbers = {row.deed: row.papers for row in rows}
    return numbers.get("issued", 0) - numbers.get("spoilt", 0) - numbers.get("returned", 0)


def deeds_of(round_id: int) -> dict[int, dict[str, int]]:
    """By centre that has batches: papers issued, spoilt and returned."""
    found = {batch.centre_id: dict.fromkeys(DEEDS, 0) for batch in batches(round_id)}
    rows = db.session.execute(
        select(PaperBatch.centre_id, PaperDeed.deed, func.count())
        .join(
            PaperBatch, (PaperBatch.round_id == PaperDeed.round_id) & (PaperBatch.number == PaperDeed.batch)
        )
        .where(PaperDeed.round_id == round_id)
        .group_by(PaperBatch.centre_id, PaperDeed.deed)
    )
    for centre_id, deed, number in rows:
        found[centre_id][deed] = number
    return found


def centre_name(centre_id: int) -> dict[str, str]:
    """The words of a centre's name."""
    return dict(db.session.get_one(Centre, centre_id).name)


def invalid_sheets(round_id: int, centre_id: int) -> dict[str, int]:
    """Settled sheets that hold no ballot which counts, by reason."""
    rows = db.session.execute(
        select(PaperSheet.reason, func.count().label("sheets"))
        .where(PaperSheet.round_id == round_id, PaperSheet.centre_id == centre_id, PaperSheet.reason != "")
        .group_by(PaperSheet.reason)
        .order_by(PaperSheet.reason)
    )
    return {row.reason: row.sheets for row in rows}


def centres(round_id: int) -> list[AtCentre]:
    """Every centre that has batches, in the town's order."""
    deeds, found = deeds_of(round_id), []
    printed: dict[int, int] = {}
    for batch in batches(round_id):
        printed[batch.centre_id] = printed.get(batch.centre_id, 0) + batch.size
    settled = _numbers(
        select(PaperSheet.centre_id, func.count()).where(PaperSheet.round_id == round_id), PaperSheet
    )
    third = _numbers(
        select(PaperKeying.centre_id, func.count()).where(
            PaperKeying.round_id == round_id, PaperKeying.turn == 2, PaperKeying.mark.is_not(None)
        ),
        PaperKeying,
    )
    for centre in db.session.scalars(select(Centre).where(Centre.id.in_(deeds)).order_by(Centre.id)):
        found.append(
            AtCentre(
                centre, printed[centre.id], deeds[centre.id], protocol_of(round_id, centre.id),
                settled.get(centre.id, 0), third.get(centre.id, 0), invalid_sheets(round_id, centre.id),
            )
        )  # fmt: skip
    return found


def _numbers(query: Any, model: Any) -> dict[int, int]:
    rows = db.session.execute(query.group_by(model.centre_id))
    return {row[0]: row[1] for row in rows}


def protocol_of(round_id: int, centre_id: int) -> PaperProtocol | None:
    """The protocol of a centre, counted or signed."""
    return db.session.get(PaperProtocol, (round_id, centre_id))


def former_protocols(round_id: int, centre_id: int) -> list[PaperFormerProtocol]:
    """What was signed for a centre before it was counted anew, the oldest first."""
    query = select(PaperFormerProtocol).where(
        PaperFormerProtocol.round_id == round_id, PaperFormerProtocol.centre_id == centre_id
    )
    return list(db.session.scalars(query.order_by(PaperFormerProtocol.id)))


def next_sheet(round_id: int, centre_id: int, account_id: int) -> int | None:
    """The first sheet that this person can key: not settled, not keyed by the person; None when there is none."""
    protocol = protocol_of(round_id, centre_id)
    if protocol is None or protocol.signed_at is None:
        return None
    done = set(
        db.session.scalars(
            select(PaperSheet.sheet).where(PaperSheet.round_id == round_id, PaperSheet.centre_id == centre_id)
        )
    ) | set(
        db.session.scalars(
            select(PaperKeying.sheet).where(
                PaperKeying.round_id == round_id,
                PaperKeying.centre_id == centre_id,
                PaperKeying.by == account_id,
            )
        )
    )
    return next((sheet for sheet in range(1, protocol.in_box + 1) if sheet not in done), None)


def keyings(round_id: int, centre_id: int, sheet: int) -> list[PaperKeying]:
    """What was keyed of a sheet, in turn."""
    query = select(PaperKeying).where(
        PaperKeying.round_id == round_id, PaperKeying.centre_id == centre_id, PaperKeying.sheet == sheet
    )
    return list(db.session.scalars(query.order_by(PaperKeying.turn)))


def unsettled(row: VotingRound) -> list[tuple[str, dict[str, Any]]]:
    """What of paper still blocks the opening of a closed round: codes of ERRORS with their parameters."""
    found = centres(row.id)
    for one in found:
        said = {"centre": dict(one.centre.name)}
        if not one.is_signed:
            return [("paper_not_counted", said)]
        if not one.is_keyed:
            assert one.protocol is not None
            return [("paper_not_keyed", {**said, "left": one.protocol.in_box - one.settled})]
    return [("paper_not_boxed", {})] if any(not one.is_boxed for one in found) else []


def faults(row: VotingRound) -> list[str]:
    """In English, where papers, protocols, sheets and ballots of the box do not add up (box-check)."""
    wrong, valid = [], 0
    for one in centres(row.id):
        protocol, name = one.protocol, one.centre.name.get("en", "")
        if protocol is None or not one.is_boxed:
            if row.opened_at is not None:
                wrong.append(f"{name} was never settled")
            continue
        if one.open_papers != protocol.in_box + protocol.missing:
            wrong.append(f"{name}: {one.open_papers} papers out, {protocol.in_box} in the box")
        if one.settled != protocol.in_box:
            wrong.append(f"{name}: {one.settled} sheets of {protocol.in_box}")
        valid += one.settled - sum(one.invalid.values())
    boxed = db.session.scalar(
        select(func.count()).where(BoxBallot.round_id == row.id, BoxBallot.on_paper.is_(True))
    )
    if boxed != valid:
        wrong.append(f"{valid} valid sheets, {boxed} ballots of paper in the box")
    return wrong


def invalid_total(round_id: int) -> int:
    """Sheets of all centres that hold no ballot which counts."""
    return (
        db.session.scalar(
            select(func.count()).where(PaperSheet.round_id == round_id, PaperSheet.reason != "")
        )
        or 0
    )
