"""Receipts and heads of the board, signed by the application, and its mark on links. This file alone uses the
signing key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from flask import current_app

from pb.core.ballots import tracking_code
from pb.core.board import Head
from pb.core.canonical import canonical_json
from pb.voting.links import Link

KIND = "pb-receipt-v1"
PROMISE = "in the published box by the close of the vote"
LINK_KIND = "pb-link-v1"


@dataclass(frozen=True)
class Receipt:
    """What a voter takes home: the round, the commitment (hex) and the signature over both (base64). No
    choices.
    """

    round_label: str
    commitment: str
    signature: str

    @property
    def code(self) -> str:
        """The tracking code, "XXXX-XXXX-XXXX-XXXX-CC"."""
        return tracking_code(bytes.fromhex(self.commitment))


@lru_cache(maxsize=8)
def _private_key(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed)


def _key() -> Ed25519PrivateKey:
    return _private_key(current_app.extensions["pb_settings"].signing_key)


def signed_bytes(round_label: str, commitment: str) -> bytes:
    """Canonical JSON that is signed: kind, round, commitment (hex) and the promise."""
    return canonical_json({"commitment": commitment, "kind": KIND, "promise": PROMISE, "round": round_label})


def sign(round_label: str, commitment: str) -> Receipt:
    """The receipt for a commitment (hex)."""
    signature = _key().sign(signed_bytes(round_label, commitment))
    return Receipt(round_label, commitment, base64.b64encode(signature).decode())


def public_key() -> bytes:
    """32 bytes: the application's public signing key."""
    return _key().public_key().public_bytes_raw()


def is_genuine(receipt: Receipt, key: bytes | None = None) -> bool:
    """Whether the signature is that of ``key`` (32 bytes; the application's own by default)."""
    return _is_signed(signed_bytes(receipt.round_label, receipt.commitment), receipt.signature, key)


def sign_head(head: Head) -> str:
    """The signature of a head of the board, in base64."""
    return base64.b64encode(_key().sign(head.signed_bytes())).decode()


def is_genuine_head(head: Head, signature: str) -> bool:
    """Whether the application signed this head."""
    return _is_signed(head.signed_bytes(), signature, None)


def mark_link(round_label: str, slot: str, commitment: str) -> Link:
    """The link from a slot to the commitment (hex) of its ballot, with the application's mark on both."""
    return Link(commitment, _mark(round_label, slot, commitment))


def is_genuine_link(link: Link, round_label: str, slot: str) -> bool:
    """Whether this application made the link, and for just this slot."""
    return hmac.compare_digest(link.mark, _mark(round_label, slot, link.commitment))


def _mark(round_label: str, slot: str, commitment: str) -> bytes:
    key = _link_key(current_app.extensions["pb_settings"].signing_key)
    marked = (LINK_KIND.encode(), round_label.encode(), slot.encode(), commitment.encode())
    return hmac.digest(key, b"".join(len(part).to_bytes(4) + part for part in marked), hashlib.sha256)


@lru_cache(maxsize=8)
def _link_key(seed: bytes) -> bytes:
    return hmac.digest(seed, LINK_KIND.encode(), hashlib.sha256)


def _is_signed(data: bytes, signature: str, key: bytes | None) -> bool:
    try:
        signed = base64.b64decode(signature, validate=True)
        Ed25519PublicKey.from_public_bytes(key or public_key()).verify(signed, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def receipt_text(receipt: Receipt, board_by: str, head: Head | None, head_signature: str) -> str:
    """The signed receipt as a text file: the signed lines themselves, their signatures, the key.

    ``board_by``: the promised moment (ISO 8601, UTC), for information. ``head``: the board's last when the file
    is made; it is signed by itself and tells nothing of the ballot, which is not on the board yet.
    """
    lines = [
        signed_bytes(receipt.round_label, receipt.commitment).decode(),
        f"signature (Ed25519, base64): {receipt.signature}",
        f"public key (hex): {public_key().hex()}",
        f"tracking code: {receipt.code}",
        f"on the public board by: {board_by}",
    ]
    if head is not None:
        lines += [
            "the head of the public board when this file was made:",
            head.signed_bytes().decode(),
            f"signature (Ed25519, base64): {head_signature}",
        ]
    return "\n".join(lines) + "\n"
