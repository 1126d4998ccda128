"""Who sends a request: binds Flask-Login to accounts. Raising an account's epoch ends all its sessions."""

from __future__ import annotations

from flask import Flask
from flask_login import UserMixin, current_user

from pb.accounts.models import Account
from pb.accounts.queries import account_by_id, actor_of
from pb.extensions import login
from pb.policy import NOBODY, Actor


class SessionUser(UserMixin):
    """Flask-Login's view of an account."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def get_id(self) -> str:
        """``account.epoch``: what the signed session cookie holds."""
        return f"{self.account.id}.{self.account.session_epoch}"


def init_app(app: Flask) -> None:
    """Register the loader, and the actor for the guard."""

    @login.user_loader
    def load(key: str) -> SessionUser | None:
        account_id, _, epoch = key.partition(".")
        account = account_by_id(int(account_id)) if account_id.isdigit() else None
        if account is None or str(account.session_epoch) != epoch:
            return None
        return SessionUser(account)

    app.extensions["pb_actor"] = actor


def actor() -> Actor:
    """The actor of the running request."""
    if not current_user.is_authenticated:
        return NOBODY
    return actor_of(current_user.account)
