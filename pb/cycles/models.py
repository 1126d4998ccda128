"""Cycles, their versioned rulebooks and calendars, and the acts that change them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pb.db import Base, CanonicalText, Document, UTCDateTime, Words
from pb.places.models import Town
from pb.schema import append_only, forbid

_GEORGIAN = re.compile("[ა-ჿ]")


def typed_in(text: str) -> str:
    """The language of a text that somebody typed: Georgian as soon as there is a Georgian letter in it."""
    return "ka" if _GEORGIAN.search(text) else "en"


class Cycle(Base):
    """A contest. The phase is computed from the calendar in force; only what somebody decided is stored."""

    __tablename__ = "cycle"
    __table_args__ = (UniqueConstraint("town_id", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    town_id: Mapped[int] = mapped_column(ForeignKey("town.id"))
    year: Mapped[int]
    name: Mapped[dict[str, str]] = mapped_column(Words)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    rulebook_id: Mapped[int | None] = mapped_column(ForeignKey("rulebook_version.id", use_alter=True))
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("calendar_version.id", use_alter=True))
    last_idea_number: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    town: Mapped[Town] = relationship()
    rulebook_version: Mapped[RulebookVersion | None] = relationship(
        foreign_keys=[rulebook_id], post_update=True
    )
    calendar_version: Mapped[CalendarVersion | None] = relationship(
        foreign_keys=[calendar_id], post_update=True
    )


class RulebookVersion(Base):
    """One published version of the rules, as canonical JSON (pb.core.rulebook)."""

    __tablename__ = "rulebook_version"
    __table_args__ = (UniqueConstraint("cycle_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    version: Mapped[int]
    document: Mapped[str] = mapped_column(CanonicalText)
    fingerprint: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    @property
    def note_language(self) -> str:
        """For the ``lang`` attribute."""
        return typed_in(self.note)


class CalendarVersion(Base):
    """One version of the dates, as canonical JSON (pb.core.phases.Calendar)."""

    __tablename__ = "calendar_version"
    __table_args__ = (UniqueConstraint("cycle_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    version: Mapped[int]
    document: Mapped[str] = mapped_column(CanonicalText)
    fingerprint: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class CycleAct(Base):
    """Extend, pause, resume, halt: proposed by one administrator, approved by another, with a reason."""

    __tablename__ = "cycle_act"
    __table_args__ = (
        CheckConstraint("kind IN ('extend', 'pause', 'resume', 'halt')", name="kind"),
        CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by OR outcome = 'withdrawn'", name="two"
        ),
        CheckConstraint(
            "outcome IN ('approved', 'rejected', 'withdrawn') OR outcome IS NULL", name="outcome"
        ),
        CheckConstraint("(outcome IS NULL) = (decided_by IS NULL)", name="decided_by"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("length(reason) >= 20", name="reason"),
        Index(
            "uq_cycle_act_open",
            "cycle_id",
            unique=True,
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), index=True)
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(Document)  # extend: {"phase": …, "until": ISO}
    reason: Mapped[str]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    outcome: Mapped[str | None]

    @property
    def until(self) -> datetime | None:
        """The new end that an extension asks for (UTC)."""
        return datetime.fromisoformat(self.payload["until"]) if self.payload.get("until") else None

    @property
    def reason_language(self) -> str:
        """For the ``lang`` attribute."""
        return typed_in(self.reason)


class PassedGate(Base):
    """A gate that somebody passed: roll approved, ballot locked, trial opened, result published."""

    __tablename__ = "passed_gate"
    __table_args__ = (UniqueConstraint("cycle_id", "gate"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    gate: Mapped[str]
    passed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    passed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class PhaseHold(Base):
    """Something open that keeps ``phase`` from beginning: an objection. Released when it is settled."""

    __tablename__ = "phase_hold"
    __table_args__ = (
        UniqueConstraint("thing", "thing_id"),
        CheckConstraint("released_at IS NULL OR released_at >= since", name="order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), index=True)
    phase: Mapped[str]
    thing: Mapped[str]
    thing_id: Mapped[int]
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


append_only("rulebook_version")
append_only("calendar_version")
append_only("passed_gate")
forbid("cycle_act", "UPDATE", when="OLD.outcome IS NOT NULL")
forbid("cycle_act", "DELETE")
forbid(
    "phase_hold",
    "UPDATE",
    when="OLD.released_at IS NOT NULL OR NEW.released_at IS NULL OR NEW.cycle_id <> OLD.cycle_id "
    "OR NEW.phase <> OLD.phase OR NEW.thing_id <> OLD.thing_id",
)
forbid("phase_hold", "DELETE")
