"""Events, as they happen, and the chain that the sealer lays over them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pb.db import Base, Document, UTCDateTime
from pb.schema import append_only


class Event(Base):
    """One act. ``data`` holds ids and plain values, never personal data in clear."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_subject", "subject", "subject_id"),
        Index("ix_event_cycle", "cycle_id", "is_public", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    kind: Mapped[str]
    town_id: Mapped[int | None] = mapped_column(ForeignKey("town.id"))
    cycle_id: Mapped[int | None]
    subject: Mapped[str]
    subject_id: Mapped[int | None]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    is_public: Mapped[bool]
    data: Mapped[dict[str, Any]] = mapped_column(Document)


class ChainLink(Base):
    """The hash of one event and of the link before it. Written by the sealer alone."""

    __tablename__ = "event_chain"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), unique=True)
    hash: Mapped[str]
    sealed_at: Mapped[datetime] = mapped_column(UTCDateTime)


append_only("event")
append_only("event_chain")
