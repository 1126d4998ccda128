"""What the chair accepts of sheets with gaps, who was drawn to score what, and the lot between equal projects."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pb.db import Base, Document, UTCDateTime
from pb.schema import append_only


class AcceptedGap(Base):
    """Who presides accepted that a submitted sheet leaves criteria out; from then on it counts."""

    __tablename__ = "accepted_gap"
    __table_args__ = (CheckConstraint("length(reason) >= 20", name="reason"),)

    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheet.id"), primary_key=True)
    reason: Mapped[str]
    by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class AssignmentRound(Base):
    """A draw of who scores which project. The newest one counts, all are kept."""

    __tablename__ = "assignment_round"
    __table_args__ = (
        UniqueConstraint("cycle_id", "number"),
        CheckConstraint("length(seed) > 0", name="seed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    number: Mapped[int]
    seed: Mapped[str]
    fingerprint: Mapped[str]  # of who scores what (pb.core.assignment.fingerprint)
    by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # nobody: drawn anew after a recusal
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class Assignment(Base):
    """A member was drawn for a project."""

    __tablename__ = "assignment"

    round_id: Mapped[int] = mapped_column(ForeignKey("assignment_round.id"), primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)


class TieLot(Base):
    """The list of equal projects, fixed before anybody can know the number that draws. Of a later tie another list
    is made.
    """

    __tablename__ = "tie_lot"
    __table_args__ = (
        UniqueConstraint("cycle_id", "number"),
        CheckConstraint("length(source) >= 10", name="source"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    number: Mapped[int]
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("ranking_snapshot.id"))
    projects: Mapped[list[int]] = mapped_column(Document)  # their numbers in the cycle, ascending
    salt: Mapped[str]  # kept here until the ranking is public
    fingerprint: Mapped[str]
    source: Mapped[str]  # which public number it will be, in words
    source_on: Mapped[date]  # the day on which that number becomes known
    by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class LotEntry(Base):
    """What a person read as the public number. Two persons must have entered the same."""

    __tablename__ = "lot_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("tie_lot.id"), index=True)
    seed: Mapped[str]
    by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class LotDrawn(Base):
    """The lot was drawn from the number that two persons entered."""

    __tablename__ = "lot_drawn"
    __table_args__ = (CheckConstraint("first_by <> second_by", name="two"),)

    lot_id: Mapped[int] = mapped_column(ForeignKey("tie_lot.id"), primary_key=True)
    seed: Mapped[str]
    first_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    second_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


append_only("accepted_gap")
append_only("assignment_round")
append_only("assignment")
append_only("tie_lot")
append_only("lot_entry")
append_only("lot_drawn")
