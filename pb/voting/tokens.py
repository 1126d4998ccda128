"""Form tokens of the last page before casting: this file alone makes and checks them.

A token is 128 random bits bound to round, slot and choices, and stands in the page alone. The ballot's random
bytes are derived from it, so that the same request, sent again however late, is the same ballot and no other.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from functools import lru_cache

from flask import current_app

from pb.core.errors import Invalid

_RANDOM = 16  # bytes
_MAC = 16  # bytes


def _mac(purpose: str, *parts: bytes) -> bytes:
    """HMAC-SHA-256 under a key of this file's own, over length-prefixed parts."""
    key = _key_of(current_app.extensions["pb_settings"].secret_key)
    message = b"".join(len(part).to_bytes(4) + part for part in (purpose.encode(), *parts))
    return hmac.digest(key, message, hashlib.sha256)


@lru_cache(maxsize=8)
def _key_of(secret: str) -> bytes:
    return hashlib.sha256(b"pb-ballot-form-v1" + secret.encode()).digest()


def _bind(random: bytes, round_id: int, slot: str, choices: Iterable[str]) -> bytes:
    parts = [choice.encode() for choice in sorted(choices)]
    return _mac("token", random, str(round_id).encode(), slot.encode(), *parts)[:_MAC]


def issue(round_id: int, slot: str, choices: Iterable[str]) -> str:
    """A fresh token for these choices of this voter."""
    random = secrets.token_bytes(_RANDOM)
    return base64.urlsafe_b64encode(random + _bind(random, round_id, slot, choices)).decode().rstrip("=")


def read(token: str, round_id: int, slot: str, choices: Iterable[str]) -> bytes:
    """The token's random part (16 bytes). Raises Invalid("page_changed") unless it was issued for just
    this.
    """
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        raise Invalid("page_changed") from None
    random = raw[:_RANDOM]
    if len(raw) != _RANDOM + _MAC or not hmac.compare_digest(
        raw[_RANDOM:], _bind(random, round_id, slot, choices)
    ):
        raise Invalid("page_changed")
    return random


def ballot_random(random: bytes, slot: str) -> bytes:
    """The 32 random bytes of the ballot that this token casts."""
    return _mac("ballot", random, slot.encode())
