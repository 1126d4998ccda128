"""Who sits on a cycle's commission and by which act; substitutes called in; the calibration round.

The calibration round has tables of its own: nothing that computes a ranking reads them, and a sheet of it names no
project of the cycle.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pb.accounts.models import Account
from pb.db import Base, Document, UTCDateTime
from pb.projects.models import Project
from pb.schema import append_only, forbid

_IN_FORCE = text("ended_at IS NULL")
_ONE_OF_EACH = text("ended_at IS NULL AND function IN ('chair', 'vice_chair')")


class Seat(Base):
    """A person's seat on the commission of one cycle, with the act that appointed to it. It ends, it never changes."""

    __tablename__ = "commission_seat"
    __table_args__ = (
        CheckConstraint(
            "function IN ('chair', 'vice_chair', 'member', 'substitute', 'secretary', 'observer')",
            name="function",
        ),
        CheckConstraint(
            "represents IN ('municipality', 'council', 'civil_society', 'expert', 'youth')", name="represents"
        ),
        CheckConstraint("length(act_number) > 0", name="act"),
        CheckConstraint("(ended_at IS NULL) = (length(end_reason) = 0)", name="end"),
        Index(
            "uq_commission_seat_person",
            "cycle_id",
            "account_id",
            unique=True,
            sqlite_where=_IN_FORCE,
            postgresql_where=_IN_FORCE,
        ),
        Index(
            "uq_commission_seat_chair",
            "cycle_id",
            "function",
            unique=True,
            sqlite_where=_ONE_OF_EACH,
            postgresql_where=_ONE_OF_EACH,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    function: Mapped[str]
    represents: Mapped[str]
    act_number: Mapped[str]
    act_date: Mapped[date]
    appointed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    appointed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    end_reason: Mapped[str] = mapped_column(default="")

    account: Mapped[Account] = relationship(foreign_keys=[account_id])


class SubstituteCall(Base):
    """The chair called a substitute in for the rest of the review; from then on a member like the others."""

    __tablename__ = "substitute_call"

    seat_id: Mapped[int] = mapped_column(ForeignKey("commission_seat.id"), primary_key=True)
    reason: Mapped[str]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[int] = mapped_column(ForeignKey("account.id"))


class CalibrationProject(Base):
    """One of the two projects of former years on which the members try the rubric together."""

    __tablename__ = "calibration_project"
    __table_args__ = (
        UniqueConstraint("cycle_id", "place"),
        UniqueConstraint("cycle_id", "project_id"),
        CheckConstraint("place IN (1, 2)", name="place"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    place: Mapped[int]
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    chosen_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    chosen_at: Mapped[datetime] = mapped_column(UTCDateTime)

    project: Mapped[Project] = relationship()


class CalibrationSheet(Base):
    """A member's levels on one of them. It is no score sheet: it belongs to no project of the contest."""

    __tablename__ = "calibration_sheet"
    __table_args__ = (UniqueConstraint("calibration_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    calibration_id: Mapped[int] = mapped_column(ForeignKey("calibration_project.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    levels: Mapped[dict[str, Any]] = mapped_column(Document)  # {criterion: level}
    reasons: Mapped[dict[str, str]] = mapped_column(Document)  # {criterion: why}, where one was given
    at: Mapped[datetime] = mapped_column(UTCDateTime)


forbid(
    "commission_seat",
    "UPDATE",
    when="OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL OR NEW.account_id <> OLD.account_id "
    "OR NEW.function <> OLD.function OR NEW.act_number <> OLD.act_number OR NEW.cycle_id <> OLD.cycle_id",
)
forbid("commission_seat", "DELETE")
append_only("substitute_call")
append_only("calibration_project")
append_only("calibration_sheet")
