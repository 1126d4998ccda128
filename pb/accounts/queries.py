"""Reading accounts and roles."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from pb.accounts.models import Account, Invitation, PasswordReset, RecoveryCode, RoleGrant, SigninCode
from pb.accounts.passwords import token_hash
from pb.accounts.personal import keyed_hash, unseal
from pb.core.errors import Missing
from pb.db import db
from pb.policy import NOBODY, Actor, Role

Ts = TypeVarTuple("Ts")


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
    query = _locked(select(Account).where(Account.id == account_id))
    account = db.session.execute(query).scalar_one_or_none()
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
    centres: dict[int, int] = {}
    for grant in account.grants:
        if grant.revoked_at is None:
            roles[grant.town_id].add(Role(grant.role))
            if grant.centre_id is not None:
                centres[grant.town_id] = grant.centre_id
    held_in = {town: frozenset(held) for town, held in roles.items()}
    return Actor(account.id, held_in, account.is_installer, name_of(account), centres=centres)


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


def holds(account_id: int, town_id: int, role: Role) -> bool:
    """Whether the account holds the role in the town now."""
    query = select(RoleGrant.id).where(
        RoleGrant.account_id == account_id,
        RoleGrant.town_id == town_id,
        RoleGrant.role == role.value,
        RoleGrant.revoked_at.is_(None),
    )
    return db.session.scalars(query).first() is not None


def grants_in_force(town_id: int) -> list[RoleGrant]:
    """Roles held in the town now, with their accounts, in the order of roles and then of appointment."""
    rows = db.session.scalars(
        select(RoleGrant)
        .where(RoleGrant.town_id == town_id, RoleGrant.revoked_at.is_(None))
        .options(joinedload(RoleGrant.account))
        .order_by(RoleGrant.id)
    )
    order = list(Role)
    return sorted(rows, key=lambda grant: (order.index(Role(grant.role)), grant.id))


def grant_in_force(town_id: int, grant_id: int) -> RoleGrant | None:
    """A role held in the town now, by its id."""
    row = db.session.get(RoleGrant, grant_id)
    return row if row is not None and row.town_id == town_id and row.revoked_at is None else None


def grant_for_update(grant_id: int) -> RoleGrant:
    """A grant, locked and read again. Raises Missing."""
    row = db.session.execute(_locked(select(RoleGrant).where(RoleGrant.id == grant_id))).scalar_one_or_none()
    if row is None:
        raise Missing("no_such_page")
    return row


def open_invitations(town_id: int, now: datetime) -> list[Invitation]:
    """Offers of the town that can still be accepted, newest last."""
    query = select(Invitation).where(Invitation.town_id == town_id, *_open(now)).order_by(Invitation.id)
    return list(db.session.scalars(query))


def open_invitation(town_id: int, invitation_id: int, now: datetime) -> Invitation | None:
    """One of them, by its id."""
    query = select(Invitation).where(
        Invitation.town_id == town_id, Invitation.id == invitation_id, *_open(now)
    )
    return db.session.execute(query).scalar_one_or_none()


def invitation_by_token(token: str, now: datetime, *, lock: bool = False) -> Invitation | None:
    """The offer of a mailed link, if it can still be accepted."""
    query = select(Invitation).where(Invitation.token_hash == token_hash("invitation", token), *_open(now))
    return db.session.execute(_locked(query) if lock else query).scalar_one_or_none()


def invitation_for_update(invitation_id: int) -> Invitation:
    """An invitation, locked and read again. Raises Missing."""
    query = _locked(select(Invitation).where(Invitation.id == invitation_id))
    row = db.session.execute(query).scalar_one_or_none()
    if row is None:
        raise Missing("no_such_page")
    return row


def reset_by_token(token: str, now: datetime, *, lock: bool = False) -> PasswordReset | None:
    """The password reset of a mailed link, if it is still good."""
    query = select(PasswordReset).where(
        PasswordReset.token_hash == token_hash("password_reset", token),
        PasswordReset.used_at.is_(None),
        PasswordReset.expires_at > now,
    )
    return db.session.execute(_locked(query) if lock else query).scalar_one_or_none()


def open_resets(account_id: int) -> list[PasswordReset]:
    """Unused links of an account, expired ones among them."""
    query = select(PasswordReset).where(
        PasswordReset.account_id == account_id, PasswordReset.used_at.is_(None)
    )
    return list(db.session.scalars(query))


def resets_since(account_id: int, since: datetime) -> int:
    """How many links were mailed to an account."""
    query = select(func.count()).where(
        PasswordReset.account_id == account_id, PasswordReset.created_at > since
    )
    return db.session.execute(query).scalar_one()


def recovery_codes(account_id: int) -> list[RecoveryCode]:
    """The recovery codes of an account, used ones among them."""
    query = select(RecoveryCode).where(RecoveryCode.account_id == account_id).order_by(RecoveryCode.id)
    return list(db.session.scalars(query))


def old_codes(owner: str, before: datetime) -> list[SigninCode]:
    """Codes sent to a number (its hash) before a moment: no longer counted, so they need not be kept."""
    query = select(SigninCode).where(SigninCode.phone_hash == owner, SigninCode.created_at <= before)
    return list(db.session.scalars(query))


def given_name(account: Account) -> str:
    """The name that somebody gave; empty when none was given."""
    return unseal(account.name_sealed)


def name_of(account: Account) -> str:
    """How an account is called, or what it signs in by."""
    return given_name(account) or account.email or masked_phone(account)


def _open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (Invitation.used_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at > now)


def _locked(query: Select[*Ts]) -> Select[*Ts]:
    return query.with_for_update().execution_options(populate_existing=True)
