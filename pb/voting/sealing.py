"""Sealing ballots to pairs of custodians (HPKE, RFC 9180) and opening them; this file alone makes
ciphertexts.

A ballot is sealed once for each pair of the three, nested to both: no single custodian can open anything, any
two can open everything, and there is no key of the round that somebody could hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from pb.core.ballots import BALLOT_LENGTH
from pb.core.errors import Invalid

CUSTODIANS = 3
PAIRS: tuple[tuple[int, int], ...] = tuple(combinations(range(CUSTODIANS), 2))

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_LAYER = 32 + 16  # bytes that each layer adds: the encapsulated key and the tag
_SHARE_LENGTH = BALLOT_LENGTH + 2 * _LAYER
SEALED_LENGTH = len(PAIRS) * _SHARE_LENGTH  # bytes, of every sealed ballot


def _info(round_id: str, pair: tuple[int, int], layer: str) -> bytes:
    """Binds a layer to its round and pair, so that a share cannot be passed off as another."""
    return f"pb-seal-v1|{layer}|{pair[0]}{pair[1]}|{round_id}".encode()


def seal_ballot(ballot: bytes, custodians: Sequence[X25519PublicKey], round_id: str) -> bytes:
    """SEALED_LENGTH bytes: the ballot sealed to each pair. ValueError for a ballot of another length."""
    if len(ballot) != BALLOT_LENGTH or len(custodians) != CUSTODIANS:
        raise ValueError("a ballot has one length, and there are three custodians")
    shares = []
    for pair in PAIRS:
        inner = _SUITE.encrypt(ballot, custodians[pair[1]], _info(round_id, pair, "inner"))
        shares.append(_SUITE.encrypt(inner, custodians[pair[0]], _info(round_id, pair, "outer")))
    return b"".join(shares)


def open_ballot(
    sealed: bytes, pair: tuple[int, int], keys: tuple[X25519PrivateKey, X25519PrivateKey], round_id: str
) -> bytes:
    """The ballot, by the pair's two private keys in the pair's order. Raises Invalid("cannot_open")."""
    if len(sealed) != SEALED_LENGTH:
        raise Invalid("cannot_open")
    start = PAIRS.index(pair) * _SHARE_LENGTH
    share = sealed[start : start + _SHARE_LENGTH]
    try:
        inner = _SUITE.decrypt(share, keys[0], _info(round_id, pair, "outer"))
        return _SUITE.decrypt(inner, keys[1], _info(round_id, pair, "inner"))
    except (InvalidTag, ValueError) as error:
        raise Invalid("cannot_open") from error
