"""Opinions that the office asks for on an idea, the author's answers to its notes, and the cost card of a project."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pb.db import Base, Document, UTCDateTime
from pb.ideas.models import Idea
from pb.projects.models import Project
from pb.schema import append_only


class OpinionRequest(Base):
    """The office asked a department, or the mayor's representative in the unit, about an idea."""

    __tablename__ = "opinion_request"
    __table_args__ = (UniqueConstraint("idea_id", "department"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id"))
    department: Mapped[str]  # in the town's words, or "representative"
    question: Mapped[str] = mapped_column(default="")
    due: Mapped[date]
    asked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    idea: Mapped[Idea] = relationship()


class Opinion(Base):
    """What was answered; kept as it was given."""

    __tablename__ = "opinion"
    __table_args__ = (
        CheckConstraint("verdict IN ('for', 'conditions', 'against')", name="verdict"),
        CheckConstraint("length(words) > 0", name="words"),
    )

    request_id: Mapped[int] = mapped_column(ForeignKey("opinion_request.id"), primary_key=True)
    verdict: Mapped[str]
    words: Mapped[str]
    document: Mapped[str] = mapped_column(default="")  # number and date of the letter, where there is one
    given_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class NoteAnswer(Base):
    """The author's answer to one note of a check that returned the idea. The newest of a note counts."""

    __tablename__ = "note_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    check_id: Mapped[int] = mapped_column(ForeignKey("eligibility_check.id"), index=True)
    note: Mapped[str]  # a field of the idea, "" for the whole, or "check:<criterion>"
    words: Mapped[str]
    by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class CostCard(Base):
    """What a project costs by the office's estimate, beside the author's figure. The newest card counts."""

    __tablename__ = "cost_card"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        CheckConstraint("estimate_tetri > 0 AND author_tetri >= 0 AND running_tetri >= 0", name="sums"),
        CheckConstraint("length(ground) > 0", name="ground"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    number: Mapped[int]
    estimate_tetri: Mapped[int] = mapped_column(BigInteger)
    author_tetri: Mapped[int] = mapped_column(BigInteger)
    running_tetri: Mapped[int] = mapped_column(BigInteger)  # a year, for upkeep
    ground: Mapped[str]
    # what was agreed with the author: [{"words", "on": ISO day, "channel": phone, meeting, letter or site}]
    changes: Mapped[list[dict[str, Any]]] = mapped_column(Document)
    due: Mapped[date]  # the last day of the author's answer
    made_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    project: Mapped[Project] = relationship()


class CostAnswer(Base):
    """The author's answer to a card; without one in time it was accepted by silence (``by`` is empty)."""

    __tablename__ = "cost_answer"
    __table_args__ = (CheckConstraint("accepts OR by IS NOT NULL", name="silence"),)

    card_id: Mapped[int] = mapped_column(ForeignKey("cost_card.id"), primary_key=True)
    accepts: Mapped[bool]
    words: Mapped[str] = mapped_column(default="")
    by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


append_only("opinion_request")
append_only("opinion")
append_only("note_answer")
append_only("cost_card")
append_only("cost_answer")
