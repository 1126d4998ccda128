"""Sealing ballots to three custodians of whom any two can open them; this file alone makes ciphertexts.

A ballot is encrypted under a key of its own. The key is split into three parts that give it back only all
together, and each custodian gets the two parts that do not bear the own number, by HPKE (RFC 9180): the
replicated sharing of Ito, Saito and Nishizeki (1987). One custodian lacks a part and learns nothing, any two
have all, and there is no key of the round that somebody could hold. Why so: docs/adr/0005.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
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
_KEY = 32  # bytes, of a ballot's key and of each of its parts
_TAG = 16
_BODY = BALLOT_LENGTH + _TAG
_SHARE = 32 + 2 * _KEY + _TAG  # the encapsulated key, two parts, the tag
SEALED_LENGTH = _BODY + CUSTODIANS * _SHARE  # bytes, of every sealed ballot
# A key is used for one ballot only, so that a constant nonce is never used twice with it.
_NONCE = bytes(12)
#: Of which custodian's number is each part that a custodian holds, in this order.
_HELD = tuple(tuple(part for part in range(CUSTODIANS) if part != one) for one in range(CUSTODIANS))


def _bound_to(round_label: str, what: str) -> bytes:
    """Binds a ciphertext to its round and place, so that none can be passed off as another."""
    return f"pb-seal-v2|{what}|{round_label}".encode()


def _xor(parts: Sequence[bytes]) -> bytes:
    total = 0
    for part in parts:
        total ^= int.from_bytes(part)
    return total.to_bytes(_KEY)


def seal_ballot(ballot: bytes, custodians: Sequence[X25519PublicKey], round_label: str) -> bytes:
    """SEALED_LENGTH bytes: the ballot, and its key for any two. ValueError for a ballot of another length."""
    if len(ballot) != BALLOT_LENGTH or len(custodians) != CUSTODIANS:
        raise ValueError("a ballot has one length, and there are three custodians")
    parts = [os.urandom(_KEY) for _ in range(CUSTODIANS)]
    body = ChaCha20Poly1305(_xor(parts)).encrypt(_NONCE, ballot, _bound_to(round_label, "ballot"))
    shares = [
        _SUITE.encrypt(parts[held[0]] + parts[held[1]], custodians[one], _bound_to(round_label, f"key {one}"))
        for one, held in enumerate(_HELD)
    ]
    return b"".join((body, *shares))


def open_share(sealed: bytes, custodian: int, key: X25519PrivateKey, round_label: str) -> dict[int, bytes]:
    """What one custodian alone gets out of a sealed ballot: two of the three parts of its key, by number.

    Raises Invalid("cannot_open").
    """
    if len(sealed) != SEALED_LENGTH:
        raise Invalid("cannot_open")
    start = _BODY + custodian * _SHARE
    try:
        opened = _SUITE.decrypt(
            sealed[start : start + _SHARE], key, _bound_to(round_label, f"key {custodian}")
        )
    except (InvalidTag, ValueError) as error:
        raise Invalid("cannot_open") from error
    if len(opened) != 2 * _KEY:
        raise Invalid("cannot_open")
    return dict(zip(_HELD[custodian], (opened[:_KEY], opened[_KEY:]), strict=True))


def open_ballot(
    sealed: bytes, pair: tuple[int, int], keys: tuple[X25519PrivateKey, X25519PrivateKey], round_label: str
) -> bytes:
    """The ballot, by the private keys of two custodians. Raises Invalid("cannot_open")."""
    one, other = (open_share(sealed, who, key, round_label) for who, key in zip(pair, keys, strict=True))
    # Both hold the third one's part; a seal that tells them different things was not made by seal_ballot.
    if any(one[part] != other[part] for part in one.keys() & other.keys()):
        raise Invalid("cannot_open")
    try:
        return ChaCha20Poly1305(_xor([*(one | other).values()])).decrypt(
            _NONCE, sealed[:_BODY], _bound_to(round_label, "ballot")
        )
    except InvalidTag as error:
        raise Invalid("cannot_open") from error
