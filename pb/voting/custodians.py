"""Who holds the keys of the box. This file alone makes the key pairs of a demonstration; production has none
yet.
"""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pb.config import Settings
from pb.core.errors import Refused
from pb.voting.sealing import CUSTODIANS

_LETTERS = ("ა", "ბ", "გ")


def demonstration_keys(settings: Settings, label: str) -> tuple[X25519PrivateKey, ...]:
    """The three private keys of a round in a demonstration, derived from the link key: stored nowhere.

    Raises Refused("custodians_missing") in production, where private keys never come near the application.
    """
    if not settings.is_demonstration:
        raise Refused("custodians_missing")
    return tuple(
        X25519PrivateKey.from_private_bytes(
            HKDF(SHA256(), 32, salt=None, info=f"pb demonstration custodian {n} of {label}".encode()).derive(
                settings.link_key
            )
        )
        for n in range(CUSTODIANS)
    )


def demonstration_custodians(settings: Settings, label: str) -> list[dict[str, Any]]:
    """[{name (words), public_key (hex)}] as a round stores them. Raises Refused("custodians_missing")."""
    return [
        {
            "name": {"ka": f"სადემონსტრაციო მცველი {_LETTERS[n]}", "en": f"Demonstration custodian {n + 1}"},
            "public_key": key.public_key().public_bytes_raw().hex(),
        }
        for n, key in enumerate(demonstration_keys(settings, label))
    ]


def public_keys(custodians: list[dict[str, Any]]) -> tuple[X25519PublicKey, ...]:
    """The keys of a round's stored custodians, in order."""
    return tuple(X25519PublicKey.from_public_bytes(bytes.fromhex(c["public_key"])) for c in custodians)
