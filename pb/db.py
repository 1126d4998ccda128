"""The database: base class, column types, and `command`, the one place where a transaction is committed."""

from __future__ import annotations

import functools
import hashlib
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any, ParamSpec, TypeVar

from flask import has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Text,
    TypeDecorator,
    event,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session

P = ParamSpec("P")
R = TypeVar("R")

RETRIES = 6
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# SQLSTATEs of PostgreSQL after which the same command may simply be run again.
RETRYABLE = frozenset({"40001", "40P01", "55P03"})
# And those that say that what a connection has prepared is gone, or speaks of a table as it was: a new one is right.
STALE = frozenset({"26000", "0A000"})

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Base(DeclarativeBase):
    """Base of all models. The naming convention makes constraints nameable in migrations and in errors."""

    metadata = metadata


db = SQLAlchemy(model_class=Base, engine_options={"pool_pre_ping": False})


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC. Refuses naive values: a naive time is a bug, not a default."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime given to the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Document(TypeDecorator[Any]):
    """A JSON document: text in SQLite, JSONB in PostgreSQL."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(JSONB() if dialect.name == "postgresql" else JSON())


class Words(Document):
    """One text in several languages: ``{"ka": …, "en": …}``."""

    cache_ok = True


class CanonicalText(TypeDecorator[str]):
    """JSON text whose very bytes are fingerprinted; never re-serialised by a database."""

    impl = Text
    cache_ok = True


class WriteOutsideCommand(RuntimeError):
    """Something tried to write outside a command; that is a bug, never a user's error."""


@event.listens_for(Engine, "connect")
def _prepare_connection(connection: Any, _record: Any) -> None:
    if type(connection).__module__.split(".")[0] != "sqlite3":
        # The driver forgets what it prepared at each rollback, and every read ends with one: it only cost.
        connection.prepare_threshold = None
        return
    connection.isolation_level = None  # we say BEGIN ourselves, below
    cursor = connection.cursor()
    pragmas = ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000")
    for pragma in (*pragmas, "secure_delete=ON"):  # what is erased (the ballots' inbox, codes) is overwritten
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Any) -> None:
    if connection.dialect.name == "sqlite":
        # A write takes SQLite's write lock at once: a read that is upgraded later can only fail.
        writes = connection.get_execution_options().get("pb_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@event.listens_for(Session, "before_flush")
def _flush_only_in_command(session: Session, _context: Any, _instances: Any) -> None:
    if not session.info.get("in_command"):
        raise WriteOutsideCommand("flush outside a command")


@event.listens_for(Session, "after_begin")
def _nobody_holds_two(_session: Session, _transaction: Any, _connection: Any) -> None:
    # Who holds a connection and waits for another waits for ever once enough others do the same.
    if getattr(bare, "held", False):
        raise RuntimeError("a session in the middle of a transaction of its own")


@event.listens_for(Session, "do_orm_execute")
def _dml_only_in_command(state: ORMExecuteState) -> None:
    if (state.is_insert or state.is_update or state.is_delete) and not state.session.info.get("in_command"):
        raise WriteOutsideCommand("write outside a command")


def refuse_in_reading() -> None:
    """A GET writes nothing."""
    if has_request_context() and request.method in SAFE_METHODS:
        raise WriteOutsideCommand(f"a {request.method} request must not write")


@contextmanager
def writing() -> Iterator[Session]:
    """One write transaction. Joins the one that is open; else begins, and commits or rolls back at its end."""
    session = db.session()
    if session.info.get("in_command"):
        yield session
        return
    refuse_in_reading()
    session.rollback()  # leave the snapshot that the page has read so far
    with one_writer() if is_sqlite() else nullcontext():
        session.info["in_command"] = True
        try:
            session.connection(execution_options={"pb_writes": True})
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info.pop("in_command", None)


bare = threading.local()  # ``held``: this thread is in a transaction of pb.rows

# SQLite lets one connection write and makes the others poll with growing pauses; the threads of a process stand
# in a line instead. Whoever waits for too long goes on to SQLite's own waiting.
_line = threading.Lock()
_LONGEST_WAIT = 15.0  # seconds


@contextmanager
def one_writer() -> Iterator[None]:
    """On SQLite: stand in the line of this process's writers."""
    held = _line.acquire(timeout=_LONGEST_WAIT)
    try:
        yield
    finally:
        if held:
            _line.release()


def _may_retry(error: DBAPIError) -> bool:
    if isinstance(error, OperationalError) and "database is locked" in str(error.orig):
        return True
    return getattr(error.orig, "sqlstate", None) in RETRYABLE | STALE


def command(function: Callable[P, R]) -> Callable[P, R]:
    """Make ``function`` one transaction; nested commands join; a lost race runs the whole command again."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if db.session().info.get("in_command"):
            return function(*args, **kwargs)

        def once() -> R:
            with writing():
                return function(*args, **kwargs)

        return retried(once)

    run.__command__ = True  # type: ignore[attr-defined]
    return run


def end_reading() -> None:
    """Give back the connection that was read with: nobody may hold one of the pool and wait for another."""
    if db.session.registry.has():
        if in_command():
            raise RuntimeError("a transaction of its own cannot stand in a command")
        db.session.rollback()


def retried(once: Callable[[], R]) -> R:
    """Run a transaction, and again where it lost a race."""
    for attempt in range(RETRIES):
        try:
            return once()
        except DBAPIError as error:
            if attempt == RETRIES - 1 or not _may_retry(error):
                raise
            time.sleep(random.uniform(0.005, 0.03) * 2**attempt)
    raise AssertionError("unreachable")


def one_at_a_time(name: str, *, shared: bool = False) -> None:
    """Wait, within a command, for every other transaction that asked for the same ``name``, until they end.

    Those that ask ``shared`` do not wait for each other, only for those that ask alone. SQLite has one writer at a
    time anyway; PostgreSQL takes an advisory lock that ends with the transaction.
    """
    if not is_sqlite():
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        lock = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
        db.session.execute(select(lock(key)))


def in_command() -> bool:
    """Whether a write transaction is open."""
    return bool(db.session().info.get("in_command"))


def is_sqlite() -> bool:
    """Whether the application's database is SQLite (else it is PostgreSQL)."""
    return bool(db.engine.dialect.name == "sqlite")
