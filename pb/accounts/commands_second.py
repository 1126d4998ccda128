"""The second factor of staff: time-based codes (RFC 6238), each good once, and ten recovery codes."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection
from datetime import datetime

import pyotp

from pb.accounts import queries
from pb.accounts.events import SecondFactorObliged, SecondFactorRemoved, SecondFactorReset, SecondFactorSet
from pb.accounts.models import Account, RecoveryCode
from pb.accounts.outbox import outbox
from pb.accounts.passwords import matches
from pb.accounts.personal import keyed_hash, seal, unseal
from pb.audit.log import record
from pb.core.errors import Closed, Invalid, Missing, Refused
from pb.db import command, db
from pb.places.models import Town
from pb.policy import Action, Actor, Role, authorise

STEP = 30  # seconds
RECOVERY_CODES = 10
_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is taken for another


def new_secret() -> str:
    """A secret to set up, in base32; nothing is stored until a code of it was typed."""
    return pyotp.random_base32()


@command
def confirm_second_factor(*, account_id: int, secret: str, code: str, now: datetime) -> list[str]:
    """Store the secret once a code shows that the phone has it; gives the recovery codes, this once.

    ``now`` is the machine's time, not that of a rehearsal. Writes SecondFactorSet. Raises
    Invalid("wrong_second_code") on ``code``; Closed("second_factor_set") when there is one already.
    """
    account = queries.account_for_update(account_id)
    if account.totp_confirmed_at is not None:
        raise Closed("second_factor_set")
    step = _fitting_step(secret, code, 0, now)
    if step is None:
        raise Invalid("wrong_second_code", field="code")
    account.totp_sealed = seal(secret)
    account.totp_confirmed_at = now
    account.totp_last_step = step
    for old in queries.recovery_codes(account_id):
        db.session.delete(old)
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    db.session.add_all(
        RecoveryCode(account_id=account_id, code_hash=_recovery_hash(account_id, one)) for one in codes
    )
    record(SecondFactorSet(), subject_id=account_id, by=Actor(account_id), at=now)
    return codes


@command
def use_second_factor(*, account_id: int, code: str, now: datetime) -> None:
    """Accept a code of the phone, or a recovery code; each is good once. ``now`` is the machine's time.

    Raises Invalid("wrong_second_code") on ``code``.
    """
    account = queries.account_for_update(account_id)
    typed = "".join(code.split()).lower()
    if _use_totp(account, typed, now) or _use_recovery(account_id, typed, now):
        return
    raise Invalid("wrong_second_code", field="code")


@command
def remove_second_factor(*, account_id: int, password: str, code: str, now: datetime) -> None:
    """Take the second factor away, with the password and a code of it. Writes SecondFactorRemoved.

    Raises Invalid: wrong_password on ``password``, wrong_second_code on ``code``.
    """
    account = queries.account_for_update(account_id)
    if not matches(account.password_hash, password):
        raise Invalid("wrong_password", field="password")
    use_second_factor(account_id=account_id, code=code, now=now)
    _clear(account)
    record(SecondFactorRemoved(), subject_id=account_id, by=Actor(account_id), at=now)


@command
def reset_second_factor(*, account_id: int, town_id: int, actor: Actor, now: datetime) -> None:
    """Take away the second factor of a member of the town's staff who has lost it; its sessions end.

    Not one's own; that of an administrator (of any town) or installer only an installer resets. Writes
    SecondFactorReset and a letter to the person. Raises Refused("not_allowed" | "own_second_factor" |
    "installer_resets"), Missing, Closed("no_second_factor").
    """
    authorise(actor, Action.MANAGE_STAFF, town_id=town_id)
    account = queries.account_for_update(account_id)
    theirs = queries.actor_of(account)
    if not theirs.roles.get(town_id):
        raise Missing("no_such_page")
    if account_id == actor.account_id:
        raise Refused("own_second_factor")
    guarded = theirs.is_installer or any(Role.ADMINISTRATOR in roles for roles in theirs.roles.values())
    if guarded and not actor.is_installer:
        raise Refused("installer_resets")
    _reset(account, actor, town_id, now)


@command
def reset_by_operator(*, email: str, now: datetime) -> None:
    """The same on the machine itself, for an administrator whom nobody else can help. Raises
    Missing("no_such_account"), Closed("no_second_factor").
    """
    account = queries.account_by_email(email)
    if account is None:
        raise Missing("no_such_account")
    _reset(queries.account_for_update(account.id), None, None, now)


def _reset(account: Account, actor: Actor | None, town_id: int | None, now: datetime) -> None:
    if account.totp_confirmed_at is None:
        raise Closed("no_second_factor")
    _clear(account)
    account.session_epoch += 1
    record(SecondFactorReset(), subject_id=account.id, by=actor, at=now, town_id=town_id)
    if account.email:
        outbox().send_text(
            kind="second_factor_reset", address=account.email, language=account.language, now=now
        )


def _clear(account: Account) -> None:
    account.totp_sealed = account.totp_confirmed_at = None
    for old in queries.recovery_codes(account.id):
        db.session.delete(old)


@command
def oblige(*, town_id: int, roles: Collection[Role], actor: Actor, now: datetime) -> None:
    """Set which roles of the town must use a second factor; whoever has none is led to set it up at once.

    The same again changes nothing. Writes SecondFactorObliged. Raises Refused.
    """
    authorise(actor, Action.MANAGE_STAFF, town_id=town_id)
    town = db.session.get_one(Town, town_id, with_for_update=True, populate_existing=True)
    wanted = [role.value for role in Role if role in roles]
    if town.second_factor_roles == wanted:
        return
    town.second_factor_roles = wanted
    record(SecondFactorObliged(wanted), subject_id=town_id, by=actor, at=now, town_id=town_id)


def _use_totp(account: Account, typed: str, now: datetime) -> bool:
    if account.totp_confirmed_at is None:
        return False
    step = _fitting_step(unseal(account.totp_sealed), typed, account.totp_last_step, now)
    if step is None:
        return False
    account.totp_last_step = step
    return True


def _fitting_step(secret: str, typed: str, after: int, now: datetime) -> int | None:
    """The time step whose code was typed: this one or a neighbour, but none up to ``after``."""
    typed = "".join(typed.split())
    current = int(now.timestamp()) // STEP
    for step in (current, current - 1, current + 1):
        if step > after and hmac.compare_digest(pyotp.TOTP(secret).at(step * STEP).encode(), typed.encode()):
            return step
    return None


def _use_recovery(account_id: int, typed: str, now: datetime) -> bool:
    wanted = _recovery_hash(account_id, typed)
    for row in queries.recovery_codes(account_id):
        if row.used_at is None and hmac.compare_digest(row.code_hash, wanted):
            row.used_at = now
            return True
    return False


def _recovery_code() -> str:
    signs = [secrets.choice(_SIGNS) for _ in range(10)]
    return "".join(signs[:5]) + "-" + "".join(signs[5:])


def _recovery_hash(account_id: int, code: str) -> str:
    return keyed_hash("recovery_code", f"{account_id}:{code.replace('-', '')}")
