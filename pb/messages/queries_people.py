"""Reading whom a message reaches, and how they want it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from pb.accounts.models import Account
from pb.accounts.personal import unseal
from pb.db import db
from pb.messages.kinds import Group
from pb.messages.models import MailAddress, MessagePreference


@dataclass(frozen=True)
class Reach:
    """How an account can be reached: number ("+9955…") and confirmed e-mail; empty where it has none."""

    phone: str = ""
    mail: str = ""


def reaches(account_ids: Sequence[int]) -> list[tuple[Account, Reach]]:
    """Accounts in order of their ids, each with how it can be reached. For sending messages only."""
    rows = db.session.execute(
        select(Account, MailAddress.address_sealed)
        .outerjoin(
            MailAddress, (MailAddress.account_id == Account.id) & MailAddress.confirmed_at.is_not(None)
        )
        .where(Account.id.in_(account_ids))
        .order_by(Account.id)
    )
    return [
        (account, Reach(unseal(account.phone_sealed), account.email or unseal(sealed)))
        for account, sealed in rows
    ]


def preferences(account_ids: Sequence[int], group: Group) -> dict[int, MessagePreference]:
    """What accounts have chosen for a group, by account."""
    rows = db.session.scalars(
        select(MessagePreference).where(
            MessagePreference.account_id.in_(account_ids), MessagePreference.group == group.value
        )
    )
    return {row.account_id: row for row in rows}
