"""What is attached to an idea: photos, documents, whose confirmation was asked, and who helped to hand it in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pb.db import Base, UTCDateTime


class IdeaPicture(Base):
    """A picture, re-encoded as WebP without metadata: one for lists (at most 40 KB), one for reading."""

    __tablename__ = "idea_picture"

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    small: Mapped[bytes] = mapped_column(LargeBinary)
    large: Mapped[bytes] = mapped_column(LargeBinary)
    width: Mapped[int]
    height: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)


class IdeaDocument(Base):
    """A PDF as it was given (pb.ideas.documents looked into it); readers get it as a download alone."""

    __tablename__ = "idea_document"
    __table_args__ = (UniqueConstraint("idea_id", "fingerprint"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"))
    name: Mapped[str]  # as the author called it, without folders
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    size: Mapped[int]
    fingerprint: Mapped[str]  # SHA-256, hex
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)


class IdeaHelp(Base):
    """An operator wrote the idea down for somebody: who, where, and how that person agreed."""

    __tablename__ = "idea_help"
    __table_args__ = (
        CheckConstraint("consent IN ('text_code', 'signed_slip') OR consent IS NULL", name="consent"),
    )

    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), primary_key=True)
    operator_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centre.id"))
    consent: Mapped[str | None]
    slip: Mapped[str] = mapped_column(default="")  # where the signed paper is kept
    begun_at: Mapped[datetime] = mapped_column(UTCDateTime)
