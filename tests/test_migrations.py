"""Migrating an empty database gives exactly the models' schema and the declared extras, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from alembic import command as alembic
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import (
    JSON,
    TIMESTAMP,
    Boolean,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError

from pb import installation
from pb.app import create_app
from pb.core.errors import Refused
from pb.db import db, writing
from pb.schema import EXTRAS
from pb.site.migrating import config, upgrade
from tests.conftest import FrozenClock, make_settings


def migrated(url: str, clock: FrozenClock, mode: str = "demonstration") -> Flask:
    app = create_app(make_settings(url, mode), clock)
    with app.app_context():
        upgrade()
    return app


def test_migrations_equal_models(database_url: str, clock: FrozenClock) -> None:
    app = migrated(database_url, clock)
    with app.app_context():
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            differences = [
                d for d in compare_metadata(context, db.metadata)
                if not (isinstance(d, tuple) and d[0] == "remove_index" and d[1].name in EXTRAS)
            ]  # fmt: skip
            assert differences == []
            assert extras_in(connection) == {
                e.name
                for e in EXTRAS.values()
                if (e.sqlite if db.engine.dialect.name == "sqlite" else e.postgresql)
            }
        db.engine.dispose()


def extras_in(connection) -> set[str]:  # type: ignore[no-untyped-def]
    if connection.dialect.name == "sqlite":
        return set(
            connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars()
        )
    triggers = connection.execute(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")).scalars()
    indexes = connection.execute(
        text("SELECT indexname FROM pg_indexes WHERE indexname LIKE '%_trgm'")
    ).scalars()
    return {*triggers, *indexes}


def test_constraints_are_the_same(database_url: str, clock: FrozenClock, tmp_path) -> None:  # type: ignore[no-untyped-def]
    """compare_metadata does not see CHECK constraints: compare their names with what create_all makes."""
    app = migrated(database_url, clock)
    with app.app_context():
        wanted = {
            str(c.name)
            for table in db.metadata.tables.values()
            for c in table.constraints
            if type(c).__name__ == "CheckConstraint"
        }
        with db.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                sql = " ".join(
                    connection.execute(text("SELECT sql FROM sqlite_master WHERE type='table'")).scalars()
                )
                missing = {name for name in wanted if name not in sql}
            else:
                found = set(
                    connection.execute(
                        text("SELECT conname FROM pg_constraint WHERE contype = 'c'")
                    ).scalars()
                )
                missing = wanted - found
        assert missing == set()
        db.engine.dispose()


def test_one_head(sqlite_app: Flask) -> None:
    assert len(ScriptDirectory.from_config(config()).get_heads()) == 1


def test_upgrading_twice_does_no_harm(database_url: str, clock: FrozenClock) -> None:
    app = migrated(database_url, clock)
    with app.app_context():
        upgrade()
        assert installation.current() is not None
        db.engine.dispose()


def test_down_and_up_again(database_url: str, clock: FrozenClock) -> None:
    app = migrated(database_url, clock)
    with app.app_context():
        db.session.remove()
        alembic.downgrade(config(), "base")
        upgrade()
        db.engine.dispose()


def test_what_stood_in_the_database_stays(database_url: str, clock: FrozenClock) -> None:
    """A database that is in use is migrated: rows whose tables are rebuilt keep what refers to them."""
    app = create_app(make_settings(database_url), clock)
    with app.app_context():
        alembic.upgrade(config(), "0006")
        old = MetaData()
        with db.engine.connect() as connection:
            old.reflect(connection)
        kept = ("town", "unit", "account", "cycle", "roll", "roll_entry", "idea", "idea_author")
        with writing() as session:
            for name in kept:
                given = {"email": "somebody@town.example"} if name == "account" else {}
                session.execute(insert(old.tables[name]).values(filled(old.tables[name]) | given))
        db.session.remove()
        upgrade()
        with db.engine.connect() as connection:
            for name in kept:
                found = connection.execute(
                    select(func.count()).select_from(db.metadata.tables[name])
                ).scalar()
                assert found == 1, name
            if connection.dialect.name == "sqlite":
                assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
                assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
        db.session.remove()
        db.engine.dispose()


def filled(table: Table) -> dict[str, object]:
    """A row with something in each column that asks for it; keys refer to the first row of other tables."""
    checked = {
        "kind": "resident",
        "state": "draft",
        "channel": "web",
        "age_band": "30-44",
        "role": "lead",
    }
    values: dict[str, object] = {}
    for column in table.columns:
        if column.nullable and not column.primary_key:
            continue
        kind = type(column.type)
        if issubclass(kind, Integer):
            values[column.name] = 1
        elif issubclass(kind, Boolean):
            values[column.name] = False
        elif issubclass(kind, DateTime | TIMESTAMP):
            values[column.name] = datetime(2026, 5, 1, tzinfo=UTC)
        elif issubclass(kind, LargeBinary):
            values[column.name] = b""
        elif issubclass(kind, JSON):
            values[column.name] = {}
        else:
            values[column.name] = checked.get(column.name, "")
    return values


def test_mode_never_changes(database_url: str, clock: FrozenClock) -> None:
    app = migrated(database_url, clock, "production")
    with app.app_context():
        with pytest.raises(DBAPIError), writing() as session:
            session.execute(text("UPDATE installation SET mode = 'demonstration'"))
        with pytest.raises(DBAPIError), writing() as session:
            session.execute(text("UPDATE installation SET rehearsal_offset = 60"))
        with pytest.raises(DBAPIError), writing() as session:
            session.execute(text("DELETE FROM installation"))
        with pytest.raises(Refused):
            installation.set_up(mode="demonstration", now=clock())
        with pytest.raises(Refused):
            installation.turn_clock(to=clock())
        row = installation.current()
        assert row is not None
        assert (row.mode, row.rehearsal_offset) == ("production", 0)
        db.session.remove()
        db.engine.dispose()
