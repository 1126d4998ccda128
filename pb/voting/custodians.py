"""Who holds the keys of the box: three appointed persons with keys of their own; in a demonstration, where nobody
is appointed, pairs that this file makes. It alone makes key pairs for anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import select

from pb.config import Settings
from pb.core.errors import Refused
from pb.db import db
from pb.voting.models_ceremony import Custodian
from pb.voting.sealing import CUSTODIANS

_LETTERS = ("ა", "ბ", "გ")


def custodian_of(cycle_id: int, number: int) -> Custodian | None:
    """The appointed custodian 1, 2 or 3."""
    return db.session.get(Custodian, (cycle_id, number), populate_existing=True)


def custodians_of(cycle_id: int) -> list[Custodian]:
    """The appointed ones, by number."""
    return list(
        db.session.scalars(select(Custodian).where(Custodian.cycle_id == cycle_id).order_by(Custodian.number))
    )


def lacking(settings: Settings, appointed: Sequence[Custodian]) -> str:
    """Why a round cannot be prepared for want of custodians: "custodians_few", "keys_missing", or "" when it can.

    A demonstration in which nobody is appointed makes its keys by itself.
    """
    if settings.is_demonstration and not appointed:
        return ""
    if len(appointed) < CUSTODIANS:
        return "custodians_few"
    return "" if all(one.confirmed_at is not None for one in appointed) else "keys_missing"


def frozen_custodians(settings: Settings, cycle_id: int, label: str) -> list[dict[str, Any]]:
    """[{name (words), public_key (hex)}] as a round stores them. Raises Refused("custodians_few" |
    "keys_missing").
    """
    appointed = custodians_of(cycle_id)
    why = lacking(settings, appointed)
    if why:
        raise Refused(why)
    if not appointed:
        return demonstration_custodians(settings, label)
    return [
        {"name": dict.fromkeys(("ka", "en"), f"{one.name}, {one.office}"), "public_key": one.public_key}
        for one in appointed
    ]


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


def keys_by_ourselves(
    settings: Settings, label: str, custodians: list[dict[str, Any]]
) -> tuple[X25519PrivateKey, ...]:
    """The private keys, where a demonstration made them; Refused("custodians_missing") where people have them."""
    keys = demonstration_keys(settings, label)
    if [one["public_key"] for one in custodians] != [k.public_key().public_bytes_raw().hex() for k in keys]:
        raise Refused("custodians_missing")
    return keys


def demonstration_custodians(settings: Settings, label: str) -> list[dict[str, Any]]:
    """[{name (words), public_key (hex)}] of the keys made here. Raises Refused("custodians_missing")."""
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
