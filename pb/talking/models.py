"""Comments, reports of them, supports, who follows what, and the words that a town does not let through."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pb.db import Base, UTCDateTime
from pb.schema import forbid

_ONE_THING = "(idea_id IS NULL) <> (project_id IS NULL)"


class Comment(Base):
    """What somebody said of an idea or a project. A reply has a parent, which has none itself.

    ``text`` is never changed; its author alone may take it back, and then it is empty.
    """

    __tablename__ = "comment"
    __table_args__ = (
        CheckConstraint(_ONE_THING, name="one_thing"),
        CheckConstraint("kind IN ('for', 'against', 'question', 'reply')", name="kind"),
        CheckConstraint("state IN ('held', 'shown', 'hidden', 'taken_back')", name="state"),
        CheckConstraint("(kind = 'reply') = (parent_id IS NOT NULL)", name="one_level"),
        CheckConstraint("state <> 'hidden' OR public_reason <> ''", name="hidden_with_a_reason"),
        CheckConstraint("(text = '') = (state = 'taken_back')", name="text_kept"),
        Index("ix_comment_of_idea", "idea_id", "parent_id", "id"),
        Index("ix_comment_of_project", "project_id", "parent_id", "id"),
        Index("ix_comment_waiting", "cycle_id", "state", "id"),
        Index("ix_comment_of_account", "account_id", "posted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("idea.id"))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    kind: Mapped[str]
    state: Mapped[str]
    text: Mapped[str]
    language: Mapped[str] = mapped_column(default="ka")
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    label: Mapped[str]  # as shown in public: first name and initial
    as_staff: Mapped[bool] = mapped_column(default=False)
    public_reason: Mapped[str] = mapped_column(default="")  # why it is hidden
    posted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # by staff, last

    @property
    def author_ids(self) -> frozenset[int]:
        """Whose words they are (for the policy)."""
        return frozenset((self.account_id,))


class CommentReport(Base):
    """Somebody thinks that a comment should not stand here. One report a person and comment."""

    __tablename__ = "comment_report"
    __table_args__ = (
        UniqueConstraint("comment_id", "account_id"),
        CheckConstraint(
            "reason IN ('insult', 'personal_data', 'untrue', 'advertising', 'other')", name="reason"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Support(Base):
    """One person, known by a verified phone, stands for one idea. Never moved: a joined idea counts its people once."""

    __tablename__ = "support"
    __table_args__ = (UniqueConstraint("idea_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class Follow(Base):
    """Somebody wants to know how an idea or a project goes on. ``seen_at``: what came later is new to them."""

    __tablename__ = "follow"
    __table_args__ = (
        CheckConstraint(_ONE_THING, name="one_thing"),
        UniqueConstraint("account_id", "idea_id"),
        UniqueConstraint("account_id", "project_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("idea.id"), index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), index=True)
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)


class BlockedWord(Base):
    """A word that a town's comments may not hold. ``fold``: as words are compared; a star at its end: all endings."""

    __tablename__ = "blocked_word"
    __table_args__ = (UniqueConstraint("town_id", "fold"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    town_id: Mapped[int] = mapped_column(ForeignKey("town.id"))
    typed: Mapped[str]
    fold: Mapped[str]
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)


# Nobody puts words into another's mouth, moves a comment elsewhere, or makes it vanish without a trace.
forbid(
    "comment",
    "UPDATE OF text, account_id, idea_id, project_id, parent_id, kind, as_staff, posted_at",
    when="NOT (NEW.text = '' AND NEW.account_id = OLD.account_id AND NEW.kind = OLD.kind)",
)
forbid("comment", "DELETE")
forbid("support", "UPDATE")
