"""Which people and phones a reading has met, in a private temporary file of SQLite: memory stays flat at any size.

It holds keyed hashes alone, belongs to this reading, has no name on the disk, and is gone with it.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping
from types import TracebackType

_CACHE_KB = 16_000


class SeenPeople:
    """Use as a context manager."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)  # "": temporary, private, removed when closed
        self._db.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("CREATE TABLE person (hash BLOB PRIMARY KEY, unit INTEGER) WITHOUT ROWID")
        self._db.execute("CREATE TABLE phone (hash BLOB PRIMARY KEY, people INTEGER) WITHOUT ROWID")
        self._db.execute("BEGIN")

    def __enter__(self) -> SeenPeople:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def add(self, person: str, unit_id: int) -> bool:
        """Note a person; False when the same was met before."""
        added = self._db.execute(
            "INSERT INTO person VALUES (?, ?) ON CONFLICT DO NOTHING", (bytes.fromhex(person), unit_id)
        )
        return added.rowcount == 1

    def share(self, phone: str) -> int:
        """Note that a person has this phone; gives how many now share it."""
        found = self._db.execute(
            "INSERT INTO phone VALUES (?, 1) ON CONFLICT DO UPDATE SET people = people + 1 RETURNING people",
            (bytes.fromhex(phone),),
        ).fetchone()
        return int(found[0])

    def unit_sizes(self, slugs: Mapping[int, str]) -> dict[str, int]:
        """People by unit slug; every unit is named."""
        found = dict(self._db.execute("SELECT unit, count(*) FROM person GROUP BY unit"))
        return {slug: found.get(unit_id, 0) for unit_id, slug in slugs.items()}

    def fingerprint(self, slugs: Mapping[int, str]) -> str:
        """SHA-256 over the lines "hash unit", sorted by hash."""
        digest = hashlib.sha256()
        for person, unit_id in self._db.execute("SELECT hash, unit FROM person ORDER BY hash"):
            digest.update(fingerprint_line(person.hex(), slugs[unit_id]))
        return digest.hexdigest()


def fingerprint_line(person: str, unit_slug: str) -> bytes:
    """One voter in the fingerprint of a roll."""
    return f"{person} {unit_slug}\n".encode()
