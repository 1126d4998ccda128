"""The outbox."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from pb.db import Base, UTCDateTime


class OutgoingMessage(Base):
    """A message to be delivered. Address and body are sealed, and erased once it was delivered."""

    __tablename__ = "outgoing_message"
    __table_args__ = (
        CheckConstraint("channel IN ('sms', 'mail')", name="channel"),
        Index("ix_outgoing_message_due", "delivered_at", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    kind: Mapped[str]  # which template: "signin_code", "invitation", …
    address_hash: Mapped[str] = mapped_column(index=True)
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    subject: Mapped[str] = mapped_column(default="")
    body_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    next_try_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    delivered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str] = mapped_column(default="")
