"""Ballots of paper: batches, what became of each paper, keyed sheets, the protocol of each centre.

No row here refers to a person who votes, and none to a slot. What is keyed stands here sealed to the custodians.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pb.db import Base, Document, UTCDateTime
from pb.schema import append_only, forbid
from pb.voting.models import UNORDERED

#: What happens to a paper at a centre.
DEEDS = ("issued", "spoilt", "returned")
#: Why a sheet holds no ballot that counts.
REASONS = ("blank", "too_many", "unclear", "signed", "foreign")


class PaperBatch(Base):
    """So many equal ballots for one centre, with one drawn and published order of the projects."""

    __tablename__ = "paper_batch"
    __table_args__ = (CheckConstraint("size > 0", name="size"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("voting_round.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)  # from 1
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    unit_slug: Mapped[str]  # whose ballot it is, where ballots name the unit; else ""
    size: Mapped[int]
    order: Mapped[list[str]] = mapped_column(Document)  # ids of projects, as printed
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    made_by: Mapped[int] = mapped_column(ForeignKey("account.id"))


class PaperDeed(Base):
    """One paper was issued, or came back spoilt or unused. Nobody's name, slot or choice."""

    __tablename__ = "paper_deed"
    __table_args__ = (
        CheckConstraint("deed IN ('issued', 'spoilt', 'returned')", name="deed"),
        ForeignKeyConstraint(["round_id", "batch"], ["paper_batch.round_id", "paper_batch.number"]),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(index=True)
    batch: Mapped[int]
    deed: Mapped[str]
    by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class PaperProtocol(Base):
    """What lay in the box of paper of one centre: counted by one person, counted again and signed by another."""

    __tablename__ = "paper_protocol"
    __table_args__ = (
        CheckConstraint("signed_by IS NULL OR signed_by <> counted_by", name="two"),
        CheckConstraint("in_box >= 0 AND missing >= 0", name="numbers"),
        CheckConstraint("boxed_at IS NULL OR signed_at IS NOT NULL", name="boxed"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("voting_round.id"), primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), primary_key=True)
    in_box: Mapped[int]
    missing: Mapped[int]  # issued and not brought back
    note: Mapped[str]
    counted_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    counted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    signed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # when its ballots went into the box with all others; the same for all centres
    boxed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class PaperFormerProtocol(Base):
    """A signed protocol that two people opened again, as it stood, and why: none is ever lost."""

    __tablename__ = "paper_former_protocol"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("voting_round.id"), index=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    in_box: Mapped[int]
    missing: Mapped[int]
    note: Mapped[str]
    counted_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    counted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    signed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    signed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reason: Mapped[str]  # published
    act_id: Mapped[int] = mapped_column(ForeignKey("box_act.id"), unique=True)
    reopened_at: Mapped[datetime] = mapped_column(UTCDateTime)


class PaperOut(Base):
    """Of which batch a person's paper is, while it is out: a MAC of slot and batch under the round's link key.

    So that a paper taken back is counted for the batch from which it was issued. Erased at the close.
    """

    __tablename__ = "paper_out"
    __table_args__ = (UNORDERED,)

    round_id: Mapped[int] = mapped_column(ForeignKey("voting_round.id"), primary_key=True)
    mark: Mapped[str] = mapped_column(primary_key=True)


class PaperSheet(Base):
    """One sheet out of the box of a centre, once it is settled. ``reason`` "": a ballot, which waits sealed to be put
    into the box with all others; then commitment and seal are erased here, so that no sheet leads to a ballot.
    """

    __tablename__ = "paper_sheet"

    round_id: Mapped[int] = mapped_column(ForeignKey("voting_round.id"), primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), primary_key=True)
    sheet: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str]
    commitment: Mapped[str | None]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class PaperKeying(Base):
    """What one person keyed of a sheet, until it is settled. ``mark``: a MAC of the choices under a key that stands
    outside the database, by which two keyings are compared; choices themselves stand here sealed alone.
    """

    __tablename__ = "paper_keying"
    __table_args__ = (UniqueConstraint("round_id", "centre_id", "sheet", "by"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("voting_round.id"), primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), primary_key=True)
    sheet: Mapped[int] = mapped_column(primary_key=True)
    turn: Mapped[int] = mapped_column(primary_key=True)  # 1, 2, and 3 where those two differ
    by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    mark: Mapped[str | None]  # erased once the sheet is settled, as the three below
    reason: Mapped[str | None]
    commitment: Mapped[str | None]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


append_only("paper_batch")
append_only("paper_deed")
append_only("paper_former_protocol")
forbid("paper_protocol", "UPDATE", when="OLD.boxed_at IS NOT NULL")
forbid("paper_protocol", "DELETE")
