"""What people do with their own messages: mark them read, choose channels, give and confirm an e-mail."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from flask import current_app

from pb.accounts.passwords import token_hash
from pb.accounts.personal import seal
from pb.accounts.queries import account_for_update, normal_email
from pb.audit.log import record
from pb.core.errors import Closed, Invalid, Missing
from pb.db import command, db
from pb.messages import events, queries_inbox
from pb.messages.commands import send_text
from pb.messages.digests import next_digest
from pb.messages.kinds import KINDS, SERVICE, WITH_DIGEST, Group
from pb.messages.models import MailAddress, MessagePreference
from pb.policy import Actor

CHANNELS = ("sms", "mail", "both", "inbox")
RHYTHMS = ("now", "daily", "weekly")
MAIL_LIMIT = 254
GOOD_FOR = timedelta(days=3)
LINKS_A_DAY = 3
_MAIL = re.compile(r"[^@\s<>,;:\"()\[\]\\]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z]{2,}")


@command
def mark_read(*, account_id: int, newest: int, now: datetime) -> int:
    """Mark messages up to ``newest`` (an id) as read; gives how many. Writes MessagesRead when there were any."""
    rows = queries_inbox.unread_up_to(account_id, newest)
    for row in rows:
        row.read_at = now
    if rows:
        _note(events.MessagesRead(len(rows)), account_id, now)
    return len(rows)


@command
def choose(*, account_id: int, choices: Mapping[Group, tuple[str, str]], now: datetime) -> None:
    """Set (channel, rhythm) of groups. What waits for a digest follows the new choice. Writes MessagesChosen.

    Raises Invalid: not_a_choice; service_stays (messages from which terms run cannot be left to the inbox alone).
    """
    account_for_update(account_id)
    before, chosen = queries_inbox.choices_of(account_id), dict[Group, tuple[str, str]]()
    for group, (channel, rhythm) in choices.items():
        if channel not in CHANNELS or rhythm not in RHYTHMS:
            raise Invalid("not_a_choice", field=f"{group.value}_channel")
        if group in SERVICE and channel == "inbox":
            raise Invalid("service_stays", field=f"{group.value}_channel")
        chosen[group] = channel, rhythm if group in WITH_DIGEST else "now"
        row = before.get(group.value)
        if row is None:
            row = MessagePreference(account_id=account_id, group=group.value)
            db.session.add(row)
        row.channel, row.rhythm = chosen[group]
    for waiting in queries_inbox.waiting_of(account_id):
        kind = KINDS.get(waiting.kind)
        if kind is not None and kind.group in chosen:
            channel, rhythm = chosen[kind.group]
            later = now if rhythm == "now" else next_digest(rhythm, now)
            waiting.digest_at = None if channel == "inbox" else later
    said = {group.value: " ".join(choice) for group, choice in chosen.items()}
    _note(events.MessagesChosen(said), account_id, now)


@command
def give_mail(*, account_id: int, email: str, language: str, now: datetime) -> None:
    """Keep an e-mail for messages and send it a link; until that is opened nothing else goes there.

    Another address replaces the one before. Writes MailAddressGiven and one letter. Raises Invalid on ``email``:
    bad_email, too_many_links (3 a day); Closed("mail_of_staff") for who signs in by e-mail.
    """
    account = account_for_update(account_id)
    if account.email is not None:
        raise Closed("mail_of_staff")
    address = normal_email(email)
    if len(address) > MAIL_LIMIT or not _MAIL.fullmatch(address):
        raise Invalid("bad_email", field="email")
    row = queries_inbox.mail_of(account_id)
    same_day = row is not None and row.asked_at > now - timedelta(days=1)
    times = row.asked_times + 1 if row is not None and same_day else 1
    if times > LINKS_A_DAY:
        raise Invalid("too_many_links", field="email", most=LINKS_A_DAY)
    token = secrets.token_urlsafe(24)
    if row is None:
        row = MailAddress(account_id=account_id)
        db.session.add(row)
    row.address_sealed, row.token_hash = seal(address), token_hash("mail_address", token)
    row.asked_at, row.asked_times, row.confirmed_at = now, times, None
    base = current_app.extensions["pb_settings"].base_url.rstrip("/")
    url = f"{base}/account/messages/email/{token}"
    send_text(kind="mail_confirm", address=address, language=language, now=now, url=url)
    _note(events.MailAddressGiven(), account_id, now)


def waiting_mail(token: str, now: datetime) -> MailAddress | None:
    """The address that a link confirms, while it can still be confirmed."""
    row = queries_inbox.mail_by_token(token_hash("mail_address", token))
    if row is None or row.address_sealed is None or row.confirmed_at is not None:
        return None
    return row if now - row.asked_at <= GOOD_FOR else None


@command
def confirm_mail(*, token: str, now: datetime) -> None:
    """Messages go to the address from now on. Writes MailAddressConfirmed. Raises Missing("link_over")."""
    found = waiting_mail(token, now)
    if found is None:
        raise Missing("link_over")
    account_for_update(found.account_id)
    found = waiting_mail(token, now)
    if found is None:
        raise Missing("link_over")
    found.confirmed_at = now
    _note(events.MailAddressConfirmed(), found.account_id, now)


@command
def remove_mail(*, account_id: int, now: datetime) -> None:
    """Take the e-mail for messages away. Writes MailAddressRemoved where there was one."""
    account_for_update(account_id)
    row = queries_inbox.mail_of(account_id)
    if row is not None and row.address_sealed is not None:  # the row stays: it counts the links of the day
        row.address_sealed = row.confirmed_at = None
        row.token_hash = token_hash("mail_address", secrets.token_urlsafe(24))
        _note(events.MailAddressRemoved(), account_id, now)


def _note(act: events.Act, account_id: int, now: datetime) -> None:
    record(act, subject_id=account_id, by=Actor(account_id), at=now)
