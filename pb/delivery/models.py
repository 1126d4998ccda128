"""Milestones of funded projects."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from pb.db import Base, UTCDateTime


class Milestone(Base):
    """A promised step of a project. Whether it is late is computed from ``due`` and ``done_on``.

    ``title`` and ``due`` are the promise and stay as they were given; what happened is recorded beside them.
    """

    __tablename__ = "milestone"
    __table_args__ = (CheckConstraint("paid_tetri >= 0", name="paid"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    title: Mapped[str]
    due: Mapped[date]
    done_on: Mapped[date | None]
    paid_tetri: Mapped[int] = mapped_column(BigInteger, default=0)
    note: Mapped[str] = mapped_column(default="")
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
