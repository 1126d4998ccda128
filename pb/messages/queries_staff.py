"""Reading what was not delivered, and messages to groups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from pb.db import db
from pb.messages.models import InboxMessage, OutgoingMessage
from pb.messages.models_costs import BulkMessage

PAGE_SIZE = 50
# A code that came too late, or for nobody: what is not delivered of these helps nobody any more.
_GIVEN_UP: tuple[ColumnElement[bool], ...] = (
    OutgoingMessage.delivered_at.is_(None),
    OutgoingMessage.next_try_at.is_(None),
    OutgoingMessage.last_error != "",
)


@dataclass(frozen=True)
class Undelivered:
    """A message that was given up, with the row of the inbox that says the same."""

    message: OutgoingMessage
    inbox: InboxMessage


def undelivered_count(cycle_id: int) -> int:
    """How many messages of a contest were given up and can be sent again."""
    query = select(func.count()).where(
        OutgoingMessage.cycle_id == cycle_id,
        OutgoingMessage.inbox_id.is_not(None),
        OutgoingMessage.body_sealed.is_not(None),
        *_GIVEN_UP,
    )
    return db.session.execute(query).scalar_one()


def undelivered(cycle_id: int, *, before: int | None = None, limit: int = PAGE_SIZE) -> list[Undelivered]:
    """Those messages, newest first, from before a mark (an id) on; one more tells of a next page."""
    query = (
        select(OutgoingMessage, InboxMessage)
        .join(InboxMessage, InboxMessage.id == OutgoingMessage.inbox_id)
        .where(OutgoingMessage.cycle_id == cycle_id, OutgoingMessage.body_sealed.is_not(None), *_GIVEN_UP)
        .order_by(OutgoingMessage.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(OutgoingMessage.id < before)
    return [Undelivered(message, inbox) for message, inbox in db.session.execute(query)]


def apart(cycle_id: int) -> list[tuple[str, int]]:
    """(kind, how many) of what was given up and cannot be sent again, such as texts of the vote; by kind."""
    rows = db.session.execute(
        select(OutgoingMessage.kind, func.count())
        .where(OutgoingMessage.cycle_id == cycle_id, OutgoingMessage.body_sealed.is_(None), *_GIVEN_UP)
        .group_by(OutgoingMessage.kind)
        .order_by(OutgoingMessage.kind)
    )
    return [(kind, count) for kind, count in rows]


def failing(cycle_id: int) -> tuple[int, datetime | None]:
    """How many messages failed and will be tried again, and when the next of them is."""
    row = db.session.execute(
        select(func.count(), func.min(OutgoingMessage.next_try_at)).where(
            OutgoingMessage.cycle_id == cycle_id,
            OutgoingMessage.delivered_at.is_(None),
            OutgoingMessage.next_try_at.is_not(None),
            OutgoingMessage.last_error != "",
        )
    ).one()
    return row[0], row[1]


def given_up_in(cycle_id: int, message_id: int) -> OutgoingMessage | None:
    """One of the given up, of this contest."""
    query = select(OutgoingMessage).where(
        OutgoingMessage.id == message_id, OutgoingMessage.cycle_id == cycle_id, *_GIVEN_UP
    )
    return db.session.scalars(query).one_or_none()


def to_retry(cycle_id: int, newest: int, message_id: int | None) -> list[OutgoingMessage]:
    """The given up that can be sent again, locked: one, or all up to ``newest``."""
    query = select(OutgoingMessage).where(
        OutgoingMessage.cycle_id == cycle_id,
        OutgoingMessage.inbox_id.is_not(None),
        OutgoingMessage.body_sealed.is_not(None),
        OutgoingMessage.id <= newest,
        *_GIVEN_UP,
    )
    if message_id is not None:
        query = query.where(OutgoingMessage.id == message_id)
    query = query.order_by(OutgoingMessage.id).with_for_update().execution_options(populate_existing=True)
    return list(db.session.scalars(query))


def account_of(inbox_id: int) -> int:
    """Whose message it is."""
    return db.session.execute(select(InboxMessage.account_id).where(InboxMessage.id == inbox_id)).scalar_one()


def bulks(cycle_id: int) -> list[BulkMessage]:
    """Messages to groups, newest first, but for those given up."""
    query = select(BulkMessage).where(BulkMessage.cycle_id == cycle_id, BulkMessage.state != "dropped")
    return list(db.session.scalars(query.order_by(BulkMessage.id.desc())))


def bulk_in(cycle_id: int, bulk_id: int) -> BulkMessage | None:
    """A message to a group, of this contest."""
    row = db.session.get(BulkMessage, bulk_id)
    return row if row is not None and row.cycle_id == cycle_id else None


def bulk_for_update(bulk_id: int) -> BulkMessage:
    """The same, locked and read again."""
    query = select(BulkMessage).where(BulkMessage.id == bulk_id)
    return db.session.execute(query.with_for_update().execution_options(populate_existing=True)).scalar_one()
