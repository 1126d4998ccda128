"""The link key of a round: the one secret that tells whose a slot is. This file alone makes, reads and destroys it.

It is made of two halves: PB_LINK_KEY of the environment, and 32 random bytes in a file of the round's own in
PB_KEYS_DIR. The second half is what can be destroyed: it stands in no database, no backup of one, and no
environment. It is read anew each time, so that no process goes on remembering it. Why so: docs/adr/0015.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from flask import current_app

from pb.config import Settings
from pb.core.errors import Closed, Refused
from pb.voting.models import VotingRound

_HALF = 32  # bytes


def _settings() -> Settings:
    settings: Settings = current_app.extensions["pb_settings"]
    return settings


def _file(name: str) -> Path:
    folder = _settings().keys_dir
    if folder is None:
        raise Refused("keys_dir_missing")
    return folder / f"{name}.link-key"


def make() -> str:
    """Make the half of a new round, readable by the service alone; gives the name of its file.

    Raises Refused("keys_dir_missing" | "keys_dir_unusable"). Where the transaction that keeps the name fails, a
    file is left that belongs to nothing.
    """
    name = secrets.token_hex(8)
    path = _file(name)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(_HALF))
            file.flush()
            os.fsync(file.fileno())
        _sync(path.parent)
    except OSError as error:
        raise Refused("keys_dir_unusable", problem=str(error.strerror)) from error
    return name


def read(row: VotingRound) -> bytes:
    """The round's link key. Raises Closed("link_key_destroyed"), Refused("link_key_missing")."""
    if row.destroyed_at is not None:
        raise Closed("link_key_destroyed")
    try:
        half = _file(row.link_key_name or "none").read_bytes()
    except FileNotFoundError as error:
        raise Refused("link_key_missing") from error
    if len(half) != _HALF:
        raise Refused("link_key_missing")
    return hmac.new(_settings().link_key, b"pb-link-key-v1" + half, hashlib.sha256).digest()


def is_there(row: VotingRound) -> bool:
    """Whether the round's half still exists in PB_KEYS_DIR."""
    return row.link_key_name is not None and _file(row.link_key_name).exists()


def erase(row: VotingRound) -> bool:
    """Overwrite and remove the half of a round that was destroyed; gives whether there was one. May run again."""
    if row.destroyed_at is None:
        raise RuntimeError("the link key goes after the round says so, never before")
    if not is_there(row):
        return False
    path = _file(row.link_key_name or "")
    with path.open("r+b") as file:
        file.write(secrets.token_bytes(_HALF))
        file.flush()
        os.fsync(file.fileno())
    path.unlink(missing_ok=True)
    _sync(path.parent)
    return True


def _sync(folder: Path) -> None:
    """Make what was done in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
