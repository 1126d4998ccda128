"""Reading the outbox."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import Select, and_, case, func, or_, select

from pb.accounts.personal import keyed_hash, unseal
from pb.core.errors import Invalid, Refused
from pb.core.georgian import normal_mobile
from pb.db import db
from pb.messages.models import OutgoingMessage

READABLE_FOR = timedelta(minutes=10)  # in demonstrations, after delivery


def demonstration_code(phone: str, now: datetime) -> str | None:
    """The one-time code last sent to ``phone``, which a demonstration shows on the page; or None.

    Raises Refused("not_a_demonstration") in production, whatever the number.
    """
    if not current_app.extensions["pb_settings"].is_demonstration:
        raise Refused("not_a_demonstration")
    try:
        number = normal_mobile(phone)
    except Invalid:
        return None
    row = db.session.scalars(
        select(OutgoingMessage)
        .where(
            OutgoingMessage.address_hash == keyed_hash("sms", number),
            OutgoingMessage.kind == "signin_code",
            OutgoingMessage.created_at > now - READABLE_FOR,
        )
        .order_by(OutgoingMessage.id.desc())
        .limit(1)
    ).first()
    found = re.search(r"\d{8}", unseal(row.body_sealed)) if row else None
    return found[0] if found else None


def due_ids(
    now: datetime, limit: int, channels: Collection[str] = ("sms", "mail"), first: Collection[str] = ()
) -> list[int]:
    """Messages whose (next) try is due by one of ``channels``: kinds in ``first``, then the longest waiting."""
    return list(
        db.session.scalars(
            select(OutgoingMessage.id)
            .where(
                OutgoingMessage.delivered_at.is_(None),
                OutgoingMessage.next_try_at <= now,
                OutgoingMessage.channel.in_(channels),
            )
            .order_by(
                case((OutgoingMessage.kind.in_(first), 0), else_=1),
                OutgoingMessage.next_try_at,
                OutgoingMessage.id,
            )
            .limit(limit)
        )
    )


def message_for_update(message_id: int) -> OutgoingMessage | None:
    """A message, locked and read again (inside a command)."""
    return db.session.execute(
        select(OutgoingMessage)
        .where(OutgoingMessage.id == message_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def _readable_too_long(now: datetime, keep: timedelta, undelivered: timedelta) -> Select[OutgoingMessage]:
    given_up = and_(
        OutgoingMessage.delivered_at.is_(None),
        OutgoingMessage.next_try_at.is_(None),
        OutgoingMessage.created_at <= now - undelivered,
    )
    return select(OutgoingMessage).where(
        OutgoingMessage.body_sealed.is_not(None), or_(OutgoingMessage.delivered_at <= now - keep, given_up)
    )


def to_erase(now: datetime, keep: timedelta, undelivered: timedelta) -> list[OutgoingMessage]:
    """Messages delivered at least ``keep`` ago, or made ``undelivered`` ago and given up, whose text is there."""
    return list(db.session.scalars(_readable_too_long(now, keep, undelivered)))


def anything_to_erase(now: datetime, keep: timedelta, undelivered: timedelta) -> bool:
    """Whether there are such messages (asked every second: no write transaction for nothing)."""
    return db.session.scalars(_readable_too_long(now, keep, undelivered).limit(1)).first() is not None


def undelivered(now: datetime) -> int:
    """How many messages wait for more than a minute: what a monitor watches."""
    late = OutgoingMessage.created_at < now - timedelta(minutes=1)
    query = select(func.count()).where(OutgoingMessage.next_try_at.is_not(None), late)
    return db.session.execute(query).scalar_one()
