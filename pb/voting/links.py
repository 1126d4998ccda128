"""Links from a slot to the ballot that it cast, sealed to custodian pairs like a ballot.

A link is there for one purpose: to take a ballot out again that was cast by fraud, after the close and before the
opening. Two custodians open it for that void alone; all links are destroyed before any ballot is opened. A stored
link shares no byte with the row of its ballot.

The application's mark inside holds slot and commitment together: the custodians' public keys are known to all, so
whoever can write into the database could otherwise put a link of the own making in the place of another, and have
an honest ballot taken out. The mark is made with the signing key, which stands outside the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from pb.voting.sealing import LINK, open_sealed, seal

_COMMITMENT = 32  # bytes


@dataclass(frozen=True)
class Link:
    """What a sealed link holds: the commitment (hex) of the slot's ballot, and the application's mark on both.

    Made by ``receipts.mark_link``; whether it is genuine for a slot says ``receipts.is_genuine_link``.
    """

    commitment: str
    mark: bytes  # 32 bytes


def seal_link(link: Link, custodians: Sequence[X25519PublicKey], round_label: str) -> bytes:
    """LINK_LENGTH bytes, never the same twice. ValueError for a link of another length."""
    return seal(LINK, bytes.fromhex(link.commitment) + link.mark, custodians, round_label)


def open_link(
    sealed: bytes, pair: tuple[int, int], keys: tuple[X25519PrivateKey, X25519PrivateKey], round_label: str
) -> Link:
    """The link, by the private keys of two custodians. Raises Invalid("cannot_open")."""
    content = open_sealed(LINK, sealed, pair, keys, round_label)
    return Link(content[:_COMMITMENT].hex(), content[_COMMITMENT:])
