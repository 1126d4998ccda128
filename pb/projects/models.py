"""Projects and their revisions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pb.cycles.models import Cycle
from pb.db import Base, Document, UTCDateTime
from pb.ideas.models import Idea
from pb.places.models import Unit
from pb.schema import append_only, text_index


class Project(Base):
    """A project. ``revision`` is its newest text, which only authors and officials read until it is handed
    in; ``handed_in_revision`` is the one that counts, and after ``frozen_at`` the two are the same.

    ``title``, ``cost_tetri`` and ``search_text`` are those of the text that counts (of the idea before that).
    """

    __tablename__ = "project"
    __table_args__ = (
        UniqueConstraint("cycle_id", "number"),
        CheckConstraint("cost_tetri >= 0", name="cost"),
        Index("ix_project_list", "cycle_id", "state", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    number: Mapped[int]  # that of the first idea it grew from; an imported one counts from 1
    foreign_id: Mapped[str] = mapped_column(default="")  # its id in the file of an imported election
    state: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))  # None: for the whole town
    category: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    cost_tetri: Mapped[int] = mapped_column(BigInteger, default=0)
    author_label: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="ka")
    search_text: Mapped[str] = mapped_column(default="")
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("project_revision.id", use_alter=True))
    handed_in_revision_id: Mapped[int | None] = mapped_column(
        ForeignKey("project_revision.id", use_alter=True)
    )
    handed_in_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    frozen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawal_reason: Mapped[
        str | None
    ]  # the author's, for officials; not on the log, which keeps it for ever
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    cycle: Mapped[Cycle] = relationship()
    unit: Mapped[Unit | None] = relationship()
    revision: Mapped[ProjectRevision | None] = relationship(foreign_keys=[revision_id], post_update=True)
    handed_in_revision: Mapped[ProjectRevision | None] = relationship(
        foreign_keys=[handed_in_revision_id], post_update=True
    )
    links: Mapped[list[ProjectIdea]] = relationship(order_by="ProjectIdea.id")

    @property
    def author_ids(self) -> frozenset[int]:
        """Accounts of the authors of all ideas it grew from (for the policy)."""
        return frozenset(account for link in self.links for account in link.idea.author_ids)


class ProjectIdea(Base):
    """Which ideas a project grew from, with the authors' consent to a merger."""

    __tablename__ = "project_idea"
    __table_args__ = (UniqueConstraint("project_id", "idea_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id"), unique=True)
    consent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    idea: Mapped[Idea] = relationship()


class ProjectRevision(Base):
    """One saved text of a project: fields (text.PAGES; early revisions lack some), timeline [{month, step}], budget
    lines as in pb.projects.budget. ``cost_tetri``: what is asked of the contest's money."""

    __tablename__ = "project_revision"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    number: Mapped[int]
    fields: Mapped[dict[str, Any]] = mapped_column(Document)
    timeline: Mapped[list[dict[str, Any]]] = mapped_column(Document)
    budget: Mapped[list[dict[str, Any]]] = mapped_column(Document)
    cost_tetri: Mapped[int] = mapped_column(BigInteger)
    fingerprint: Mapped[str]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class ProjectDraft(Base):
    """What somebody typed into one page of a project and has not saved yet, for that person alone.

    Each window writes a row of its own, so that two never overwrite each other: a window that comes late to a row
    (another ``version``) begins a new one. ``typed`` holds the form's fields as they were typed, ``base`` the number
    of the revision that the window had seen.
    """

    __tablename__ = "project_draft"
    __table_args__ = (Index("ix_project_draft_own", "project_id", "account_id", "page"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    page: Mapped[str]
    typed: Mapped[dict[str, str]] = mapped_column(Document)
    base: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class ProjectReturn(Base):
    """The officer gave a project that was handed in back to its authors, once: a note for each field concerned."""

    __tablename__ = "project_return"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), unique=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("project_revision.id"))  # the text that was read
    notes: Mapped[dict[str, str]] = mapped_column(Document)  # by text.FIELD_PAGES
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[int] = mapped_column(ForeignKey("account.id"))

    revision: Mapped[ProjectRevision] = relationship()
    answers: Mapped[list[ProjectAnswer]] = relationship(order_by="ProjectAnswer.id")


class ProjectAnswer(Base):
    """What an author answered to one note; it may be worded anew until the project is handed in again."""

    __tablename__ = "project_answer"
    __table_args__ = (UniqueConstraint("return_id", "field"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    return_id: Mapped[int] = mapped_column(ForeignKey("project_return.id"))
    field: Mapped[str]
    words: Mapped[str]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[int] = mapped_column(ForeignKey("account.id"))


append_only("project_revision")
append_only("project_return")
text_index("project", "search_text")
