"""What a session leaves behind: second sheets, the closed discussion, minority opinions, the minutes and their signed
scan. All of it is kept for ever and never changes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from pb.db import Base, CanonicalText, Document, UTCDateTime
from pb.schema import append_only


class SecondSheet(Base):
    """A member's second sheet on a project, handed in after it was discussed. The first one stays as it is; this one
    counts.
    """

    __tablename__ = "second_sheet"
    __table_args__ = (CheckConstraint("length(reason) >= 30", name="reason"),)

    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheet.id"), primary_key=True)
    turn_id: Mapped[int] = mapped_column(ForeignKey("sitting_turn.id"))  # the discussion that it follows
    reason: Mapped[str]  # why it differs; everybody reads it
    levels: Mapped[dict[str, Any]] = mapped_column(Document)  # {criterion: level}
    reasons: Mapped[dict[str, str]] = mapped_column(Document)  # {criterion: why}, where one was given
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class Reconciled(Base):
    """The chair closed the discussion: decisions follow this ranking and no other."""

    __tablename__ = "reconciled"

    snapshot_id: Mapped[int] = mapped_column(ForeignKey("ranking_snapshot.id"), primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), index=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[int] = mapped_column(ForeignKey("account.id"))


class MinorityOpinion(Base):
    """What a member holds against what was decided on an item. The newest counts, all are kept."""

    __tablename__ = "minority_opinion"
    __table_args__ = (CheckConstraint("length(words) >= 30", name="words"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("sitting_item.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    words: Mapped[str]
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class Minutes(Base):
    """The minutes of a closed session as they were printed and signed (``document``: pb.review.minutes.draft)."""

    __tablename__ = "sitting_minutes"
    __table_args__ = (CheckConstraint("length(number) > 0", name="number"),)

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), primary_key=True)
    number: Mapped[str]  # in the register of the municipality
    document: Mapped[str] = mapped_column(CanonicalText)
    fingerprint: Mapped[str]  # SHA-256 of the document, hex
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[int] = mapped_column(ForeignKey("account.id"))


class MinutesScan(Base):
    """The signed paper, scanned. The newest one is shown, all are kept."""

    __tablename__ = "minutes_scan"

    id: Mapped[int] = mapped_column(primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting_minutes.sitting_id"), index=True)
    name: Mapped[str]
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    size: Mapped[int]
    fingerprint: Mapped[str]  # SHA-256, hex
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[int] = mapped_column(ForeignKey("account.id"))


append_only("second_sheet")
append_only("reconciled")
append_only("minority_opinion")
append_only("sitting_minutes")
append_only("minutes_scan")
