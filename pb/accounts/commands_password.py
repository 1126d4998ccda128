"""Staff prove who they are: password, its change, its replacement by a mailed link; ending all sessions."""

from __future__ import annotations

from datetime import datetime, timedelta

from pb.accounts import queries
from pb.accounts.events import PasswordChanged, SessionsEnded, StaffSignedIn
from pb.accounts.models import Account, PasswordReset
from pb.accounts.outbox import outbox
from pb.accounts.passwords import hash_password, matches, new_token
from pb.audit.log import record
from pb.core.errors import Invalid, Missing
from pb.db import command, db, one_at_a_time
from pb.policy import Actor

LINK_GOOD_FOR = timedelta(hours=1)
LINKS_PER_HOUR = 3


def check_password(*, email: str, password: str) -> int:
    """The account's id. Raises Invalid("wrong_credentials"), whichever of the two is wrong.

    Writes nothing: the hash takes 64 MiB and a while, for which no transaction may be held open.
    """
    account = queries.account_by_email(email)
    fits = matches(account.password_hash if account else None, password)
    if account is None or not fits:
        raise Invalid("wrong_credentials")
    return account.id


@command
def note_signin(*, account_id: int, second_factor: bool, language: str, now: datetime) -> None:
    """Write StaffSignedIn. Letters come in the ``language`` ("ka", "en") of the pages that the person last chose."""
    queries.account_for_update(account_id).language = language
    _record(StaffSignedIn(second_factor), account_id, now)


@command
def change_password(*, account_id: int, old: str, new: str, now: datetime) -> None:
    """Replace the password; ends the other sessions; mails the owner. Writes PasswordChanged.

    Raises Invalid: wrong_password on ``old``; password_short, password_weak on ``password``.
    """
    account = queries.account_for_update(account_id)
    if not matches(account.password_hash, old):
        raise Invalid("wrong_password", field="old")
    _set_password(account, new, by_link=False, now=now)


@command
def request_password_reset(*, email: str, base_url: str, now: datetime) -> None:
    """Mail a link to set a new password, good once and for an hour; does nothing for an address nobody has.

    At most three an hour for an account; more are passed over in silence, so that the answer tells nothing.
    """
    account = queries.account_by_email(email)
    if account is None or account.email is None:
        return
    one_at_a_time(f"password_reset {account.id}")
    if queries.resets_since(account.id, now - timedelta(hours=1)) >= LINKS_PER_HOUR:
        return
    token, stored = new_token("password_reset")
    db.session.add(
        PasswordReset(
            account_id=account.id, token_hash=stored, created_at=now, expires_at=now + LINK_GOOD_FOR
        )
    )
    outbox().send_text(
        kind="password_reset",
        address=account.email,
        language=account.language,
        now=now,
        url=f"{base_url}/new-password/{token}",
    )


@command
def set_password_by_link(*, token: str, password: str, now: datetime) -> int:
    """Set the password of the account to which the link was mailed; gives its id. Writes PasswordChanged.

    All links of the account end, all its sessions too. Raises Missing("link_over"); Invalid on ``password``.
    """
    reset = queries.reset_by_token(token, now, lock=True)
    if reset is None:
        raise Missing("link_over")
    account = queries.account_for_update(reset.account_id)
    for other in queries.open_resets(account.id):
        other.used_at = now
    _set_password(account, password, by_link=True, now=now)
    return account.id


@command
def end_sessions(*, account_id: int, now: datetime) -> None:
    """Sign the account out everywhere. Writes SessionsEnded."""
    queries.account_for_update(account_id).session_epoch += 1
    _record(SessionsEnded(), account_id, now)


def _set_password(account: Account, password: str, *, by_link: bool, now: datetime) -> None:
    account.password_hash = hash_password(password, email=account.email or "")
    account.session_epoch += 1
    _record(PasswordChanged(by_link), account.id, now)
    if account.email:
        outbox().send_text(kind="password_changed", address=account.email, language=account.language, now=now)


def _record(act: StaffSignedIn | PasswordChanged | SessionsEnded, account_id: int, now: datetime) -> None:
    record(act, subject_id=account_id, by=Actor(account_id), at=now)
