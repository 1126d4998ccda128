"""Statements written out once and run on the driver's own cursor.

For casting alone, the one act that thousands do at the same time: SQLAlchemy's way of running a statement costs more
than the statement, and its session more than the transaction. Everything else goes through ``db.command``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar

from sqlalchemy import Dialect

from pb.db import bare_command

R = TypeVar("R")
Process = Callable[[Any], Any]
Found = Callable[[], list[tuple[Any, ...]]]


class Prepared:
    """The text of a statement for one database, with what turns values into the driver's and back."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.text = str(compiled)
        #: The names of the values in the order of their marks; None where the driver takes them by name.
        self._order: list[str] | None = compiled.positiontup
        self._constants = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        types = {name: bind.type.dialect_impl(dialect) for name, bind in compiled.binds.items()}
        self._given: dict[str, Process] = {
            name: process for name, kind in types.items() if (process := kind.bind_processor(dialect))
        }
        columns = getattr(statement, "selected_columns", ())
        impls = [column.type.dialect_impl(dialect) for column in columns]
        self._found: list[Process | None] = [kind.result_processor(dialect, None) for kind in impls]

    def values(self, given: Mapping[str, Any]) -> Any:
        """What the driver is handed."""
        values = {**self._constants, **given}
        for name, process in self._given.items():
            values[name] = process(values[name])
        return values if self._order is None else [values[name] for name in self._order]

    def row(self, found: Any) -> tuple[Any, ...]:
        """A row as the columns' types give it."""
        pairs = zip(self._found, found, strict=True)
        return tuple(value if process is None else process(value) for process, value in pairs)


class Rows:
    """An open transaction."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def at_once(self) -> AbstractContextManager[Any]:
        """Within it PostgreSQL is sent statement after statement, and waited for when an answer is read."""
        pipeline = getattr(self._cursor.connection, "pipeline", nullcontext)
        waits: AbstractContextManager[Any] = pipeline()
        return waits

    def ask(self, statement: Prepared, **given: Any) -> Found:
        """Run it; what is given, called, gives all rows that it found."""
        cursor = self._cursor.connection.cursor()
        cursor.execute(statement.text, statement.values(given))
        return lambda: [statement.row(found) for found in cursor.fetchall()]

    def read(self, statement: Prepared, **given: Any) -> list[tuple[Any, ...]]:
        """All rows that it finds."""
        return self.ask(statement, **given)()

    def write(self, statement: Prepared, given: Mapping[str, Any]) -> int:
        """Run it; give the number of rows that it wrote."""
        self._cursor.execute(statement.text, statement.values(given))
        written: int = self._cursor.rowcount
        return written

    def write_all(self, statement: Prepared, given: Iterable[Mapping[str, Any]]) -> None:
        """Run it once for each of ``given``."""
        self._cursor.executemany(statement.text, [statement.values(one) for one in given])


def row_command(work: Callable[[Rows], R]) -> R:
    """Run ``work`` as one transaction; a lost race runs it again. It stands alone, never in a command."""
    return bare_command(lambda cursor: work(Rows(cursor)))
