"""Messages to the authors of an idea, in the transaction of the act that they tell of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from flask import current_app

from pb.cycles.queries import Here
from pb.ideas.content import public_number
from pb.ideas.models import Idea
from pb.messages.commands import send_text
from pb.messages.outbox import notify


def tell_authors(idea: Idea, kind: str, *, here: Here, now: datetime, **values: Any) -> None:
    """Queue the message ``kind`` (messages.texts_authors) to every author of the idea who has an account."""
    number = idea.number or 0
    accounts = (author.account_id for author in idea.authors if author.account_id is not None)
    tell(accounts, kind, here=here, number=number, page=f"ideas/{number}", now=now, **values)


def tell(
    account_ids: Iterable[int], kind: str, *, here: Here, number: int, page: str, now: datetime, **values: Any
) -> None:
    """One message to each account, the way it wants it, with the link to a ``page`` of the cycle."""
    shown = public_number(here.town.number_prefix, here.the_cycle.year, number)
    notify(kind, account_ids, {"number": shown, **values}, here=here, page=page, now=now)


def day_words(day: date) -> str:
    """A day as text messages write it, in both languages."""
    return f"{day:%d.%m.%Y}"


def text_to(phone: str, kind: str, language: str, *, here: Here, page: str, now: datetime) -> None:
    """A text message to a number that belongs to no account here, with the link to a ``page`` of the cycle."""
    base = current_app.extensions["pb_settings"].base_url.rstrip("/")
    url = f"{base}/{here.town.slug}/{here.the_cycle.year}/{page}"
    send_text(kind=kind, address=phone, language=language if language == "en" else "ka", now=now, url=url)
