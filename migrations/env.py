"""Alembic's environment: migrates the application's database (SQLite and PostgreSQL) to the models' schema."""

from __future__ import annotations

from alembic import context
from flask import current_app

from pb.db import db

config = context.config


def run_online() -> None:
    """Run the migrations on the application's own connection settings."""
    engine = db.engine
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            # Batch operations rebuild tables; keys are checked again when the migration is over.
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.rollback()
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            compare_type=True,
            compare_server_default=False,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("offline migrations are not supported: the scripts look at the database")

with current_app.app_context():
    run_online()
