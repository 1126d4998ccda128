"""Writing the voters of a roll, a batch at a time, by the driver's own bulk way: a million rows are many statements.

As in pb.rows, SQLAlchemy's way of a row costs more than the row. Rows stream through; none are kept in memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pb.db import db, in_command, is_sqlite

#: (hashed personal number, unit id, sealed phone, hashed phone, whether 85 or older)
Stored = tuple[str, int, bytes | None, str | None, bool]
_COLUMNS = ("roll_id", "person_hash", "unit_id", "phone_sealed", "phone_hash", "very_old")
# Two indexes are in the order of hashes, so that each batch of a large roll touches most of their pages: what is
# written at its end shall have been found in memory.
_CACHE_KB = 64_000


def store_entries(roll_id: int, rows: Iterable[Stored]) -> None:
    """Insert roll entries within a command. Raises IntegrityError's cause of the driver for a person twice."""
    if not in_command():
        raise RuntimeError("rows are written in a command")
    raw: Any = db.session.connection().connection
    cursor = raw.cursor()
    try:
        if is_sqlite():
            cursor.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
            marks = ", ".join("?" * len(_COLUMNS))
            statement = f"INSERT INTO roll_entry ({', '.join(_COLUMNS)}) VALUES ({marks})"
            cursor.executemany(statement, ((roll_id, *row) for row in rows))
            cursor.execute("PRAGMA cache_size = -2000")  # SQLite's own; the connection goes back to its pool
            return
        with cursor.copy(f"COPY roll_entry ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row((roll_id, *row))
    finally:
        cursor.close()
