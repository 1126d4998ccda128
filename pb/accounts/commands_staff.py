"""Who holds which role in a town: invitations, their acceptance, granting and revoking."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from flask_babel import force_locale

from pb.accounts import queries
from pb.accounts.commands import NAME_LIMIT
from pb.accounts.events import (
    InstallerMade,
    InvitationRevoked,
    OperatorBound,
    RoleGranted,
    RoleRevoked,
    StaffInvited,
)
from pb.accounts.models import Account, Invitation, RoleGrant
from pb.accounts.outbox import outbox
from pb.accounts.passwords import hash_password, new_token
from pb.accounts.personal import seal
from pb.audit.log import record
from pb.core.errors import Closed, Invalid, Missing, Refused
from pb.db import command, db, one_at_a_time
from pb.places.models import Town
from pb.places.queries import centre_of
from pb.policy import Action, Actor, Role, authorise
from pb.web.wording import label

GOOD_FOR = timedelta(days=7)


@command
def invite(
    *, town_id: int, email: str, role: Role, base_url: str, language: str, actor: Actor, now: datetime
) -> int:
    """Mail an offer of a role, good once and for seven days; gives the invitation's id. Writes StaffInvited.

    Raises Refused; Invalid on ``email``: bad_email, role_held, invited_already.
    """
    authorise(actor, Action.MANAGE_STAFF, town_id=town_id)
    one_at_a_time(f"staff {town_id}")
    address = checked_email(email)
    account = queries.account_by_email(address)
    if account is not None and queries.holds(account.id, town_id, role):
        raise Invalid("role_held", field="email")
    if any(i.email == address and i.role == role.value for i in queries.open_invitations(town_id, now)):
        raise Invalid("invited_already", field="email")
    token, stored = new_token("invitation")
    row = Invitation(
        town_id=town_id,
        email=address,
        role=role.value,
        token_hash=stored,
        invited_by=actor.account_id,
        created_at=now,
        expires_at=now + GOOD_FOR,
    )
    db.session.add(row)
    db.session.flush()
    town = db.session.get_one(Town, town_id)
    with force_locale(language):
        role_words = label(role.value)
    outbox().send_text(
        kind="invitation",
        address=address,
        language=language,
        now=now,
        town=town.full_name.get(language) or town.full_name["ka"],
        role=role_words,
        url=f"{base_url}/invitation/{token}",
    )
    record(StaffInvited(role.value), subject_id=row.id, by=actor, at=now, town_id=town_id)
    return row.id


@command
def revoke_invitation(*, invitation_id: int, actor: Actor, now: datetime) -> None:
    """Take an offer back that was not accepted yet. Writes InvitationRevoked. Raises Refused, Missing."""
    row = queries.invitation_for_update(invitation_id)
    authorise(actor, Action.MANAGE_STAFF, town_id=row.town_id)
    if row.used_at is not None or row.revoked_at is not None:
        raise Missing("link_over")
    row.revoked_at = now
    record(InvitationRevoked(row.role), subject_id=row.id, by=actor, at=now, town_id=row.town_id)


@command
def accept_as_new(*, token: str, name: str, password: str, now: datetime) -> int:
    """Make the account of an invited person, with the role; gives its id. Writes RoleGranted.

    Raises Missing("link_over"); Refused("account_exists") when the address has one with a password; Invalid
    on ``name`` and ``password``.
    """
    invitation = queries.invitation_by_token(token, now, lock=True)
    if invitation is None:
        raise Missing("link_over")
    account = queries.account_by_email(invitation.email)
    if account is not None and account.password_hash is not None:
        raise Refused("account_exists")
    if account is None:
        account_id = create_account(email=invitation.email, name=name, password=password, now=now)
    else:
        account_id = account.id
        account.name_sealed = seal(_checked_name(name))
        account.password_hash = hash_password(password, email=invitation.email)
    _accept(invitation, account_id, now)
    return account_id


@command
def accept(*, token: str, actor: Actor, now: datetime) -> None:
    """Take the role with the account that one has. Writes RoleGranted.

    Raises Missing("link_over"); Refused("invited_another") when the invitation went to another address.
    """
    invitation = queries.invitation_by_token(token, now, lock=True)
    if invitation is None:
        raise Missing("link_over")
    account = queries.account_by_email(invitation.email)
    if account is None or account.id != actor.account_id:
        raise Refused("invited_another")
    _accept(invitation, account.id, now)


def _accept(invitation: Invitation, account_id: int, now: datetime) -> None:
    invitation.used_at = now
    if not queries.holds(account_id, invitation.town_id, Role(invitation.role)):
        inviter = Actor(invitation.invited_by)
        _grant(account_id, invitation.town_id, Role(invitation.role), inviter, now)


@command
def create_account(*, email: str, name: str, password: str, now: datetime, installer: bool = False) -> int:
    """Make an account that signs in by e-mail and password; gives its id. Installers: writes InstallerMade.

    For the command line, seeding, and accepted invitations, which have decided that it may be made. Raises
    Invalid: bad_email and email_taken on ``email``, required and too_long on ``name``, the password's own.
    """
    address = checked_email(email)
    if queries.account_by_email(address) is not None:
        raise Invalid("email_taken", field="email")
    account = Account(
        email=address,
        name_sealed=seal(_checked_name(name)),
        password_hash=hash_password(password, email=address),
        is_installer=installer,
        created_at=now,
    )
    db.session.add(account)
    db.session.flush()
    if installer:
        record(InstallerMade(), subject_id=account.id, by=None, at=now)
    return account.id


@command
def grant_role(*, town_id: int, account_id: int, role: Role, actor: Actor, now: datetime) -> int:
    """Give a role without an invitation (command line, seeding); gives the grant's id. Writes RoleGranted.

    Raises Refused; Invalid("role_held").
    """
    authorise(actor, Action.MANAGE_STAFF, town_id=town_id)
    one_at_a_time(f"staff {town_id}")
    if queries.holds(account_id, town_id, role):
        raise Invalid("role_held", field="role")
    return _grant(account_id, town_id, role, actor, now)


def _grant(account_id: int, town_id: int, role: Role, by: Actor, now: datetime) -> int:
    row = RoleGrant(
        account_id=account_id, town_id=town_id, role=role.value, granted_by=by.account_id, granted_at=now
    )
    db.session.add(row)
    db.session.flush()
    record(RoleGranted(role.value), subject_id=row.id, by=by, at=now, town_id=town_id)
    return row.id


@command
def bind_operator(*, grant_id: int, centre_id: int | None, actor: Actor, now: datetime) -> None:
    """Bind an operator's role to one centre of the town, or to none (None): desk and papers of others are closed to it.

    Writes OperatorBound where it changes something. Raises Missing; Refused; Closed("not_an_operator"), Invalid on
    ``centre``: no_such_centre.
    """
    row = queries.grant_for_update(grant_id)
    authorise(actor, Action.MANAGE_STAFF, town_id=row.town_id)
    if row.revoked_at is not None:
        raise Missing("no_such_page")
    if row.role != Role.OPERATOR:
        raise Closed("not_an_operator")
    if centre_id is not None and centre_of(row.town_id, centre_id) is None:
        raise Invalid("no_such_centre", field="centre")
    if row.centre_id == centre_id:
        return
    row.centre_id = centre_id
    record(OperatorBound(centre_id or 0), subject_id=row.id, by=actor, at=now, town_id=row.town_id)


@command
def revoke_role(*, grant_id: int, actor: Actor, now: datetime) -> None:
    """End a role; the row stays as history. Writes RoleRevoked.

    Raises Missing; Refused("last_administrator"): only the installer may leave a town without one.
    """
    row = queries.grant_for_update(grant_id)
    authorise(actor, Action.MANAGE_STAFF, town_id=row.town_id)
    one_at_a_time(f"staff {row.town_id}")
    if row.revoked_at is not None:
        raise Missing("no_such_page")
    last = row.role == Role.ADMINISTRATOR and len(queries.staff_of(row.town_id, Role.ADMINISTRATOR)) == 1
    if last and (not actor.is_installer or row.account_id == actor.account_id):
        raise Refused("last_administrator")
    row.revoked_at = now
    record(RoleRevoked(row.role), subject_id=row.id, by=actor, at=now, town_id=row.town_id)


def checked_email(email: str) -> str:
    """An address in the form in which it is stored. Raises Invalid("bad_email") on ``email``."""
    address = queries.normal_email(email)
    if len(address) > 254 or not re.fullmatch(r"[^@\s<>,;:\"]+@[^@\s<>,;:\"]+\.[^@\s<>,;:\".]+", address):
        raise Invalid("bad_email", field="email")
    return address


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Invalid("required", field="name")
    if len(name) > NAME_LIMIT:
        raise Invalid("too_long", field="name", limit=NAME_LIMIT)
    return name
