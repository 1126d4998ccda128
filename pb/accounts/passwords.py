"""Passwords and single-use links: this file alone hashes and compares them."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

from pb.accounts.personal import keyed_hash
from pb.core.errors import Invalid

SHORTEST = 12
LONGEST = 200
FEWEST_SIGNS = 5  # different ones


@cache
def _hasher(cheap: bool) -> PasswordHasher:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1) if cheap else PasswordHasher()


def hasher() -> PasswordHasher:
    """argon2id with the library's parameters (64 MiB); nearly free in tests."""
    return _hasher(current_app.extensions["pb_settings"].testing)


@cache
def _nobodys_hash(cheap: bool) -> str:
    return _hasher(cheap).hash("the password of nobody")


def hash_password(password: str, *, email: str = "") -> str:
    """The hash to store. Raises Invalid on ``password``: password_short, password_weak, too_long."""
    if len(password) < SHORTEST:
        raise Invalid("password_short", field="password", limit=SHORTEST)
    if len(password) > LONGEST:
        raise Invalid("too_long", field="password", limit=LONGEST)
    if len(set(password)) < FEWEST_SIGNS or password.lower() == email.lower():
        raise Invalid("password_weak", field="password")
    return hasher().hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether the password fits. Takes the same time when there is no such account."""
    known = stored or _nobodys_hash(current_app.extensions["pb_settings"].testing)
    try:
        return hasher().verify(known, password[:LONGEST]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def new_token(purpose: str) -> tuple[str, str]:
    """(token for the link, hash to store)."""
    token = secrets.token_urlsafe(32)
    return token, token_hash(purpose, token)


def token_hash(purpose: str, token: str) -> str:
    """The stored form of a link's token."""
    return keyed_hash(purpose, token)
