"""Reading accounts and roles."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from pb.accounts.models import Account, RoleGrant
from pb.accounts.personal import keyed_hash, unseal
from pb.core.errors import Missing
from pb.db import db
from pb.policy import NOBODY, Actor, Role


def account_by_id(account_id: int) -> Account | None:
    """An account with its grants."""
    return db.session.execute(
        select(Account).where(Account.id == account_id).options(selectinload(Account.grants))
    ).scalar_one_or_none()


def account_by_phone(number: str) -> Account | None:
    """The account of a mobile number in its normal form."""
    return db.session.execute(
        select(Account).where(Account.phone_hash == keyed_hash("phone", number))
    ).scalar_one_or_none()


def account_by_email(email: str) -> Account | None:
    """The account of an e-mail address, however it was typed."""
    return db.session.execute(
        select(Account).where(Account.email == normal_email(email)).options(selectinload(Account.grants))
    ).scalar_one_or_none()


def normal_email(email: str) -> str:
    """The form in which addresses are stored and compared."""
    return email.strip().lower()


def account_for_update(account_id: int) -> Account:
    """An account, locked and read again (inside a command). Raises Missing."""
    account = db.session.execute(
        select(Account)
        .where(Account.id == account_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if account is None:
        raise Missing("no_such_page")
    return account


def phone_of(account_id: int) -> str:
    """The mobile number of an account, "+9955XXXXXXXX"; empty when it has none. For sending messages only."""
    account = db.session.get(Account, account_id)
    return unseal(account.phone_sealed) if account else ""


def masked_phone(account: Account) -> str:
    """„5•• ••• •12“: enough for its owner to know it by; empty without a number."""
    number = unseal(account.phone_sealed)
    return f"5•• ••• •{number[-2:]}" if number else ""


def actor_of(account: Account | None) -> Actor:
    """The actor that an account is, with the roles in force."""
    if account is None:
        return NOBODY
    roles: dict[int, set[Role]] = defaultdict(set)
    for grant in account.grants:
        if grant.revoked_at is None:
            roles[grant.town_id].add(Role(grant.role))
    name = unseal(account.name_sealed) or account.email or masked_phone(account)
    return Actor(
        account.id, {town: frozenset(held) for town, held in roles.items()}, account.is_installer, name
    )


def actor_by_id(account_id: int) -> Actor:
    """The actor of an account id (commands run from the command line, seeding)."""
    return actor_of(account_by_id(account_id))


def staff_of(town_id: int, *roles: Role) -> list[Account]:
    """Accounts holding one of ``roles`` (default: any) in the town now, in order of appointment."""
    query = (
        select(Account)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(RoleGrant.town_id == town_id, RoleGrant.revoked_at.is_(None))
        .options(selectinload(Account.grants))
        .order_by(Account.id)
        .distinct()
    )
    if roles:
        query = query.where(RoleGrant.role.in_([r.value for r in roles]))
    return list(db.session.scalars(query))
