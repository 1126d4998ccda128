"""Mentors of projects, what they are asked, their remarks; progress with lessons; the authors' own assessment."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pb.accounts.models import Account
from pb.db import Base, Document, UTCDateTime
from pb.projects.models import Project
from pb.schema import forbid


class Mentorship(Base):
    """A mentor was given to a project. The row stays when it ends: whoever was a mentor never scores the pool."""

    __tablename__ = "mentorship"
    __table_args__ = (UniqueConstraint("project_id", "mentor_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    mentor_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    assigned_at: Mapped[datetime] = mapped_column(UTCDateTime)
    assigned_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    project: Mapped[Project] = relationship()
    mentor: Mapped[Account] = relationship(foreign_keys=[mentor_id])


class MentorRequest(Base):
    """What a project's mentors owe an answer to by ``due_on``: a first reading, or a question of the author."""

    __tablename__ = "mentor_request"
    __table_args__ = (
        CheckConstraint("kind IN ('first', 'question')", name="kind"),
        Index("ix_mentor_request_open", "project_id", "answered_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    kind: Mapped[str]
    field: Mapped[str] = mapped_column(default="")  # a part of the project's text; "": all of it
    question: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    due_on: Mapped[date]
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reminded_on: Mapped[date | None]

    project: Mapped[Project] = relationship()


class MentorRemark(Base):
    """A mentor's remark on a part of the text as it stood in ``revision``. The author marks it done."""

    __tablename__ = "mentor_remark"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    mentor_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    field: Mapped[str]
    text: Mapped[str]
    revision: Mapped[int]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    done_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    mentor: Mapped[Account] = relationship(foreign_keys=[mentor_id])


class SelfAssessment(Base):
    """How an author scores the own project, before the work on it and after. For this author's eyes alone.

    ``levels``: criterion → level, of the rubric that was in force. Nothing that ranks or shows a ranking reads it.
    """

    __tablename__ = "self_assessment"
    __table_args__ = (
        UniqueConstraint("project_id", "account_id", "stage"),
        CheckConstraint("stage IN ('before', 'after')", name="stage"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    stage: Mapped[str]
    revision: Mapped[int]
    levels: Mapped[dict[str, int]] = mapped_column(Document)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class LessonResult(Base):
    """How an account answered a lesson's quiz last. ``answers``: the number chosen for each question, from 0."""

    __tablename__ = "lesson_result"
    __table_args__ = (
        UniqueConstraint("account_id", "lesson"),
        CheckConstraint("right_answers BETWEEN 0 AND questions", name="right_answers"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    lesson: Mapped[str]
    version: Mapped[int]  # of the lesson's content
    answers: Mapped[list[int]] = mapped_column(Document)
    right_answers: Mapped[int]
    questions: Mapped[int]
    passed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # once passed, passed
    at: Mapped[datetime] = mapped_column(UTCDateTime)


# Who was a mentor, and what mentors said, is not taken back: it bars from scoring.
forbid("mentorship", "DELETE", "UPDATE OF project_id, mentor_id")
forbid("mentor_remark", "DELETE", "UPDATE OF project_id, mentor_id, field, text, revision, at")
