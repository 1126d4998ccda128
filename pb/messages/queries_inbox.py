"""Reading the own inbox and what waits for a digest."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from pb.db import db
from pb.messages.models import InboxMessage, MailAddress, MessagePreference

PAGE_SIZE = 20


def unread_of(account_id: int) -> int:
    """How many messages an account has not marked as read (asked by every page of who is signed in)."""
    query = select(func.count()).where(InboxMessage.account_id == account_id, InboxMessage.read_at.is_(None))
    return db.session.execute(query).scalar_one()


def inbox(account_id: int, *, before: int | None = None) -> list[InboxMessage]:
    """A page of an account's messages, newest first, from before a mark (an id) on; one more tells of a next page."""
    query = select(InboxMessage).where(InboxMessage.account_id == account_id)
    if before is not None:
        query = query.where(InboxMessage.id < before)
    return list(db.session.scalars(query.order_by(InboxMessage.id.desc()).limit(PAGE_SIZE + 1)))


def unread_up_to(account_id: int, newest: int) -> list[InboxMessage]:
    """Unread messages that the reader has seen: none that came after ``newest``."""
    query = select(InboxMessage).where(
        InboxMessage.account_id == account_id, InboxMessage.read_at.is_(None), InboxMessage.id <= newest
    )
    return list(db.session.scalars(query.order_by(InboxMessage.id)))


def waiting_of(account_id: int) -> list[InboxMessage]:
    """Messages of an account that wait for a digest, in their order."""
    query = select(InboxMessage).where(
        InboxMessage.account_id == account_id,
        InboxMessage.digest_at.is_not(None),
        InboxMessage.digested_at.is_(None),
    )
    return list(db.session.scalars(query.order_by(InboxMessage.id)))


def accounts_due(now: datetime, limit: int) -> list[int]:
    """Accounts for which a digest is due, in order of their ids."""
    query = (
        select(InboxMessage.account_id)
        .where(InboxMessage.digested_at.is_(None), InboxMessage.digest_at <= now)
        .distinct()
        .order_by(InboxMessage.account_id)
        .limit(limit)
    )
    return list(db.session.scalars(query))


def choices_of(account_id: int) -> dict[str, MessagePreference]:
    """What an account has chosen, by group."""
    query = select(MessagePreference).where(MessagePreference.account_id == account_id)
    return {row.group: row for row in db.session.scalars(query)}


def mail_of(account_id: int) -> MailAddress | None:
    """The e-mail that an account gave for messages, confirmed or not."""
    return db.session.get(MailAddress, account_id)


def mail_by_token(token_hash: str) -> MailAddress | None:
    """The address of a mailed link."""
    return db.session.scalars(select(MailAddress).where(MailAddress.token_hash == token_hash)).one_or_none()
