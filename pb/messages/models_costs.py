"""What text messages cost, the town's own wording, and messages to many."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from pb.db import Base, Document, UTCDateTime
from pb.schema import append_only


class MessagePrice(Base):
    """What one part of a text message costs a town, in hundredths of a tetri. No row: not known."""

    __tablename__ = "message_price"
    __table_args__ = (CheckConstraint("hundredths >= 0", name="price"),)

    town_id: Mapped[int] = mapped_column(ForeignKey("town.id"), primary_key=True)
    hundredths: Mapped[int]


class TextCost(Base):
    """Text messages that went out, by contest, kind and price: counted at delivery, kept when the rows are erased.

    ``cycle_id`` None: codes to sign in, which belong to no contest. ``hundredths`` 0: the price was not known.
    """

    __tablename__ = "text_cost"
    __table_args__ = (
        UniqueConstraint("cycle_id", "kind", "hundredths"),
        Index("uq_text_cost_of_none", "kind", "hundredths", unique=True, sqlite_where=text("cycle_id IS NULL"),
              postgresql_where=text("cycle_id IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int | None] = mapped_column(ForeignKey("cycle.id"))
    kind: Mapped[str]
    hundredths: Mapped[int]
    messages: Mapped[int]
    parts: Mapped[int]


class MessageWording(Base):
    """A version of a town's own words for a kind; the newest is in force. ``words`` None: the standard again.

    ``words`` is {"sms": {"ka": …, "en": …}, "subject": …, "body": …}.
    """

    __tablename__ = "message_wording"
    __table_args__ = (UniqueConstraint("town_id", "kind", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    town_id: Mapped[int] = mapped_column(ForeignKey("town.id"))
    kind: Mapped[str]
    version: Mapped[int]
    words: Mapped[dict[str, Any] | None] = mapped_column(Document)
    by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class BulkMessage(Base):
    """A message of the staff to a group: written, looked at a second time, and released once."""

    __tablename__ = "bulk_message"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'sent', 'dropped')", name="state"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), index=True)
    audience: Mapped[str]
    words: Mapped[dict[str, Any]] = mapped_column(Document)
    page: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="draft")
    written_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    people: Mapped[int] = mapped_column(default=0)
    hundredths: Mapped[int] = mapped_column(default=0)  # what its text messages were reckoned to cost


append_only("message_wording")
