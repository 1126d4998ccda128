"""What alarms look at: that somebody proved who they are, on a day. Never a ballot; all of it is erased at the close.

Device, address and person are hashed under a key of the day, so that no row joins another day's, nor the roll.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from pb.db import Base, UTCDateTime
from pb.voting.models import UNORDERED

WAYS = ("code", "letter", "kiosk", "paper")
FIRST_PHONE = "first_phone"  # counted by the hour beside the ways: a phone was bound to somebody who had none


class Sighting(Base):
    """A person who was identified on a day: by which way, from which device and address. No time of day."""

    __tablename__ = "sighting"
    __table_args__ = (CheckConstraint("way IN ('code', 'letter', 'kiosk', 'paper')", name="way"), UNORDERED)

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), primary_key=True)
    day: Mapped[str] = mapped_column(primary_key=True)  # "2026-10-14"
    way: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(primary_key=True)
    device: Mapped[str] = mapped_column(primary_key=True)  # empty: a centre's, or none is known
    address: Mapped[str] = mapped_column(primary_key=True)
    very_old: Mapped[bool] = mapped_column(default=False)


class SightingHour(Base):
    """How many were identified in an hour, by way and operator; who they were, it does not say."""

    __tablename__ = "sighting_hour"
    __table_args__ = (UNORDERED,)

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), primary_key=True)
    day: Mapped[str] = mapped_column(primary_key=True)
    hour: Mapped[int] = mapped_column(primary_key=True)
    way: Mapped[str] = mapped_column(primary_key=True)
    operator_id: Mapped[int] = mapped_column(primary_key=True)  # an account's; 0: nobody's help was needed
    number: Mapped[int]


class CodePause(Base):
    """Codes by text message were paused, because too many that were typed were wrong (pb.voting.breaker)."""

    __tablename__ = "code_pause"
    __table_args__ = (
        Index(
            "uq_code_pause_cycle_id",
            "cycle_id",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    wrong: Mapped[int]
    right: Mapped[int]
    lifted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
