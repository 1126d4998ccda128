"""Ideas that are to go on as one: who proposed it, which ideas, and what each author said."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pb.db import Base, UTCDateTime


class Joining(Base):
    """A proposal to let ideas go on under one of them, the lead. ``joined`` once every author has agreed."""

    __tablename__ = "joining"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'joined', 'ended')", name="state"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), index=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("idea.id"), index=True)
    state: Mapped[str]
    reason: Mapped[str]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    by_officer: Mapped[bool]
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    parts: Mapped[list[JoiningPart]] = relationship(order_by="JoiningPart.id")
    answers: Mapped[list[JoiningAnswer]] = relationship(order_by="JoiningAnswer.id")


class JoiningPart(Base):
    """One idea that is to go on under the lead, which is no part itself. Of one proposal at a time."""

    __tablename__ = "joining_part"
    __table_args__ = (
        Index(
            "uq_joining_part_at_a_time",
            "idea_id",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    joining_id: Mapped[int] = mapped_column(ForeignKey("joining.id"), index=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id"))
    admitted: Mapped[bool] = mapped_column(default=False)  # had been found eligible when it was joined
    left_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # proposal ended, or split off again


class JoiningAnswer(Base):
    """What one author said, and how: on the page, by a code read aloud to an operator, on signed paper."""

    __tablename__ = "joining_answer"
    __table_args__ = (
        UniqueConstraint("joining_id", "author_id"),
        CheckConstraint("how IN ('page', 'text_code', 'signed_slip')", name="how"),
        CheckConstraint("how <> 'signed_slip' OR slip <> ''", name="slip"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    joining_id: Mapped[int] = mapped_column(ForeignKey("joining.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("idea_author.id", ondelete="CASCADE"))
    agrees: Mapped[bool]
    how: Mapped[str]
    slip: Mapped[str] = mapped_column(default="")
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
