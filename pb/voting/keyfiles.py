"""A custodian's key outside the application: the locked file, the paper copy, the public half that is handed in.

Knows neither Flask nor the database: it runs on a machine that is connected to nothing. The file is locked by
scrypt (RFC 7914) and ChaCha20-Poly1305; the paper copy is not locked and belongs into a sealed envelope.
"""

from __future__ import annotations

import hashlib
import json
import os
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from pb.core.ballots import ALPHABET, tracking_code
from pb.core.errors import Invalid

KEY_FORMAT = "pb-custodian-key-v1"
PUBLIC_FORMAT = "pb-custodian-public-v1"
SHORTEST_PASSPHRASE = 12  # characters
SCRYPT_COST = 2**17  # with r = 8: 128 MiB, half a second; guessing a passphrase costs that each time
LARGEST_COST = 2**20  # a file that asks for more is not one of ours
ROWS = 4  # of the paper copy, 8 bytes each
_CHECK_PRIME = 1021  # the largest under 32 * 32, as in tracking codes
_SIGNS = 13  # base 32 signs of 8 bytes
_VALUES = {sign: value for value, sign in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}


def fingerprint(public: bytes) -> str:
    """The public key as people compare it: "XXXX-XXXX-XXXX-XXXX-CC", 80 bits of its SHA-256 and a check."""
    return tracking_code(hashlib.sha256(PUBLIC_FORMAT.encode() + public).digest())


def public_of(key: X25519PrivateKey) -> bytes:
    """The 32 bytes of the public half."""
    return key.public_key().public_bytes_raw()


def public_text(public: bytes) -> str:
    """The public half as a line to hand in: format, key (hex), fingerprint."""
    return f"{PUBLIC_FORMAT} {public.hex()} {fingerprint(public)}\n"


def read_public(text: str) -> bytes:
    """The key of such a line, or of 64 hexadecimal digits alone. Raises Invalid("bad_public_key") on ``key``.

    Keys of small order, under which nothing would be sealed, are refused.
    """
    words = text.split()
    if len(words) == 3 and words[0] == PUBLIC_FORMAT:
        words, said = [words[1]], words[2]
    else:
        said = ""
    if len(words) != 1 or not re.fullmatch("[0-9a-fA-F]{64}", words[0]):
        raise Invalid("bad_public_key", field="key")
    public = bytes.fromhex(words[0])
    if said and said != fingerprint(public):
        raise Invalid("bad_public_key", field="key")
    try:
        X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError as error:
        raise Invalid("bad_public_key", field="key") from error
    return public


def new_key() -> X25519PrivateKey:
    """A fresh key of this machine's randomness."""
    return X25519PrivateKey.generate()


def check_passphrase(passphrase: str) -> None:
    """Raises Invalid("passphrase_too_short")."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise Invalid("passphrase_too_short", expected=f"{SHORTEST_PASSPHRASE} characters or more")


def lock(key: X25519PrivateKey, passphrase: str, cost: int = SCRYPT_COST) -> str:
    """The text of a key file. Raises Invalid("passphrase_too_short")."""
    check_passphrase(passphrase)
    salt, nonce, public = os.urandom(16), os.urandom(12), public_of(key).hex()
    head = {"cost": cost, "format": KEY_FORMAT, "public_key": public, "salt": salt.hex()}
    sealed = ChaCha20Poly1305(_stretched(passphrase, salt, cost)).encrypt(
        nonce, key.private_bytes_raw(), json.dumps(head, sort_keys=True).encode()
    )
    return json.dumps({**head, "nonce": nonce.hex(), "sealed": sealed.hex()}, indent=1) + "\n"


def unlock(text: str, passphrase: str) -> X25519PrivateKey:
    """The key of a key file. Raises Invalid("bad_key_file" | "wrong_passphrase")."""
    try:
        found = json.loads(text)
        head = {name: found[name] for name in ("cost", "format", "public_key", "salt")}
        salt, nonce, sealed = (bytes.fromhex(found[name]) for name in ("salt", "nonce", "sealed"))
        cost = head["cost"]
        right = head["format"] == KEY_FORMAT and isinstance(cost, int) and 2 <= cost <= LARGEST_COST
        if not right or cost & (cost - 1) or len(nonce) != 12:
            raise ValueError("not a key file")
    except (ValueError, KeyError, TypeError) as error:
        raise Invalid("bad_key_file") from error
    try:
        raw = ChaCha20Poly1305(_stretched(passphrase, salt, cost)).decrypt(
            nonce, sealed, json.dumps(head, sort_keys=True).encode()
        )
    except InvalidTag as error:
        raise Invalid("wrong_passphrase") from error
    key = X25519PrivateKey.from_private_bytes(raw)
    if public_of(key).hex() != head["public_key"]:
        raise Invalid("bad_key_file")
    return key


def _stretched(passphrase: str, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=cost, r=8, p=1).derive(passphrase.encode())


def paper_rows(key: X25519PrivateKey) -> list[str]:
    """The private key as four rows to print: three groups of five signs each, the last two of which are a check.

    A row's check covers its number too: rows in another order are noticed, as is one wrong sign or two swapped.
    """
    raw = key.private_bytes_raw()
    return [_row(number, int.from_bytes(raw[number * 8 : number * 8 + 8])) for number in range(ROWS)]


def _row(number: int, value: int) -> str:
    check = -(value + number * 2**64) * 1024 % _CHECK_PRIME
    signs = _base32(value, _SIGNS) + _base32(check, 2)
    return "-".join(signs[start : start + 5] for start in range(0, len(signs), 5))


def _base32(value: int, length: int) -> str:
    return "".join(ALPHABET[value >> 5 * place & 31] for place in reversed(range(length)))


def from_rows(rows: list[str]) -> X25519PrivateKey:
    """The key of four rows as somebody typed them. Raises Invalid("bad_paper_row") naming the ``row`` (from 1)."""
    if len(rows) != ROWS:
        raise Invalid("bad_paper_row", found=f"{len(rows)} rows", expected=f"{ROWS} rows")
    return X25519PrivateKey.from_private_bytes(
        b"".join(read_row(number, text).to_bytes(8) for number, text in enumerate(rows))
    )


def read_row(number: int, text: str) -> int:
    """The value of a row (from 0), so that each can be checked as it is typed. Raises as ``from_rows``."""
    # Latin letters alone are mapped up: Georgian ones are refused below.
    signs = "".join(s.upper() if s.isascii() else s for s in re.sub(r"[\s\-\u2010-\u2015]", "", text))
    if len(signs) != _SIGNS + 2 or any(sign not in _VALUES for sign in signs):
        raise Invalid("bad_paper_row", row=number + 1, found=f"{len(signs)} signs", expected="15 signs")
    value = 0
    for sign in signs[:_SIGNS]:
        value = value * 32 + _VALUES[sign]
    check = _VALUES[signs[-2]] * 32 + _VALUES[signs[-1]]
    if value >= 2**64 or check != -(value + number * 2**64) * 1024 % _CHECK_PRIME:
        raise Invalid("bad_paper_row", row=number + 1)
    return value
