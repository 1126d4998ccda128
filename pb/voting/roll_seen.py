"""Which people and phones a reading has met, and the rows that it keeps, in a private temporary file of SQLite: memory
stays flat at any size.

It holds keyed hashes and sealed phones alone, belongs to this reading, has no name on the disk, and is gone with it.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from types import TracebackType

_CACHE_KB = 64_000  # both trees of a million voters take some 90 MB, and are met at random
_KEPT = 1000  # rows that wait to be written together
Row = tuple[str, int, bytes | None, str | None, bool]  # person, unit id, sealed phone, phone's hash, very old


class SeenPeople:
    """Use as a context manager."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)  # "": temporary, private, removed when closed
        self._db.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("CREATE TABLE person (hash BLOB PRIMARY KEY, unit INTEGER) WITHOUT ROWID")
        self._db.execute("CREATE TABLE phone (hash BLOB PRIMARY KEY, people INTEGER) WITHOUT ROWID")
        self._db.execute(
            "CREATE TABLE kept "
            "(place INTEGER PRIMARY KEY, person TEXT, unit INTEGER, sealed BLOB, phone TEXT, old INTEGER)"
        )
        self._db.execute("BEGIN")
        self._waiting: list[Row] = []

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

    def keep(self, row: Row) -> None:
        """Keep a row to be stored, in the order of the file."""
        self._waiting.append(row)
        if len(self._waiting) == _KEPT:
            self._write()

    def _write(self) -> None:
        self._db.executemany(
            "INSERT INTO kept (person, unit, sealed, phone, old) VALUES (?, ?, ?, ?, ?)", self._waiting
        )
        self._waiting.clear()

    def kept(self, after: int, number: int) -> Iterator[Row]:
        """At most ``number`` kept rows, after the first ``after`` of them."""
        self._write()
        rows = self._db.execute(
            "SELECT person, unit, sealed, phone, old FROM kept WHERE place > ? AND place <= ? ORDER BY place",
            (after, after + number),
        )
        for person, unit_id, sealed, phone, old in rows:
            yield person, unit_id, sealed, phone, bool(old)

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
