"""Text messages to the authors of an idea, in the transaction of the act that they tell of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from flask import current_app

from pb.accounts.models import Account
from pb.accounts.personal import unseal
from pb.cycles.queries import Here
from pb.db import db
from pb.ideas.content import public_number
from pb.ideas.models import Idea
from pb.messages.commands import send_text


def tell_authors(idea: Idea, kind: str, *, here: Here, now: datetime, **values: Any) -> None:
    """Queue the message ``kind`` (messages.texts_authors) to every author of the idea who has a phone."""
    number = idea.number or 0
    accounts = (author.account_id for author in idea.authors if author.account_id is not None)
    tell(accounts, kind, here=here, number=number, page=f"ideas/{number}", now=now, **values)


def tell(
    account_ids: Iterable[int], kind: str, *, here: Here, number: int, page: str, now: datetime, **values: Any
) -> None:
    """One message to each account that has a phone, in its language, with the link to a ``page`` of the cycle."""
    year = here.the_cycle.year
    base = current_app.extensions["pb_settings"].base_url.rstrip("/")
    for account_id in sorted(set(account_ids)):
        account = db.session.get(Account, account_id)
        phone = unseal(account.phone_sealed) if account else ""
        if account is not None and phone:
            send_text(
                kind=kind,
                address=phone,
                language=account.language,
                now=now,
                number=public_number(here.town.number_prefix, year, number),
                url=f"{base}/{here.town.slug}/{year}/{page}",
                **values,
            )


def day_words(day: date) -> str:
    """A day as text messages write it, in both languages."""
    return f"{day:%d.%m.%Y}"
