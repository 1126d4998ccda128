"""Ideas, every text they ever had, and (apart from the public content) who handed them in. What is attached to
them stands in models_attached.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pb.cycles.models import Cycle
from pb.db import Base, Document, UTCDateTime
from pb.places.models import Unit
from pb.schema import append_only, text_index

if TYPE_CHECKING:
    from pb.ideas.models_attached import IdeaDocument, IdeaHelp, IdeaPicture


class Idea(Base):
    """An idea: public content only. ``number`` is given when it is submitted; a draft has none."""

    __tablename__ = "idea"
    __table_args__ = (
        UniqueConstraint("cycle_id", "number"),
        CheckConstraint("(state = 'draft') = (number IS NULL)", name="numbered_once_submitted"),
        CheckConstraint("cost_tetri IS NULL OR cost_tetri >= 0", name="cost"),
        Index("ix_idea_list", "cycle_id", "state", "submitted_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    number: Mapped[int | None]
    state: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    village: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    category: Mapped[str] = mapped_column(default="")  # an id of the rulebook's categories
    title: Mapped[str] = mapped_column(default="")
    problem: Mapped[str] = mapped_column(default="")
    solution: Mapped[str] = mapped_column(default="")
    beneficiaries: Mapped[str] = mapped_column(default="")
    groups: Mapped[str] = mapped_column(
        default=""
    )  # codes of content.GROUPS that gain most, with blanks between
    pin_x: Mapped[int | None]  # on the town's plan (places.plan), in thousandths of its sides
    pin_y: Mapped[int | None]
    cost_tetri: Mapped[int | None] = mapped_column(BigInteger)  # None: the author does not know
    author_label: Mapped[str] = mapped_column(default="")  # as shown in public: first name and initial
    language: Mapped[str] = mapped_column(default="ka")
    channel: Mapped[str] = mapped_column(default="web")
    search_text: Mapped[str] = mapped_column(default="")  # georgian.search_fold of title and texts
    times_returned: Mapped[int] = mapped_column(default=0)
    public_reason: Mapped[str] = mapped_column(default="")  # why it was found ineligible
    notes: Mapped[dict[str, str]] = mapped_column(Document, default=dict)  # officer's, by field
    same_as_id: Mapped[int | None] = mapped_column(  # merged into, or duplicate of
        ForeignKey("idea.id"), index=True
    )
    again_of_id: Mapped[int | None] = mapped_column(ForeignKey("idea.id"))  # a former year's, handed in again
    waiting_since: Mapped[datetime | None] = mapped_column(UTCDateTime)  # a draft, for a guardian's consent
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # guardians, last
    version: Mapped[int] = mapped_column(default=1)  # two open tabs never overwrite each other
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    cycle: Mapped[Cycle] = relationship()
    unit: Mapped[Unit | None] = relationship()
    authors: Mapped[list[IdeaAuthor]] = relationship(
        back_populates="idea",
        foreign_keys="IdeaAuthor.idea_id",
        order_by="IdeaAuthor.id",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )
    pictures: Mapped[list[IdeaPicture]] = relationship(
        order_by="IdeaPicture.id", cascade="all, delete-orphan", passive_deletes=True
    )
    documents: Mapped[list[IdeaDocument]] = relationship(
        order_by="IdeaDocument.id", cascade="all, delete-orphan", passive_deletes=True
    )
    help: Mapped[IdeaHelp | None] = relationship(cascade="all, delete-orphan", passive_deletes=True)

    @property
    def author_ids(self) -> frozenset[int]:
        """Accounts of all authors (for the policy)."""
        return frozenset(row.account_id for row in self.authors if row.account_id is not None)


class IdeaAuthor(Base):
    """Personal data of an author, apart from the content. Officials alone read it, and reading is logged."""

    __tablename__ = "idea_author"
    __table_args__ = (UniqueConstraint("idea_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"))
    # None: somebody without a phone, helped by an operator
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    person_hash: Mapped[str] = mapped_column(
        default="", index=True
    )  # keyed; counts ideas of who has no phone
    kind: Mapped[str] = mapped_column(default="resident")  # resident, group, organisation
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)  # first name and surname
    surname_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # apart: hints of conflicts compare it
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))  # where the author lives
    village_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    age_band: Mapped[str] = mapped_column(default="")  # "14-15", "18-29", "60-"; no date of birth is asked
    guardian_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    guardian_phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    organisation: Mapped[str] = mapped_column(default="")
    # Came with an idea that was joined: a copy of that idea's author, who stays that idea's, too.
    joined_from_id: Mapped[int | None] = mapped_column(ForeignKey("idea.id"), index=True)
    consent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    idea: Mapped[Idea] = relationship(back_populates="authors", foreign_keys=[idea_id])


class IdeaRevision(Base):
    """The text as it stood when it was handed in or changed."""

    __tablename__ = "idea_revision"
    __table_args__ = (UniqueConstraint("idea_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id"))
    number: Mapped[int]
    fields: Mapped[dict[str, Any]] = mapped_column(Document)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


append_only("idea_revision")
text_index("idea", "search_text")


import pb.ideas.models_attached  # noqa: E402
import pb.ideas.models_authors  # noqa: E402
import pb.ideas.models_joining  # noqa: E402, F401 - an idea names them: whoever loads one has them too
