"""Who may vote: the roll and the codes. Nothing here knows of ballots, and nothing of ballots imports
this.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from pb.db import Base, Document, UTCDateTime
from pb.voting.models import UNORDERED


class Roll(Base):
    """One reading of a town's list of voters: a check alone, or an import, which a second person approves."""

    __tablename__ = "roll"
    __table_args__ = (
        CheckConstraint("approved_by IS NULL OR approved_by <> imported_by", name="two"),
        CheckConstraint("kind IN ('import', 'check')", name="kind"),
        Index(
            "uq_roll_approved",
            "cycle_id",
            unique=True,
            sqlite_where=text("approved_at IS NOT NULL"),
            postgresql_where=text("approved_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), index=True)
    kind: Mapped[str] = mapped_column(default="import")
    imported_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    imported_at: Mapped[datetime] = mapped_column(UTCDateTime)
    rows_read: Mapped[int] = mapped_column(default=0)  # while it is read: how far it has come
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    failed: Mapped[str] = mapped_column(default="")  # why a reading was given up: an error's code
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    discarded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    fingerprint: Mapped[str]  # SHA-256 over the sorted hashed personal numbers with their units
    size: Mapped[int]
    unit_sizes: Mapped[dict[str, int]] = mapped_column(Document)  # unit slug -> voters
    report: Mapped[dict[str, Any]] = mapped_column(Document)  # counts of refused rows by reason
    faults: Mapped[bytes | None] = mapped_column(LargeBinary)  # every refused row: pb.voting.roll_rows.Faults
    erased_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # its voters, on the rulebook's date


class RollEntry(Base):
    """A voter. The personal number only as a keyed HMAC, the phone encrypted; no name, no birth date."""

    __tablename__ = "roll_entry"
    __table_args__ = (
        UniqueConstraint("roll_id", "person_hash"),
        Index("ix_roll_entry_phone", "roll_id", "phone_hash"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    roll_id: Mapped[int] = mapped_column(ForeignKey("roll.id"))
    person_hash: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    # A keyed HMAC of the phone, to count how many people share it; apart from that of accounts.
    phone_hash: Mapped[str | None]
    # A phone bound at a centre during the vote takes over at this moment.
    next_phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    next_phone_hash: Mapped[str | None]
    next_phone_from: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # 85 or older on the first day of the vote: for the alarms alone (docs/adr), erased at the close.
    very_old: Mapped[bool] = mapped_column(default=False)


class VoterCode(Base):
    """A code sent to a voter's bound phone: 8 digits, 3 tries, 10 minutes. Erased at the close."""

    __tablename__ = "voter_code"
    __table_args__ = (
        Index("ix_voter_code_person", "cycle_id", "person_hash", "created_at"),
        Index("ix_voter_code_time", "cycle_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    person_hash: Mapped[str]
    code_hash: Mapped[str]  # empty: nothing was sent (not on the roll, or no phone); looks the same outside
    tries_left: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class KioskToken(Base):
    """A token with which a person whose identity card an operator saw votes at the centre's screen.

    Good once and for five minutes; the row is erased when it is used, and when it ran out.
    """

    __tablename__ = "kiosk_token"
    __table_args__ = (UniqueConstraint("cycle_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    person_hash: Mapped[str]
    code_hash: Mapped[str]
    issued_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ToldSlot(Base):
    """A slot whose person was told that a vote was cast (pb.voting.telling). Erased with the slots' values."""

    __tablename__ = "told_slot"
    __table_args__ = (UNORDERED,)

    round_id: Mapped[int] = mapped_column(ForeignKey("voting_round.id"), primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
