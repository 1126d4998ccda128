"""A spreadsheet of ideas between its check and its import."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from pb.db import Base, UTCDateTime


class IdeaImport(Base):
    """The file is sealed, since it names people, and erased once it was imported, given up, or a day old."""

    __tablename__ = "idea_import"
    __table_args__ = (
        CheckConstraint("state IN ('checked', 'done', 'dropped')", name="state"),
        CheckConstraint("state = 'checked' OR file_sealed IS NULL", name="erased"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), index=True)
    file_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    fingerprint: Mapped[str]  # SHA-256 of the file, in hex
    state: Mapped[str] = mapped_column(default="checked")
    by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    imported: Mapped[int] = mapped_column(default=0)
