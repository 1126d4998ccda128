"""Sending what can wait together: one message to each account, of all that waits for it."""

from __future__ import annotations

from datetime import datetime

from flask import current_app

from pb.db import command, db
from pb.messages import queries_inbox
from pb.messages.commands import queue
from pb.messages.kinds import KINDS
from pb.messages.models import InboxMessage
from pb.messages.notifying import opened, way_of
from pb.messages.queries_people import preferences, reaches
from pb.messages.texts import TEXTS, wording

AT_A_TIME = 100
INBOX = "/account/inbox"


def digest_due(*, now: datetime) -> int:
    """Send the digests that are due (the worker); gives how many messages were queued."""
    return sum(_send(account_id=one, now=now) for one in queries_inbox.accounts_due(now, AT_A_TIME))


@command
def _send(*, account_id: int, now: datetime) -> int:
    """One digest: all that waits, what is due and what is not, so that nobody gets two on one day.

    What was read in the site meanwhile is left out. By the channels of the groups that its messages belong to.
    """
    waiting = [row for row in queries_inbox.waiting_of(account_id) if row.digest_at is not None]
    if not any(row.digest_at is not None and row.digest_at <= now for row in waiting):
        return 0
    for row in waiting:
        row.digested_at = now
    unread = [row for row in waiting if row.read_at is None and row.kind in KINDS]
    if not unread:
        return 0
    ((account, reach),) = reaches([account_id])
    by_channel: dict[str, list[InboxMessage]] = {}
    for row in unread:
        group = KINDS[row.kind].group
        for channel in way_of(
            group, preferences([account_id], group).get(account_id), reach, has_sms=True
        ).channels:
            by_channel.setdefault(channel, []).append(row)
    for channel, rows in sorted(by_channel.items()):
        _queue(channel, rows, account.language, reach.phone if channel == "sms" else reach.mail, now)
    db.session.flush()
    return len(by_channel)


def _queue(channel: str, rows: list[InboxMessage], language: str, address: str, now: datetime) -> None:
    base = current_app.extensions["pb_settings"].base_url.rstrip("/")
    kind = "digest_text" if channel == "sms" else "digest"
    lang = language if language in TEXTS[kind].body else "ka"
    lines = "\n\n".join(_line(row, lang, base) for row in rows)
    _channel, subject, body = wording(kind, lang, count=len(rows), lines=lines, url=base + INBOX)
    first = rows[0]
    payer = (first.town_id, first.cycle_id) if first.town_id and first.cycle_id else None
    queue(channel, kind, address, subject, body, now, payer=payer)


def _line(row: InboxMessage, language: str, base: str) -> str:
    words = opened(row, language)
    link = f"\n{base}{row.page}" if row.page else ""
    return f"– {words['subject']}\n{words['body']}{link}"
