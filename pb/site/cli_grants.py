"""`grants`: what the database role that runs the site may do; printed or applied from the declared schema."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

from sqlalchemy import func, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import ProgrammingError

from pb.commandline import PROGRAM, application
from pb.db import command, db, is_sqlite, metadata
from pb.schema import rights_on

_quoted = postgresql.dialect().identifier_preparer.quote


def grants(argv: list[str]) -> int:
    """Print the statements that give ROLE what the site needs and nothing more (PostgreSQL, schema public).

    Run it with the PB_DATABASE_URL of the role that owns the tables, after every `migrate`.
    """
    parser = argparse.ArgumentParser(prog=f"{PROGRAM} grants", description=grants.__doc__)
    parser.add_argument("role", help="the role that runs the site; it must exist and own nothing here")
    parser.add_argument("--apply", action="store_true", help="execute the statements, do not print them")
    options = parser.parse_args(argv)
    with application().app_context():
        if is_sqlite():
            return _refuse("SQLite has no roles; the statements are for PostgreSQL")
        wanted = list(statements(options.role))
        if not options.apply:
            print("\n".join(f"{statement};" for statement in wanted))
            return 0
        if options.role == db.session.scalar(select(func.current_user())):
            return _refuse(f"{options.role} is the role of PB_DATABASE_URL; name the other one")
        try:
            _apply(wanted)
        except ProgrammingError as error:
            return _refuse(str(error.orig).partition("\n")[0])
    print(f"{len(wanted)} statements applied; now run `{PROGRAM} check` as {options.role}")
    return 0


def statements(role: str) -> Iterator[str]:
    """The statements, without semicolons: first everything is taken away, then what is needed is given."""
    name = _quoted(role)
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}"
    yield f"REVOKE CREATE ON SCHEMA public FROM {name}"
    yield f"GRANT USAGE ON SCHEMA public TO {name}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}"
    yield f"GRANT SELECT ON alembic_version TO {name}"
    for table in sorted(metadata.tables):
        yield f"GRANT {', '.join(rights_on(table))} ON {_quoted(table)} TO {name}"


@command
def _apply(wanted: Sequence[str]) -> None:
    for statement in wanted:
        db.session.execute(text(statement))


def _refuse(words: str) -> int:
    print(f"{PROGRAM} grants: {words}", file=sys.stderr)
    return 1
