"""PostgreSQL databases for tests: made from a template, and emptied for the next test where that is enough.

Making and dropping a database waits for the disk many times; emptying one does not.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

# Whatever a test may have changed beside rows: tables, columns, triggers, rights. Another one is a new database.
SCHEMA = """
    SELECT (SELECT md5(string_agg(concat_ws(' ', relname, relkind, relacl, relowner), ',' ORDER BY oid))
            FROM pg_class WHERE relnamespace = 'public'::regnamespace),
           (SELECT md5(string_agg(concat_ws(' ', attrelid, attname, atttypid, attnotnull), ','
                   ORDER BY attrelid, attnum))
            FROM pg_attribute WHERE attrelid IN
                (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)),
           (SELECT md5(string_agg(concat_ws(' ', tgname, tgrelid, tgenabled), ',' ORDER BY oid)) FROM pg_trigger),
           (SELECT md5(string_agg(concat_ws(' ', conname, conrelid), ',' ORDER BY oid)) FROM pg_constraint),
           (SELECT md5(string_agg(prosrc, ',' ORDER BY oid)) FROM pg_proc
            WHERE pronamespace = 'public'::regnamespace)
"""


@contextmanager
def made_database(server: str, template: str = "template0", durable: bool = False) -> Iterator[str]:
    """The URL of a PostgreSQL database of its own, dropped afterwards. ``durable``: commits wait for the disk."""
    name = f"pb_test_{uuid.uuid4().hex[:12]}"
    locale = " ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'" if template == "template0" else ""
    admin = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}{locale}"))
        if not durable:  # most tests survive a power cut by being run again
            connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit TO off"))
    try:
        yield server.rsplit("/", 1)[0] + "/" + name
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


class Reused:
    """One database after the other, most often the same one, with the rows of the template and no others."""

    def __init__(self, server: str, template: str) -> None:
        self._server, self._template = server, template
        self._open = ExitStack()
        self._free: list[Kept] = []

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a database as the template is. A test may do to it what it likes."""
        kept = self._free.pop() if self._free else self._make()
        yield kept.url
        if kept.restore():
            self._free.append(kept)

    def _make(self) -> Kept:
        return Kept(self._open.enter_context(made_database(self._server, self._template)))

    def close(self) -> None:
        self._open.close()


class Kept:
    """A database, and what stood in it when it was new."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine = create_engine(url, poolclass=NullPool)
        with self._engine.begin() as connection:
            self._schema = tuple(connection.execute(text(SCHEMA)).one())
            self._tables = list(
                connection.execute(
                    text("SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' "
                         "AND relnamespace = 'public'::regnamespace ORDER BY relname")
                ).scalars()
            )  # fmt: skip
            self._rows = {table: rows(connection, table) for table in self._filled(connection)}

    def restore(self) -> bool:
        """Empty it for the next test; False where that cannot be done: it is changed, or still in use."""
        try:
            with self._engine.begin() as connection:
                connection.execute(text("SET LOCAL lock_timeout = '2s'"))
                if tuple(connection.execute(text(SCHEMA)).one()) != self._schema:
                    return False
                # Superusers may: no trigger forbids the deleting, no foreign key asks for an order.
                connection.execute(text("SET LOCAL session_replication_role = replica"))
                for table in self._filled(connection):
                    if rows(connection, table) != self._rows.get(table):
                        connection.execute(text(f"DELETE FROM {table}"))
                        insert(connection, table, self._rows.get(table, []))
                connection.execute(
                    text("SELECT setval(format('%I', sequencename)::regclass, start_value, false) "
                         "FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL")
                )  # fmt: skip
                missing = self._rows.keys() - set(self._filled(connection))
                for table in missing:
                    insert(connection, table, self._rows[table])
        except DBAPIError:
            return False
        return True

    def _filled(self, connection: Connection) -> Sequence[str]:
        """The tables that hold anything."""
        each = " UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in self._tables
        )
        return connection.execute(text(each)).scalars().all()


def rows(connection: Connection, table: str) -> list[Mapping[str, Any]]:
    """Of a small table: all rows, as text, in a total order."""
    found = connection.execute(text(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY 1 LIMIT 100"))
    return list(found.scalars())


def insert(connection: Connection, table: str, content: Sequence[Any]) -> None:
    for row in content:
        connection.execute(
            text(
                f"INSERT INTO {table} SELECT * FROM jsonb_populate_record(NULL::{table}, CAST(:row AS jsonb))"
            ),
            {"row": row},
        )
