"""Personal data at rest: encryption with the data key, keyed hashes for looking up."""

from __future__ import annotations

import hashlib
import hmac
import os

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
