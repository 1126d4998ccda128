"""Letters with a printed code. A code is stored as a keyed hash over code and person; nobody can list who has one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pb.db import Base, UTCDateTime


class LetterBatch(Base):
    """Letters that were made together. Names and addresses came from the clerk's file and were never stored."""

    __tablename__ = "letter_batch"
    __table_args__ = (UniqueConstraint("cycle_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    number: Mapped[int]
    size: Mapped[int]
    fingerprint: Mapped[str]  # SHA-256 over the sorted hashes of the codes
    made_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)


class LetterCode(Base):
    """One letter's code, by its place in the batch. Erased at the close."""

    __tablename__ = "letter_code"
    __table_args__ = (
        CheckConstraint("state IN ('good', 'used', 'void')", name="state"),
        UniqueConstraint("cycle_id", "code_hash"),
    )

    batch_id: Mapped[int] = mapped_column(ForeignKey("letter_batch.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    code_hash: Mapped[str]
    state: Mapped[str] = mapped_column(default="good")
    reason: Mapped[str] = mapped_column(default="")  # why it was voided
