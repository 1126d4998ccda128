"""Personal data at rest: encryption with the data key, keyed hashes for looking up."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app

from pb.config import Settings


def _settings() -> Settings:
    settings: Settings = current_app.extensions["pb_settings"]
    return settings


def seal(text: str) -> bytes:
    """AES-256-GCM of the text under the data key: 12 bytes of nonce, then the ciphertext."""
    nonce = os.urandom(12)
    return nonce + AESGCM(_settings().data_key).encrypt(nonce, text.encode(), None)


def unseal(sealed: bytes | None) -> str:
    """The text of ``seal``; empty for None (never given, or erased)."""
    if not sealed:
        return ""
    return AESGCM(_settings().data_key).decrypt(sealed[:12], sealed[12:], None).decode()


def keyed_hash(purpose: str, value: str) -> str:
    """HMAC-SHA-256 under the hash key, in hex; ``purpose`` keeps hashes of different things apart."""
    message = f"{len(purpose)}:{purpose}{value}".encode()
    return hmac.new(_settings().hash_key, message, hashlib.sha256).hexdigest()


def hasher(purpose: str) -> Callable[[str], str]:
    """``keyed_hash`` for one purpose, for those who hash many: the key is prepared once."""
    begun = hmac.new(_settings().hash_key, f"{len(purpose)}:{purpose}".encode(), hashlib.sha256)

    def hashed(value: str) -> str:
        mac = begun.copy()
        mac.update(value.encode())
        return mac.hexdigest()

    return hashed


def sealer() -> Callable[[str], bytes]:
    """``seal``, for those who seal many: the key is prepared once."""
    cipher = AESGCM(_settings().data_key)

    def sealed(text: str) -> bytes:
        nonce = os.urandom(12)
        return nonce + cipher.encrypt(nonce, text.encode(), None)

    return sealed
