"""What a database role may do, against what the site needs: a part of `check`."""

from __future__ import annotations

from sqlalchemy import text

from pb.db import db, is_sqlite, metadata
from pb.schema import EXTRAS, rights_on

RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")


def protected_tables() -> list[str]:
    """Tables of which no row may ever be changed nor removed."""
    return sorted(
        table for table in {e.table for e in EXTRAS.values()} if rights_on(table) == ("SELECT", "INSERT")
    )


def rights_that_differ() -> tuple[list[str], list[str], list[str]]:
    """Tables that the role owns; rights that it has and should not have; rights that it lacks."""
    query = text(
        "SELECT c.relname, pg_has_role(c.relowner, 'USAGE'), has_table_privilege(c.oid, 'SELECT'),"
        " has_table_privilege(c.oid, 'INSERT'), has_table_privilege(c.oid, 'UPDATE'),"
        " has_table_privilege(c.oid, 'DELETE'), has_table_privilege(c.oid, 'TRUNCATE')"
        " FROM pg_class c WHERE c.relname = ANY(CAST(:tables AS text[])) AND c.relkind = 'r'"
        " AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname"
    )
    owned, beyond, lacking = [], [], []
    for table, owns, *may in db.session.execute(query, {"tables": list(metadata.tables)}):
        if owns:
            owned.append(table)
        for right, has in zip(RIGHTS, may, strict=True):
            if has and right not in rights_on(table):
                beyond.append(f"{right} {table}")
            if not has and right in rights_on(table):
                lacking.append(f"{right} {table}")
    return owned, beyond, lacking


def some(names: list[str], most: int = 6) -> str:
    """The first few names, and how many more there are."""
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


def missing_triggers() -> list[str]:
    """Declared triggers that the database lacks, or that somebody switched off."""
    declared = {
        extra.name
        for extra in EXTRAS.values()
        if extra.name.startswith("forbid_") and (extra.sqlite if is_sqlite() else extra.postgresql)
    }
    if is_sqlite():
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    return sorted(declared - set(db.session.execute(text(query)).scalars()))
