"""Writing messages into the outbox with the act that causes them, and delivering what is due."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, g

from pb.accounts.personal import keyed_hash, seal, unseal
from pb.config import Settings
from pb.core.texting import after_quiet, parts_of
from pb.db import command, db
from pb.messages import costs, queries, waking
from pb.messages.backends import DeliveryError, backend
from pb.messages.models import InboxMessage, OutgoingMessage
from pb.messages.texts import wording

log = logging.getLogger(__name__)

# How long to wait after the first, second … failure; after the last one the message is given up.
WAITS = (
    timedelta(seconds=20), timedelta(minutes=1), timedelta(minutes=5),
    timedelta(minutes=30), timedelta(hours=3), timedelta(hours=12),
)  # fmt: skip
# A message in delivery is not taken by another process for so long; then that process must have died.
LEASE = timedelta(minutes=3)
# What a person has asked for this very moment: goes before everything else, and in the quiet hours, too.
AT_ONCE = frozenset({"signin_code", "voter_code", "draft_link"})
# So many failures one after the other, and a way out is left alone until the next round.
BROKEN_AFTER = 3
AT_A_TIME = 10  # messages between two looks for a code that somebody waits for
# A text that was given up and that staff may try again is kept so long.
KEPT_UNDELIVERED = timedelta(days=30)
# After this a message is of no use any more and is given up undelivered.
USEFUL_FOR = {"signin_code": timedelta(minutes=10), "password_reset": timedelta(hours=1)}
USEFUL_DEFAULT = timedelta(days=2)


@command
def send_sms(
    *,
    kind: str,
    address: str,
    body: str,
    now: datetime,
    to_nobody: bool = False,
    payer: tuple[int, int] | None = None,
) -> None:
    """Queue a text message to ``address`` ("+9955XXXXXXXX"), in the running command: no act, no message.

    ``to_nobody``: write the same row, as one that was given up, so that nobody can tell by the work done.
    ``payer``: ids of the town and of its contest that pays.
    """
    queue("sms", kind, address, "", body, now, given_up=to_nobody, payer=payer)


@command
def send_mail(*, kind: str, address: str, subject: str, body: str, now: datetime) -> None:
    """Queue a letter to the e-mail ``address``. The subject is stored in clear: no personal data in it."""
    queue("mail", kind, address, subject, body, now)


@command
def send_text(*, kind: str, address: str, language: str, now: datetime, **values: Any) -> None:
    """Queue the message ``kind`` of texts.py in ``language`` ("ka", "en"), by its channel."""
    channel, subject, body = wording(kind, language, **values)
    queue(channel, kind, address, subject, body, now)


@contextmanager
def untold() -> Iterator[None]:
    """Acts within queue no messages: a demonstration's years are played long after they happened."""
    g.messages_untold = True
    try:
        yield
    finally:
        g.pop("messages_untold")


def is_untold() -> bool:
    """Whether acts queue no messages just now."""
    return bool(g.get("messages_untold"))


def queue(
    channel: str,
    kind: str,
    address: str,
    subject: str,
    body: str,
    now: datetime,
    *,
    given_up: bool = False,
    inbox: InboxMessage | None = None,
    payer: tuple[int, int] | None = None,
) -> None:
    """Write one row of the outbox, in the running command. ``inbox``: the row that says the same in the site.

    A text message that nobody waits for is not sent between 21:00 and 09:00 in Georgia.
    """
    if is_untold():
        return
    waking.ring_after_commit()
    db.session.add(
        OutgoingMessage(
            channel=channel,
            kind=kind,
            town_id=inbox.town_id if inbox else payer[0] if payer else None,
            cycle_id=inbox.cycle_id if inbox else payer[1] if payer else None,
            inbox_id=inbox.id if inbox else None,
            address_hash=keyed_hash(channel, address),
            address_sealed=seal(address),
            subject=subject,
            body_sealed=seal(body),
            created_at=now,
            next_try_at=None if given_up else allowed_from(channel, kind, now),
            parts=parts_of(body).parts if channel == "sms" else 0,
        )
    )


def allowed_from(channel: str, kind: str, now: datetime) -> datetime:
    """From when on a message may go out: ``now``, or the end of the quiet hours."""
    return after_quiet(now) if channel == "sms" and kind not in AT_ONCE else now


def deliver_due(*, now: datetime, limit: int = 50) -> int:
    """Deliver what is due, codes first, and erase what was delivered; gives the number delivered.

    Not one transaction: each message is claimed in one, sent outside any (a slow gateway must not hold the
    database), and marked in another. Two processes may run it at once. When one dies between sending and
    marking, the message goes out again after LEASE: twice is better than never.
    """
    if queries.anything_to_erase(now, _keep_readable(), KEPT_UNDELIVERED):
        _erase(now=now)
    delivered, failures = 0, {"sms": 0, "mail": 0}
    for _begin in range(0, limit, AT_A_TIME):
        open_ways = [channel for channel, failed in failures.items() if failed < BROKEN_AFTER]
        ids = queries.due_ids(now, AT_A_TIME, open_ways, AT_ONCE)
        for message_id in ids:
            claimed = _claim(message_id=message_id, now=now)
            if claimed is None or failures[claimed[0]] >= BROKEN_AFTER:
                continue
            went = _send(*claimed, message_id=message_id, now=now)
            delivered += went
            failures[claimed[0]] = 0 if went else failures[claimed[0]] + 1
        if len(ids) < AT_A_TIME:
            break
    return delivered


def _send(channel: str, address: str, subject: str, body: str, *, message_id: int, now: datetime) -> bool:
    try:
        backend(channel, _settings()).send(address, subject, body)
    except DeliveryError as error:
        log.warning("message %s was not delivered: %s", message_id, error.reason)
        _mark_failed(message_id=message_id, reason=error.reason, for_good=error.for_good, now=now)
        return False
    _mark_delivered(message_id=message_id, now=now)
    return True


@command
def _claim(*, message_id: int, now: datetime) -> tuple[str, str, str, str] | None:
    row = queries.message_for_update(message_id)
    if row is None or row.delivered_at is not None or row.next_try_at is None or row.next_try_at > now:
        return None
    if now - (row.retried_at or row.created_at) > USEFUL_FOR.get(row.kind, USEFUL_DEFAULT):
        _give_up(row, "too late to be of use")
        return None
    if (later := allowed_from(row.channel, row.kind, now)) > now:
        row.next_try_at = later
        return None
    row.tries += 1
    row.next_try_at = now + LEASE
    return row.channel, unseal(row.address_sealed), row.subject, unseal(row.body_sealed)


@command
def _mark_delivered(*, message_id: int, now: datetime) -> None:
    row = queries.message_for_update(message_id)
    if row is None or row.delivered_at is not None:
        return
    row.delivered_at, row.next_try_at, row.last_error = now, None, ""
    row.address_sealed = None
    if row.channel == "sms":
        costs.note_delivered(row)
    if not _keep_readable():
        row.body_sealed = None


@command
def _mark_failed(*, message_id: int, reason: str, for_good: bool, now: datetime) -> None:
    row = queries.message_for_update(message_id)
    if row is None or row.delivered_at is not None:
        return
    if for_good or row.tries > len(WAITS):
        _give_up(row, reason)
    else:
        row.last_error = reason
        row.next_try_at = now + WAITS[row.tries - 1]


def _give_up(row: OutgoingMessage, reason: str) -> None:
    row.next_try_at, row.last_error = None, reason
    row.address_sealed = None
    if row.inbox_id is None:  # nobody could send it again: whose it was is not known any more
        row.body_sealed = None


@command
def _erase(*, now: datetime) -> None:
    for row in queries.to_erase(now, _keep_readable(), KEPT_UNDELIVERED):
        row.body_sealed = None


def _keep_readable() -> timedelta:
    """How long a delivered body stays readable: not at all, except where the page shows the code (demo)."""
    return queries.READABLE_FOR if _settings().is_demonstration else timedelta()


def _settings() -> Settings:
    settings: Settings = current_app.extensions["pb_settings"]
    return settings
