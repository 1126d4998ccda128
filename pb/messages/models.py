"""The outbox, and everybody's inbox in the site."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from pb.db import Base, UTCDateTime

# Texts of the vote go their own way (voting.telling): never beside an account's name, never in an inbox or a digest.
OF_THE_VOTE = ("voter_code", "vote_cast", "phone_bound", "claim_decided")
_APART = ", ".join(f"'{kind}'" for kind in (*OF_THE_VOTE, "signin_code"))


class OutgoingMessage(Base):
    """A message to be delivered. Address and body are sealed, and erased once it was delivered."""

    __tablename__ = "outgoing_message"
    __table_args__ = (
        CheckConstraint("channel IN ('sms', 'mail')", name="channel"),
        CheckConstraint(f"inbox_id IS NULL OR kind NOT IN ({_APART})", name="vote_apart"),
        Index("ix_outgoing_message_due", "delivered_at", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    kind: Mapped[str]  # which template: "signin_code", "invitation", …
    # Whose contest pays; None: of the installation (codes to sign in, passwords).
    town_id: Mapped[int | None] = mapped_column(ForeignKey("town.id"))
    cycle_id: Mapped[int | None] = mapped_column(ForeignKey("cycle.id"), index=True)
    inbox_id: Mapped[int | None] = mapped_column(ForeignKey("inbox_message.id"), index=True)
    address_hash: Mapped[str] = mapped_column(index=True)
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    subject: Mapped[str] = mapped_column(default="")
    body_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    next_try_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    delivered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str] = mapped_column(default="")
    retried_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # by staff, after it was given up
    parts: Mapped[int] = mapped_column(default=0)  # of a text message: what is paid for


class InboxMessage(Base):
    """A message as its person finds it in the site, whatever became of the text message or the letter.

    ``words_sealed`` is JSON {"ka": {"subject": …, "body": …}, "en": …}; ``page`` the path that it leads to.
    ``digest_at``: when it goes out with others in one message; None: it went out alone, or stays here only.
    """

    __tablename__ = "inbox_message"
    __table_args__ = (
        CheckConstraint(f"kind NOT IN ({_APART})", name="vote_apart"),
        Index("ix_inbox_message_of_account", "account_id", "id"),
        Index("ix_inbox_message_digest", "digested_at", "digest_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    town_id: Mapped[int | None] = mapped_column(ForeignKey("town.id"))
    cycle_id: Mapped[int | None] = mapped_column(ForeignKey("cycle.id"), index=True)
    kind: Mapped[str]
    words_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    page: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    digest_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    digested_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class MessagePreference(Base):
    """How an account wants one group of messages; without a row the group's own default."""

    __tablename__ = "message_preference"
    __table_args__ = (
        CheckConstraint("channel IN ('sms', 'mail', 'both', 'inbox')", name="channel"),
        CheckConstraint("rhythm IN ('now', 'daily', 'weekly')", name="rhythm"),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    group: Mapped[str] = mapped_column("topic", primary_key=True)
    channel: Mapped[str]
    rhythm: Mapped[str] = mapped_column(default="now")


class MailAddress(Base):
    """The e-mail that a citizen gave for messages, never for signing in; good once confirmed by a mailed link."""

    __tablename__ = "mail_address"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # None: taken away again
    token_hash: Mapped[str] = mapped_column(unique=True)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    asked_times: Mapped[int] = mapped_column(
        default=1
    )  # since a day before asked_at: nobody is flooded with links
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
