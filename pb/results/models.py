"""Results: stored as they were computed, published by an act of its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pb.db import Base, CanonicalText, UTCDateTime
from pb.schema import append_only


class CountResult(Base):
    """One count: the engine's canonical JSON, and what it was computed from.

    The two texts are loaded only where they are asked for: a large election's ballots are megabytes.
    """

    __tablename__ = "count_result"
    __table_args__ = (UniqueConstraint("cycle_id", "fingerprint"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    rule: Mapped[str]
    rule_version: Mapped[str]
    inputs_fingerprint: Mapped[str]  # SHA-256 (hex) of the Pabulib bytes that were counted
    profile: Mapped[str] = mapped_column(CanonicalText, deferred=True)  # those bytes
    document: Mapped[str] = mapped_column(CanonicalText, deferred=True)
    fingerprint: Mapped[str]  # SHA-256 (hex) of the document
    counted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    counted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class ResultPublished(Base):
    """Which count of a cycle was published, by whom and when. No count: the commission decided, without a
    vote.
    """

    __tablename__ = "result_published"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), primary_key=True)
    result_id: Mapped[int | None] = mapped_column(ForeignKey("count_result.id"))
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


append_only("count_result")
append_only("result_published")
