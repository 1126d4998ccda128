"""Objections to decisions, what is attached to them, and how they were decided."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pb.cycles.models import Cycle
from pb.db import Base, Document, UTCDateTime
from pb.schema import forbid

_STANDS = text("state <> 'withdrawn'")
REASON_MIN = 100  # characters of the answer, which is published
TEXT_MIN, TEXT_MAX = 30, 4000


class Objection(Base):
    """An objection to one decision on an idea or a project. ``number`` is given when it is filed; a draft has none.

    Its text and files are for its author and for officials; number, kind, ground, state, term and outcome are public.
    """

    __tablename__ = "objection"
    __table_args__ = (
        UniqueConstraint("cycle_id", "number"),
        # One objection to a decision, whoever of its authors files it; one that was withdrawn does not count.
        Index(
            "uq_objection_decision",
            "kind",
            "decision_id",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
        CheckConstraint("state IN ('draft', 'filed', 'withdrawn', 'decided')", name="state"),
        CheckConstraint("(idea_id IS NULL) <> (project_id IS NULL)", name="one_thing"),
        CheckConstraint("state IN ('draft', 'withdrawn') OR number IS NOT NULL", name="numbered_once_filed"),
        CheckConstraint(
            "number IS NULL OR (filed_at IS NOT NULL AND due IS NOT NULL AND length(ground) > 0 "
            f"AND length(words) >= {TEXT_MIN})",
            name="whole_once_filed",
        ),
        CheckConstraint(
            "(state = 'decided') = (outcome IS NOT NULL) AND (state = 'decided') = (decided_by IS NOT NULL)",
            name="decided",
        ),
        CheckConstraint(
            f"outcome IS NULL OR (outcome IN ('upheld', 'partly', 'rejected') AND length(answer) >= {REASON_MIN})",
            name="outcome",
        ),
        CheckConstraint("helper_id IS NULL OR length(slip) > 0", name="helped_with_consent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    number: Mapped[int | None]
    kind: Mapped[str]  # a key of pb.appeals.kinds.KINDS
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("idea.id"), index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), index=True)
    thing_number: Mapped[int]  # that of the idea or project in its cycle
    decision_id: Mapped[int]  # in the table of the kind
    decided_first_at: Mapped[datetime] = mapped_column(
        UTCDateTime
    )  # when the contested decision became public
    state: Mapped[str]
    ground: Mapped[str] = mapped_column(default="")
    rests_on: Mapped[list[dict[str, Any]]] = mapped_column(Document)  # [{"id", "ka", "en"}]: as it stood then
    points: Mapped[list[str]] = mapped_column(Document)  # ids of those that are contested
    words: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="ka")
    helper_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    slip: Mapped[str] = mapped_column(default="")  # where the signed paper is kept
    version: Mapped[int] = mapped_column(default=1)  # two open tabs never overwrite each other
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    filed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    filed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    due: Mapped[date | None]  # the last day on which it is decided in time
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    outcome: Mapped[str | None]
    accepted: Mapped[list[str]] = mapped_column(Document, default=list)  # the points found right, when partly
    answer: Mapped[str] = mapped_column(default="")  # the examiner's reason, published
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    cycle: Mapped[Cycle] = relationship()
    files: Mapped[list[ObjectionFile]] = relationship(
        order_by="ObjectionFile.id", cascade="all, delete-orphan"
    )

    @property
    def thing_id(self) -> int:
        """The id of the idea or project."""
        found = self.idea_id if self.idea_id is not None else self.project_id
        assert found is not None
        return found


class ObjectionFile(Base):
    """A PDF as it was given, or a photo made anew without metadata. Never public."""

    __tablename__ = "objection_file"
    __table_args__ = (
        UniqueConstraint("objection_id", "fingerprint"),
        CheckConstraint("kind IN ('pdf', 'photo')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    objection_id: Mapped[int] = mapped_column(ForeignKey("objection.id", ondelete="CASCADE"))
    kind: Mapped[str]
    name: Mapped[str]
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    size: Mapped[int]
    fingerprint: Mapped[str]  # SHA-256, hex
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)


# What was filed stays as it was filed; only its fate is written beside it, once.
forbid(
    "objection",
    "UPDATE",
    when="OLD.state IN ('withdrawn', 'decided') OR OLD.state = 'filed' AND (NEW.state = 'draft' "
    "OR NEW.words <> OLD.words OR NEW.ground <> OLD.ground OR NEW.number <> OLD.number OR NEW.due <> OLD.due "
    "OR NEW.decision_id <> OLD.decision_id OR NEW.cycle_id <> OLD.cycle_id)",
)
forbid("objection", "DELETE", when="OLD.number IS NOT NULL")
