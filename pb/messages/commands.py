"""Writing messages into the outbox, in the transaction of the act that causes them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pb.accounts.personal import keyed_hash, seal
from pb.db import command, db
from pb.messages.models import OutgoingMessage
from pb.messages.texts import wording


@command
def send_sms(*, kind: str, address: str, body: str, now: datetime) -> None:
    """Queue a text message to ``address`` ("+9955XXXXXXXX"). Joins the running command: no act, no message."""
    _queue("sms", kind, address, "", body, now)


@command
def send_mail(*, kind: str, address: str, subject: str, body: str, now: datetime) -> None:
    """Queue a letter to the e-mail ``address``. The subject is stored in clear: no personal data in it."""
    _queue("mail", kind, address, subject, body, now)


@command
def send_text(*, kind: str, address: str, language: str, now: datetime, **values: Any) -> None:
    """Queue the message ``kind`` of texts.py in ``language`` ("ka", "en"), by its channel."""
    channel, subject, body = wording(kind, language, **values)
    _queue(channel, kind, address, subject, body, now)


def _queue(channel: str, kind: str, address: str, subject: str, body: str, now: datetime) -> None:
    db.session.add(
        OutgoingMessage(
            channel=channel,
            kind=kind,
            address_hash=keyed_hash(channel, address),
            address_sealed=seal(address),
            subject=subject,
            body_sealed=seal(body),
            created_at=now,
            next_try_at=now,
        )
    )
