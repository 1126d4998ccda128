"""Eligibility checks, declarations of conflict, sealed score sheets, the ranking and the decisions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pb.db import Base, CanonicalText, Document, UTCDateTime
from pb.schema import append_only, forbid


class EligibilityCheck(Base):
    """An officer's finding on an idea as it stood in ``revision``. Kept for ever."""

    __tablename__ = "eligibility_check"
    __table_args__ = (
        CheckConstraint("outcome IN ('eligible', 'returned', 'ineligible')", name="outcome"),
        CheckConstraint("outcome <> 'ineligible' OR length(public_reason) > 0", name="reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id"), index=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("idea_revision.id"))
    rulebook_id: Mapped[int] = mapped_column(ForeignKey("rulebook_version.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    outcome: Mapped[str]
    lines: Mapped[list[dict[str, Any]]] = mapped_column(Document)  # [{check, passed, note}]
    notes: Mapped[dict[str, str]] = mapped_column(Document)  # returned: a note per field of the idea
    public_reason: Mapped[str] = mapped_column(default="")
    # the finding of whoever examined an objection to an earlier one, which is kept
    objection_id: Mapped[int | None] = mapped_column(ForeignKey("objection.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class ConflictDeclaration(Base):
    """A member's word on a project before seeing its sheet: none, or a typed conflict, which recuses."""

    __tablename__ = "conflict_declaration"
    __table_args__ = (Index("ix_conflict_declaration_member", "member_id", "project_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str]  # none, author, family, employment, funding, property, campaigner, other
    details: Mapped[str] = mapped_column(default="")
    hints: Mapped[list[str] | None] = mapped_column(
        Document
    )  # what was shown to the member (pb.review.hints)
    recorded_by: Mapped[int | None] = mapped_column(
        ForeignKey("account.id")
    )  # who presides, when not the member
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class ScoreSheet(Base):
    """A member's sheet on a project's frozen revision. Submitted sheets never change; a void one stays."""

    __tablename__ = "score_sheet"
    __table_args__ = (
        UniqueConstraint("project_id", "member_id"),
        CheckConstraint("state IN ('draft', 'submitted', 'void')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("project_revision.id"))
    rulebook_id: Mapped[int] = mapped_column(ForeignKey("rulebook_version.id"))
    declaration_id: Mapped[int | None] = mapped_column(ForeignKey("conflict_declaration.id"))  # the clean one
    state: Mapped[str]
    void_reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    lines: Mapped[list[ScoreLine]] = relationship(order_by="ScoreLine.id", back_populates="sheet")


class ScoreLine(Base):
    """One criterion on a sheet."""

    __tablename__ = "score_line"
    __table_args__ = (
        UniqueConstraint("sheet_id", "criterion"),
        CheckConstraint("NOT cannot_judge OR value IS NULL", name="judged"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheet.id"))
    criterion: Mapped[str]
    value: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="")
    private_note: Mapped[str] = mapped_column(default="")
    evidence: Mapped[str] = mapped_column(
        default=""
    )  # the part of the text that shows it (panel_members.EVIDENCE)
    cannot_judge: Mapped[bool] = mapped_column(default=False)  # said with a reason; else no value is a gap
    sealed: Mapped[bool] = mapped_column(default=False)  # with its sheet; from then on it never changes

    sheet: Mapped[ScoreSheet] = relationship(back_populates="lines")


class ScoresOpened(Base):
    """The chair opened the sealed scores of a cycle."""

    __tablename__ = "scores_opened"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[int] = mapped_column(ForeignKey("account.id"))


class RankingSnapshot(Base):
    """The ranking as it was computed when the scores were opened (or recomputed after a void sheet)."""

    __tablename__ = "ranking_snapshot"
    __table_args__ = (UniqueConstraint("cycle_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    number: Mapped[int]
    document: Mapped[str] = mapped_column(CanonicalText)
    fingerprint: Mapped[str]
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class Decision(Base):
    """What the commission decided on a project. The newest row counts; all are kept.

    One with an ``objection_id`` was taken anew after the preliminary list, and is sealed until the list is final.
    """

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("outcome IN ('on_ballot', 'reserve', 'not_shortlisted')", name="outcome"),
        CheckConstraint("NOT departs OR length(reason) >= 100", name="departure_has_reason"),
        CheckConstraint("objection_id IS NULL OR length(reason) >= 100", name="redone_has_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("ranking_snapshot.id"))
    # the session in which it was taken, and the question by which it was voted; rows from before sessions have none
    sitting_id: Mapped[int | None] = mapped_column(ForeignKey("sitting.id"))
    question_id: Mapped[int | None] = mapped_column(ForeignKey("sitting_question.id"))
    outcome: Mapped[str]
    departs: Mapped[bool]  # from what the shortlist rule proposes
    reason: Mapped[str] = mapped_column(default="")
    objection_id: Mapped[int | None] = mapped_column(ForeignKey("objection.id"))
    decided_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class DecisionsPublished(Base):
    """The moment at which the commission's decisions became public as the preliminary list; objections follow."""

    __tablename__ = "decisions_published"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    minutes: Mapped[str]  # number and date of the minutes of the session that decided
    sitting_id: Mapped[int | None] = mapped_column(ForeignKey("sitting_minutes.sitting_id"))  # those minutes


class FinalList(Base):
    """The moment at which the list became final, after the term for objections; the ballot is locked with it."""

    __tablename__ = "final_list"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    minutes: Mapped[str]  # number and date of the act or minutes that confirm it


append_only("final_list")
append_only("eligibility_check")
append_only("conflict_declaration")
append_only("scores_opened")
append_only("ranking_snapshot")
append_only("decision")
append_only("decisions_published")
# S7: no decision without a ranking and minutes (snapshot_id is never empty; rows from before sessions stay)
forbid("decision", "INSERT", when="NEW.sitting_id IS NULL")
forbid("decisions_published", "INSERT", when="NEW.sitting_id IS NULL")
forbid(
    "score_sheet",
    "UPDATE",
    when="OLD.state <> 'draft' AND NOT (OLD.state = 'submitted' AND NEW.state = 'void') "
    "OR NEW.state = 'submitted' AND NEW.declaration_id IS NULL",
)
forbid("score_sheet", "INSERT", when="NEW.state <> 'draft'")
forbid("score_sheet", "DELETE")
forbid("score_line", "UPDATE", "DELETE", when="OLD.sealed")
