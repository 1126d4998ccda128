"""Who is asked to stand behind an idea: people invited as co-authors, and the guardians of the young."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from pb.db import Base, UTCDateTime


class AuthorInvitation(Base):
    """A mobile number was asked to join as co-author. Nobody is shown before the person says yes."""

    __tablename__ = "author_invitation"
    __table_args__ = (
        CheckConstraint(
            "answer IN ('confirmed', 'declined', 'called_back') OR answer IS NULL", name="answer"
        ),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
        Index(
            "uq_author_invitation_open",
            "idea_id",
            "phone_hash",
            unique=True,
            sqlite_where=text("answer IS NULL"),
            postgresql_where=text("answer IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    phone_hash: Mapped[str]
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # erased with the answer
    invited_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    invited_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class GuardianConsent(Base):
    """A parent or guardian was asked for one author below the age; ``answer`` is theirs, by code or on paper."""

    __tablename__ = "guardian_consent"
    __table_args__ = (
        CheckConstraint("answer IN ('agreed', 'refused') OR answer IS NULL", name="answer"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
        CheckConstraint("how IN ('text_code', 'signed_slip') OR how IS NULL", name="how"),
        CheckConstraint("how <> 'signed_slip' OR slip <> ''", name="slip"),
    )

    author_id: Mapped[int] = mapped_column(ForeignKey("idea_author.id", ondelete="CASCADE"), primary_key=True)
    person_hash: Mapped[str]  # keyed, of the guardian's name and number: who else is named is asked anew
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    how: Mapped[str | None]
    slip: Mapped[str] = mapped_column(default="")  # where the signed paper is kept
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
