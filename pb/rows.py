"""Statements written out once and run on the driver itself.

For casting alone, the one act that thousands do at the same time: SQLAlchemy's way of running a statement costs more
than the statement, its session more than the transaction, and the driver's cursors as much as both. Everything else
goes through ``db.command``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, nullcontext
from itertools import count
from typing import Any, Protocol, TypeVar

from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import InFailedSqlTransaction, error_from_result
from psycopg.pq import ExecStatus
from sqlalchemy.exc import DBAPIError

from pb.db import STALE, bare, db, end_reading, is_sqlite, one_writer, refuse_in_reading, retried

R = TypeVar("R")
Process = Callable[[Any], Any]

_number = count(1)


class Prepared:
    """The text of a statement for one database, with what turns values into the driver's and back."""

    def __init__(self, statement: Any, dialect: Any) -> None:
        if dialect.name == "postgresql":  # the server's own marks
            dialect = type(dialect)(paramstyle="numeric_dollar")
        compiled = statement.compile(dialect=dialect)
        self.text = str(compiled)
        #: Under which name a connection of PostgreSQL keeps it.
        self.name = f"pb_{next(_number)}".encode()
        #: The names of the values in the order of their marks.
        self._order: list[str] = compiled.positiontup
        self._constants = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        types = {name: bind.type.dialect_impl(dialect) for name, bind in compiled.binds.items()}
        self._given: dict[str, Process] = {
            name: process for name, kind in types.items() if (process := kind.bind_processor(dialect))
        }
        columns = getattr(statement, "selected_columns", ())
        impls = [column.type.dialect_impl(dialect) for column in columns]
        self._found: list[Process | None] = [kind.result_processor(dialect, None) for kind in impls]

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        """What the driver is handed."""
        values = {**self._constants, **given}
        for name, process in self._given.items():
            values[name] = process(values[name])
        return [values[name] for name in self._order]

    def row(self, found: Any) -> tuple[Any, ...]:
        """A row as the columns' types give it."""
        pairs = zip(self._found, found, strict=True)
        return tuple(value if process is None else process(value) for process, value in pairs)


class Rows(Protocol):
    """A transaction."""

    def begin(self) -> None:
        """Open it."""

    def commit(self) -> None:
        """What was written stays; raises the driver's error where it does not."""

    def read(self, statement: Prepared, **given: Any) -> list[tuple[Any, ...]]:
        """Run it; give all rows that it found."""

    def write(self, statement: Prepared, given: Mapping[str, Any]) -> int:
        """Run it; give the number of rows that it wrote."""

    def write_all(self, statement: Prepared, given: Iterable[Mapping[str, Any]]) -> None:
        """Run it once for each of ``given``."""


class SqliteRows:
    """A transaction on a cursor of the standard library's."""

    def __init__(self, connection: Any) -> None:
        self._cursor = connection.cursor()

    def begin(self) -> None:
        self._cursor.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        self._cursor.execute("COMMIT")

    def read(self, statement: Prepared, **given: Any) -> list[tuple[Any, ...]]:
        self._cursor.execute(statement.text, statement.values(given))
        return [statement.row(found) for found in self._cursor.fetchall()]

    def write(self, statement: Prepared, given: Mapping[str, Any]) -> int:
        self._cursor.execute(statement.text, statement.values(given))
        written: int = self._cursor.rowcount
        return written

    def write_all(self, statement: Prepared, given: Iterable[Mapping[str, Any]]) -> None:
        self._cursor.executemany(statement.text, [statement.values(one) for one in given])


class PostgresqlRows:
    """A transaction on libpq itself, by statements that the connection keeps prepared."""

    def __init__(self, connection: Any) -> None:
        self._driver = connection.driver_connection
        self._kept: set[bytes] = connection.info.setdefault("pb_prepared", set())

    def begin(self) -> None:
        self._checked(self._driver.pgconn.exec_(b"BEGIN"))

    def commit(self) -> None:
        result = self._checked(self._driver.pgconn.exec_(b"COMMIT"))
        if result.command_status != b"COMMIT":  # so the server says where a statement had failed before
            raise InFailedSqlTransaction("nothing was committed")

    def read(self, statement: Prepared, **given: Any) -> list[tuple[Any, ...]]:
        result, transformer = self._run(statement, given)
        transformer.set_pgresult(result)
        return [statement.row(found) for found in transformer.load_rows(0, result.ntuples, tuple)]

    def write(self, statement: Prepared, given: Mapping[str, Any]) -> int:
        return self._run(statement, given)[0].command_tuples or 0

    def write_all(self, statement: Prepared, given: Iterable[Mapping[str, Any]]) -> None:
        for one in given:
            self._run(statement, one)

    def _run(self, statement: Prepared, given: Mapping[str, Any]) -> tuple[Any, Any]:
        server = self._driver.pgconn
        transformer: Any = Transformer(self._driver)
        if statement.name not in self._kept:
            self._checked(server.prepare(statement.name, statement.text.encode()))
            self._kept.add(statement.name)
        values = statement.values(given)
        # As text, which the server reads as whatever type the statement says.
        dumped = transformer.dump_sequence(values, [PyFormat.TEXT] * len(values))
        result = server.exec_prepared(statement.name, dumped)
        return self._checked(result), transformer

    def _checked(self, result: Any) -> Any:
        if result.status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
            raise error_from_result(result, encoding="utf-8")
        return result


def row_command(work: Callable[[Rows], R]) -> R:
    """Run ``work`` as one transaction; a lost race runs it again. It stands alone, never in a command."""
    refuse_in_reading()
    end_reading()
    sqlite = is_sqlite()

    def once() -> R:
        with one_writer() if sqlite else nullcontext(), closing(_connection()) as connection:
            rows: Rows = (SqliteRows if sqlite else PostgresqlRows)(connection)
            bare.held = True
            try:
                rows.begin()
                done = work(rows)
                rows.commit()
            except db.engine.dialect.loaded_dbapi.Error as error:
                lost = _is_lost(error, connection)
                connection.invalidate(error) if lost else connection.rollback()
                # As SQLAlchemy would have said it, but without the values.
                raise _told(error, lost) from error
            except BaseException:
                connection.rollback()
                raise
            finally:
                bare.held = False
            return done

    return retried(once)


def _connection() -> Any:
    """A connection of the pool; a database that is gone is told as SQLAlchemy tells it everywhere else."""
    try:
        return db.engine.raw_connection()
    except db.engine.dialect.loaded_dbapi.Error as error:
        raise _told(error) from error


def _is_lost(error: Any, connection: Any) -> bool:
    """Whether the connection must not go back to the others: ended by the server, or its statements are stale."""
    ended = db.engine.dialect.is_disconnect(error, connection.driver_connection, None)
    return getattr(error, "sqlstate", None) in STALE or bool(ended)


def _told(error: Any, lost: bool = False) -> DBAPIError:
    return DBAPIError.instance(
        None, None, error, Exception, connection_invalidated=lost, dialect=db.engine.dialect
    )
