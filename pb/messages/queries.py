"""Reading the outbox."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select

from pb.accounts.personal import keyed_hash, unseal
from pb.core.errors import Invalid, Refused
from pb.core.georgian import normal_mobile
from pb.db import db
from pb.messages.models import OutgoingMessage

READABLE_FOR = timedelta(minutes=10)  # in demonstrations, after delivery


def demonstration_code(phone: str, now: datetime) -> str | None:
    """The one-time code last sent to ``phone``, so that a demonstration can show what a phone would; None if none.

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
