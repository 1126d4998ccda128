"""Who sends a request: binds Flask-Login to accounts, begins and ends sessions, and lets them grow old."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from flask import Flask, session
from flask_login import UserMixin, current_user, login_user, logout_user

from pb import clock
from pb.accounts.models import Account
from pb.accounts.obligation import held_back
from pb.accounts.queries import account_by_id, actor_of
from pb.core.whole import whole_number
from pb.extensions import login
from pb.policy import NOBODY, Actor
from pb.web.inputs import local_path

__all__ = ["actor", "enter", "leave", "local_path"]

# Staff handle other people's data, often at shared computers; citizens' cookies also end with the browser.
STAFF_IDLE = timedelta(hours=2)
STAFF_LONGEST = timedelta(hours=12)
CITIZEN_LONGEST = timedelta(days=14)
STAMP_EVERY = 300  # seconds: not every request has to send a new cookie


class SessionUser(UserMixin):
    """Flask-Login's view of an account."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def get_id(self) -> str:
        """``account.epoch``: what the signed session cookie holds. Raising the epoch ends every session."""
        return f"{self.account.id}.{self.account.session_epoch}"


def init_app(app: Flask) -> None:
    """Register the loader, and the actor for the guard."""
    login.session_protection = None  # phones change their address all the time

    @login.user_loader
    def load(key: str) -> SessionUser | None:
        account_id, _, epoch = key.partition(".")
        number = whole_number(account_id)
        account = account_by_id(number) if number is not None else None
        if account is None or str(account.session_epoch) != epoch or _too_old(account):
            return None
        return SessionUser(account)

    app.extensions["pb_actor"] = actor


def actor() -> Actor:
    """The actor of the running request."""
    if not current_user.is_authenticated:
        return NOBODY
    account = current_user.account
    return held_back(account, actor_of(account))


def enter(account_id: int, *, keep: Collection[str] = ()) -> None:
    """Sign the account in, in a new session: nothing planted before survives, only the keys ``keep``."""
    account = account_by_id(account_id)
    if account is None:
        return
    kept = {key: session[key] for key in keep if key in session}
    session.clear()
    session.update(kept)
    login_user(SessionUser(account))
    session["since"] = session["seen"] = _seconds()


def leave() -> None:
    """Sign out, and forget everything that the session held."""
    logout_user()
    session.clear()


def _seconds() -> int:
    # the machine's clock: turning the rehearsal clock by months must not sign anybody out
    return int(clock.system_now().timestamp())


def _too_old(account: Account) -> bool:
    since, seen, now = session.get("since"), session.get("seen"), _seconds()
    if since is None or seen is None:
        return False
    staff = account.email is not None
    if now - since > (STAFF_LONGEST if staff else CITIZEN_LONGEST).total_seconds():
        return True
    if staff and now - seen > STAFF_IDLE.total_seconds():
        return True
    if now - seen > STAMP_EVERY:
        session["seen"] = now
    return False
