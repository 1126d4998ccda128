"""Sealing to three custodians of whom any two can open and no one alone; this file alone makes ciphertexts.

What is sealed is encrypted under a key of its own. The key is split into three parts that give it back only all
together, and each custodian gets the two parts that do not bear the own number, by HPKE (RFC 9180): the
replicated sharing of Ito, Saito and Nishizeki (1987). One custodian lacks a part and learns nothing, any two
have all, and there is no key of the round that somebody could hold. Why so: docs/adr/0005.

Two things are sealed, under different domains, so that none can be passed off as the other: a ballot, and the
link that says which ballot a slot cast (pb.voting.links).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from pb.core.ballots import BALLOT_LENGTH
from pb.core.errors import Invalid

CUSTODIANS = 3
PAIRS: tuple[tuple[int, int], ...] = tuple(combinations(range(CUSTODIANS), 2))

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_KEY = 32  # bytes, of a key and of each of its parts
_TAG = 16
_SHARE = 32 + 2 * _KEY + _TAG  # the encapsulated key, two parts, the tag
# A key is used for one thing only, so that a constant nonce is never used twice with it.
_NONCE = bytes(12)
#: Of which custodian's number is each part that a custodian holds, in this order.
_HELD = tuple(tuple(part for part in range(CUSTODIANS) if part != one) for one in range(CUSTODIANS))


@dataclass(frozen=True)
class Kind:
    """What is sealed: its domain, its name, and the one length in bytes that it has."""

    domain: str
    name: str
    length: int

    @property
    def sealed_length(self) -> int:
        """Bytes of everything that is sealed of this kind."""
        return self.length + _TAG + CUSTODIANS * _SHARE

    def bound_to(self, round_label: str, what: str) -> bytes:
        """Binds a ciphertext to its kind, round and place, so that none can be passed off as another."""
        return f"{self.domain}|{what}|{round_label}".encode()


BALLOT = Kind("pb-seal-v2", "ballot", BALLOT_LENGTH)
LINK = Kind("pb-link-v1", "link", 64)
SEALED_LENGTH = BALLOT.sealed_length  # bytes, of every sealed ballot
LINK_LENGTH = LINK.sealed_length  # bytes, of every sealed link


def _xor(parts: Sequence[bytes]) -> bytes:
    total = 0
    for part in parts:
        total ^= int.from_bytes(part)
    return total.to_bytes(_KEY)


def seal(kind: Kind, content: bytes, custodians: Sequence[X25519PublicKey], round_label: str) -> bytes:
    """``kind.sealed_length`` bytes: the content, and its key for any two. ValueError for another length."""
    if len(content) != kind.length or len(custodians) != CUSTODIANS:
        raise ValueError(f"a {kind.name} has one length, and there are three custodians")
    parts = [os.urandom(_KEY) for _ in range(CUSTODIANS)]
    body = ChaCha20Poly1305(_xor(parts)).encrypt(_NONCE, content, kind.bound_to(round_label, kind.name))
    shares = [
        _SUITE.encrypt(
            parts[held[0]] + parts[held[1]], custodians[one], kind.bound_to(round_label, f"key {one}")
        )
        for one, held in enumerate(_HELD)
    ]
    return b"".join((body, *shares))


def seal_ballot(ballot: bytes, custodians: Sequence[X25519PublicKey], round_label: str) -> bytes:
    """SEALED_LENGTH bytes: see ``seal``."""
    return seal(BALLOT, ballot, custodians, round_label)


def open_share(
    sealed: bytes, custodian: int, key: X25519PrivateKey, round_label: str, kind: Kind = BALLOT
) -> dict[int, bytes]:
    """What one custodian alone gets out of what is sealed: two of the three parts of its key, by number.

    Raises Invalid("cannot_open").
    """
    if len(sealed) != kind.sealed_length:
        raise Invalid("cannot_open")
    start = kind.length + _TAG + custodian * _SHARE
    try:
        opened = _SUITE.decrypt(
            sealed[start : start + _SHARE], key, kind.bound_to(round_label, f"key {custodian}")
        )
    except (InvalidTag, ValueError) as error:
        raise Invalid("cannot_open") from error
    if len(opened) != 2 * _KEY:
        raise Invalid("cannot_open")
    return dict(zip(_HELD[custodian], (opened[:_KEY], opened[_KEY:]), strict=True))


def open_sealed(
    kind: Kind,
    sealed: bytes,
    pair: tuple[int, int],
    keys: tuple[X25519PrivateKey, X25519PrivateKey],
    round_label: str,
) -> bytes:
    """The content, by the private keys of two custodians. Raises Invalid("cannot_open")."""
    one, other = (
        open_share(sealed, who, key, round_label, kind) for who, key in zip(pair, keys, strict=True)
    )
    return join_parts(kind, sealed, one, other, round_label)


def join_parts(
    kind: Kind, sealed: bytes, one: Mapping[int, bytes], other: Mapping[int, bytes], round_label: str
) -> bytes:
    """The content, by what ``open_share`` gave to two custodians. Raises Invalid("cannot_open")."""
    # Both hold the third one's part; a seal that tells them different things was not made by seal.
    if len(sealed) != kind.sealed_length or any(
        one[part] != other[part] for part in one.keys() & other.keys()
    ):
        raise Invalid("cannot_open")
    parts = {**one, **other}
    if parts.keys() != set(range(CUSTODIANS)) or any(len(part) != _KEY for part in parts.values()):
        raise Invalid("cannot_open")
    try:
        return ChaCha20Poly1305(_xor([*parts.values()])).decrypt(
            _NONCE, sealed[: kind.length + _TAG], kind.bound_to(round_label, kind.name)
        )
    except InvalidTag as error:
        raise Invalid("cannot_open") from error


def open_ballot(
    sealed: bytes, pair: tuple[int, int], keys: tuple[X25519PrivateKey, X25519PrivateKey], round_label: str
) -> bytes:
    """The ballot: see ``open_sealed``."""
    return open_sealed(BALLOT, sealed, pair, keys, round_label)
