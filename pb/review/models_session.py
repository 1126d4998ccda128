"""The sessions of the commission: agenda, who was there, what was taken up, who left the room, questions and votes.

What has ended never changes: attendance once somebody left, a turn once it is over, a question once it is counted.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pb.accounts.models import Account
from pb.db import Base, UTCDateTime
from pb.projects.models import Project
from pb.schema import forbid

_OPEN = text("opened_at IS NOT NULL AND closed_at IS NULL")
_THERE = text("left_at IS NULL")
_ON = text("ended_at IS NULL")
_ASKED = text("closed_at IS NULL")


class Sitting(Base):
    """A session (სხდომა): called, opened by the chair, closed by the chair. One at a time is open in a cycle."""

    __tablename__ = "sitting"
    __table_args__ = (
        UniqueConstraint("cycle_id", "number"),
        CheckConstraint("length(place) > 0", name="place"),
        CheckConstraint("(opened_at IS NULL) = (opened_by IS NULL)", name="opened"),
        CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name="closed"),
        CheckConstraint("closed_at IS NULL OR opened_at IS NOT NULL", name="opened_first"),
        Index("uq_sitting_open", "cycle_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    number: Mapped[int]
    planned_at: Mapped[datetime] = mapped_column(UTCDateTime)
    place: Mapped[str]
    called_at: Mapped[datetime] = mapped_column(UTCDateTime)
    called_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None and self.closed_at is None


class AgendaItem(Base):
    """A line of the agenda: a project, or another question in words."""

    __tablename__ = "sitting_item"
    __table_args__ = (
        UniqueConstraint("sitting_id", "project_id"),
        CheckConstraint("(project_id IS NULL) = (length(title) > 0)", name="project_or_title"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"))
    position: Mapped[int]
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    title: Mapped[str] = mapped_column(default="")
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
    added_by: Mapped[int] = mapped_column(ForeignKey("account.id"))

    project: Mapped[Project | None] = relationship()


class Attendance(Base):
    """Somebody was in the session from one moment to another; who comes back has a second row."""

    __tablename__ = "sitting_attendance"
    __table_args__ = (
        Index(
            "uq_sitting_attendance_there",
            "sitting_id",
            "account_id",
            unique=True,
            sqlite_where=_THERE,
            postgresql_where=_THERE,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    function: Mapped[str]  # of the seat at that moment (queries_seats.FUNCTIONS)
    came_at: Mapped[datetime] = mapped_column(UTCDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    account: Mapped[Account] = relationship()


class Turn(Base):
    """An item was dealt with from one moment to another. One at a time in a session; an item may come up again."""

    __tablename__ = "sitting_turn"
    __table_args__ = (
        Index("uq_sitting_turn_on", "sitting_id", unique=True, sqlite_where=_ON, postgresql_where=_ON),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("sitting_item.id"))
    began_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    item: Mapped[AgendaItem] = relationship()


class TurnMember(Base):
    """A voting member who was there for a turn: in the room, or recused and out of it. The votes lean on this row, so
    that the database itself refuses the vote of somebody who is recused.
    """

    __tablename__ = "sitting_turn_member"
    __table_args__ = (
        UniqueConstraint("turn_id", "account_id", "recused"),
        CheckConstraint("recused = (left_at IS NOT NULL)", name="recused_left"),
        CheckConstraint("recused = (length(kind) > 0)", name="recused_kind"),
    )

    turn_id: Mapped[int] = mapped_column(ForeignKey("sitting_turn.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    recused: Mapped[bool]
    kind: Mapped[str] = mapped_column(default="")  # of the recusal, as panel_members names it
    left_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    returned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Question(Base):
    """What is put to the vote. ``effect``: what follows when it is carried: nothing, the decision ``outcome`` on the
    item's project, or that the ranking is followed on all projects that wait.
    """

    __tablename__ = "sitting_question"
    __table_args__ = (
        UniqueConstraint("id", "turn_id"),
        CheckConstraint("effect IN ('none', 'decide', 'follow')", name="effect"),
        CheckConstraint("outcome IN ('on_ballot', 'reserve', 'not_shortlisted')", name="outcome"),
        CheckConstraint("(effect = 'decide') = (outcome IS NOT NULL)", name="decide_has_outcome"),
        CheckConstraint("effect <> 'none' OR length(words) > 0", name="words"),
        CheckConstraint("(closed_at IS NULL) = (carried IS NULL AND NOT withdrawn)", name="counted"),
        CheckConstraint("NOT withdrawn OR carried IS NULL", name="withdrawn"),
        Index(
            "uq_sitting_question_asked", "turn_id", unique=True, sqlite_where=_ASKED, postgresql_where=_ASKED
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    turn_id: Mapped[int] = mapped_column(ForeignKey("sitting_turn.id"))
    words: Mapped[str]  # may be empty where the effect says all
    effect: Mapped[str]
    outcome: Mapped[str | None]
    reason: Mapped[str] = mapped_column(default="")
    put_at: Mapped[datetime] = mapped_column(UTCDateTime)
    put_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    carried: Mapped[bool | None]
    withdrawn: Mapped[bool] = mapped_column(default=False)  # never counted; its votes are gone
    by_casting_vote: Mapped[bool] = mapped_column(default=False)  # equal votes: who presides has decided

    turn: Mapped[Turn] = relationship()


class Vote(Base):
    """A member's vote, as the secretary noted it; sealed when the question is counted."""

    __tablename__ = "sitting_vote"
    __table_args__ = (
        ForeignKeyConstraint(["question_id", "turn_id"], ["sitting_question.id", "sitting_question.turn_id"]),
        ForeignKeyConstraint(
            ["turn_id", "account_id", "recused"],
            [
                "sitting_turn_member.turn_id",
                "sitting_turn_member.account_id",
                "sitting_turn_member.recused",
            ],
        ),
        CheckConstraint("NOT recused", name="not_recused"),
        CheckConstraint("choice IN ('for', 'against', 'abstained')", name="choice"),
    )

    question_id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(primary_key=True)
    turn_id: Mapped[int]
    recused: Mapped[bool] = mapped_column(default=False)
    choice: Mapped[str]
    noted_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    sealed: Mapped[bool] = mapped_column(default=False)


forbid(
    "sitting",
    "UPDATE",
    when="OLD.closed_at IS NOT NULL OR NEW.number <> OLD.number OR NEW.cycle_id <> OLD.cycle_id "
    "OR OLD.opened_at IS NOT NULL AND (NEW.opened_at IS NULL OR NEW.opened_at <> OLD.opened_at)",
)
forbid("sitting", "DELETE")
forbid("sitting_attendance", "UPDATE", when="OLD.left_at IS NOT NULL OR NEW.account_id <> OLD.account_id")
forbid("sitting_attendance", "DELETE")
forbid("sitting_turn", "UPDATE", when="OLD.ended_at IS NOT NULL OR NEW.item_id <> OLD.item_id")
forbid("sitting_turn", "DELETE")
forbid(
    "sitting_turn_member",
    "UPDATE",
    when="OLD.recused AND NOT NEW.recused OR OLD.returned_at IS NOT NULL OR NEW.account_id <> OLD.account_id",
)
forbid("sitting_turn_member", "DELETE")
forbid("sitting_question", "UPDATE", when="OLD.closed_at IS NOT NULL OR NEW.words <> OLD.words")
forbid("sitting_question", "DELETE")
forbid("sitting_vote", "INSERT", when="NEW.sealed")
forbid("sitting_vote", "UPDATE", "DELETE", when="OLD.sealed")
