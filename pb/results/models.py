"""Results: stored as they were computed, published by an act of its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from pb.db import Base, CanonicalText, UTCDateTime
from pb.schema import append_only, forbid

#: Where an ordered count stands, in their order; the last two are its ends.
STAGES = ("waiting", "reading", "counting", "done", "failed")


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


class CountOrder(Base):
    """A count that an administrator asked for; the worker does it, outside of any request.

    ``attempts``: how often a worker has begun it; what a crash left unfinished is begun again. ``reason``: the
    code of what kept it from a result. Once finished it never changes.
    """

    __tablename__ = "count_order"
    __table_args__ = (
        CheckConstraint(
            "(finished_at IS NULL) = (stage IN ('waiting', 'reading', 'counting'))", name="stage"
        ),
        CheckConstraint("(result_id IS NOT NULL) = (stage = 'done')", name="result"),
        Index(
            "uq_count_order_open",
            "cycle_id",
            unique=True,
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), index=True)
    rule: Mapped[str]
    rule_version: Mapped[str]
    rulebook: Mapped[str]  # SHA-256 (hex) of the rulebook by which is counted
    stage: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    result_id: Mapped[int | None] = mapped_column(ForeignKey("count_result.id"))


class CountComparison(Base):
    """What stands beside a count for information: how it represents the voters, and what other rules would have
    chosen from the same ballots. Canonical JSON; no part of the result.
    """

    __tablename__ = "count_comparison"

    result_id: Mapped[int] = mapped_column(ForeignKey("count_result.id"), primary_key=True)
    document: Mapped[str] = mapped_column(CanonicalText, deferred=True)
    fingerprint: Mapped[str]  # SHA-256 (hex) of the document
    computed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class BoxBundle(Base):
    """The published box as one file, made once, after the publication of the result.

    ``contains``: "ballots" (with what they say) or "totals" (with their commitments alone); see pb.results.bundle.
    """

    __tablename__ = "box_bundle"
    __table_args__ = (CheckConstraint("contains IN ('ballots', 'totals')", name="contains"),)

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), primary_key=True)
    contains: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)  # gzip
    size: Mapped[int]  # bytes of the body
    fingerprint: Mapped[str]  # SHA-256 (hex) of the body
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)


append_only("box_bundle")
append_only("count_result")
append_only("result_published")
append_only("count_comparison")
forbid("count_order", "UPDATE", when="OLD.finished_at IS NOT NULL")
forbid("count_order", "DELETE")
