"""Alembic's environment: migrates the application's database (SQLite and PostgreSQL) to the models' schema."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from flask import current_app
from sqlalchemy import Connection, event

from pb.db import db

config = context.config


def run_online() -> None:
    """Run the migrations on the application's own connection settings."""
    with db.engine.connect() as connection, keys_checked_at_the_end(connection):
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            compare_type=True,
            compare_server_default=False,
        )
        with context.begin_transaction():
            context.run_migrations()


@contextmanager
def keys_checked_at_the_end(connection: Connection) -> Iterator[None]:
    """SQLite rebuilds tables in batch operations: other tables' keys lead nowhere meanwhile.

    The setting is no setting inside a transaction, and every statement through SQLAlchemy begins one: so it is
    made on the driver's connection. Raises RuntimeError, and nothing is migrated, if a key leads nowhere at the end.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys=OFF")
    event.listen(connection, "commit", refuse_dangling)
    try:
        yield
    finally:
        event.remove(connection, "commit", refuse_dangling)
        driver.execute("PRAGMA foreign_keys=ON")


def refuse_dangling(connection: Connection) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    dangling = driver.execute("PRAGMA foreign_key_check").fetchall()
    if dangling:
        raise RuntimeError(f"the migration would leave keys that lead nowhere: {dangling[:5]}")


if context.is_offline_mode():
    raise SystemExit("offline migrations are not supported: the scripts look at the database")

with current_app.app_context():
    run_online()
