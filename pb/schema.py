"""What the schema has beside tables: triggers that forbid, and text indexes. Declared here, made by migrations."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import DDL, event

from pb.db import metadata


@dataclass(frozen=True)
class Extra:
    """One declared object: its name, and how each database makes it."""

    name: str
    table: str
    sqlite: str
    postgresql: str
    forbids: str = ""  # the operation, such as "UPDATE", where it is forbidden on every row of the table


EXTRAS: dict[str, Extra] = {}

PG_FUNCTION = """
CREATE OR REPLACE FUNCTION pb_forbid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'forbidden: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$
""".strip()


def forbid(table: str, *operations: str, when: str = "") -> None:
    """Declare that ``operations`` ("UPDATE", "UPDATE OF a, b", "DELETE") on ``table`` raise an error.

    ``when`` is an SQL condition on OLD and NEW, good for both databases; without it every row is protected.
    PostgreSQL gets a TRUNCATE trigger beside each DELETE trigger.
    """
    for operation in operations:
        verb = operation.split()[0].lower()
        name = f"forbid_{verb}_{table}"
        condition = f"WHEN ({when}) " if when else ""
        sqlite = (
            f"CREATE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH ROW {condition}"
            f"BEGIN SELECT RAISE(ABORT, 'forbidden: {verb} on {table}'); END"
        )
        postgresql = (
            f"CREATE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH ROW {condition}"
            f"EXECUTE FUNCTION pb_forbid()"
        )
        _declare(Extra(name, table, sqlite, postgresql, "" if when else operation))
        if verb == "delete" and not when:
            truncate = f"forbid_truncate_{table}"
            _declare(
                Extra(
                    truncate,
                    table,
                    "",
                    f"CREATE TRIGGER {truncate} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
                    f"EXECUTE FUNCTION pb_forbid()",
                    "TRUNCATE",
                )
            )


def append_only(table: str) -> None:
    """Declare that rows of ``table`` are never changed nor removed."""
    forbid(table, "UPDATE", "DELETE")


def rights_on(table: str) -> tuple[str, ...]:
    """What the role that runs the site needs on ``table``, and all that it should have.

    UPDATE and DELETE only where no trigger forbids them on every row; TRUNCATE nowhere.
    """
    forbidden = {extra.forbids for extra in EXTRAS.values() if extra.table == table}
    return tuple(right for right in ("SELECT", "INSERT", "UPDATE", "DELETE") if right not in forbidden)


def text_index(table: str, column: str) -> None:
    """Declare a trigram index for substring search on ``table.column`` (PostgreSQL; SQLite scans a small table)."""
    name = f"ix_{table}_{column}_trgm"
    _declare(Extra(name, table, "", f"CREATE INDEX {name} ON {table} USING gin ({column} gin_trgm_ops)"))


def _declare(extra: Extra) -> None:
    EXTRAS[extra.name] = extra


@event.listens_for(metadata, "before_create")
def _before_create(_metadata: object, connection, **_kw: object) -> None:  # type: ignore[no-untyped-def]
    if connection.dialect.name == "postgresql":
        connection.execute(DDL("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
        connection.execute(DDL(PG_FUNCTION.replace("%", "%%")))


@event.listens_for(metadata, "after_create")
def _after_create(_metadata: object, connection, **_kw: object) -> None:  # type: ignore[no-untyped-def]
    for extra in EXTRAS.values():
        statement = extra.sqlite if connection.dialect.name == "sqlite" else extra.postgresql
        if statement:
            connection.execute(DDL(statement.replace("%", "%%")))
