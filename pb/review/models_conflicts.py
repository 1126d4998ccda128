"""Citizens' challenges of members, how they were decided; and who was reminded of sheets on which day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pb.accounts.models import Account
from pb.db import Base, UTCDateTime
from pb.projects.models import Project
from pb.schema import append_only


class MemberChallenge(Base):
    """Somebody says that a member should not score a project. Who it is, the chair alone reads."""

    __tablename__ = "member_challenge"
    __table_args__ = (
        UniqueConstraint("member_id", "project_id", "by"),
        CheckConstraint("by <> member_id", name="other"),
        CheckConstraint("length(words) >= 30", name="words"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    words: Mapped[str]
    by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    project: Mapped[Project] = relationship()
    member: Mapped[Account] = relationship(foreign_keys=[member_id])


class ChallengeDecision(Base):
    """What the chair decided on a challenge, with the reason that everybody reads."""

    __tablename__ = "challenge_decision"
    __table_args__ = (CheckConstraint("length(reason) >= 30", name="reason"),)

    challenge_id: Mapped[int] = mapped_column(ForeignKey("member_challenge.id"), primary_key=True)
    upheld: Mapped[bool]
    reason: Mapped[str]
    by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class ReminderRound(Base):
    """The reminders of a cycle went out on this day."""

    __tablename__ = "reminder_round"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)


class Reminder(Base):
    """A person was reminded on this day: the key is the promise of one message a day."""

    __tablename__ = "reminder"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str]
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))


append_only("member_challenge")
append_only("challenge_decision")
