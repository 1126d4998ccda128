"""The application on a server that can be killed at each step of casting. Runs in gunicorn, never in pytest.

A request with the header ``X-Die: STEP`` arms its process: the next thread that comes to that step, in whatever
request, takes the whole process along with SIGKILL, and with it the ballots that others cast at that moment.
"""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable, Iterable
from typing import Any

import psycopg
from sqlalchemy import Engine, event

STEPS = (
    "request", "before_read", "after_read", "before_write", "after_write", "before_commit", "after_commit",
    "before_answer", "after_answer",
)  # fmt: skip
_armed = ""


def passing(step: str) -> None:
    """Die here, if this is the step."""
    if _armed == step:
        os.write(2, f"killed at {step}\n".encode())
        os.kill(os.getpid(), signal.SIGKILL)


def _kind(statement: object) -> str:
    words = str(statement).lstrip().upper()
    if "INSERT INTO" in words or words.startswith(("UPDATE", "DELETE", "COPY")):
        return "write"
    return "begin" if words.startswith("BEGIN") else "read"


def _around(statement: object, run: Callable[[], Any]) -> Any:
    kind = _kind(statement)
    if kind == "begin":
        return run()
    passing(f"before_{kind}")
    done = run()
    passing(f"after_{kind}")
    return done


class PostgresCursor(psycopg.Cursor[Any]):
    def execute(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        return _around(query, lambda: super(PostgresCursor, self).execute(query, *args, **kwargs))

    def executemany(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        return _around(query, lambda: super(PostgresCursor, self).executemany(query, *args, **kwargs))


class PostgresConnection(psycopg.Connection[Any]):
    def commit(self) -> None:
        passing("before_commit")
        super().commit()
        passing("after_commit")


class SqliteCursor(sqlite3.Cursor):
    def execute(self, query: str, *args: Any) -> Any:
        return _around(query, lambda: super(SqliteCursor, self).execute(query, *args))

    def executemany(self, query: str, *args: Any) -> Any:
        return _around(query, lambda: super(SqliteCursor, self).executemany(query, *args))


class SqliteConnection(sqlite3.Connection):
    def cursor(self, factory: Any = SqliteCursor) -> Any:
        return super().cursor(factory)

    def commit(self) -> None:
        passing("before_commit")
        super().commit()
        passing("after_commit")


def _connect(dialect: Any, _record: Any, arguments: Any, options: Any) -> Any:
    if dialect.name == "sqlite":
        return sqlite3.connect(*arguments, factory=SqliteConnection, **options)
    return PostgresConnection.connect(*arguments, cursor_factory=PostgresCursor, **options)


def _dying(inner: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        global _armed
        _armed = environ.get("HTTP_X_DIE", _armed)
        passing("request")
        answer = inner(environ, start_response)
        passing("before_answer")
        yield from answer
        passing("after_answer")  # everything is written; the connection is still open

    return application


def app() -> Callable[..., Iterable[bytes]]:
    """What gunicorn loads, before it forks."""
    from pb.db import db
    from wsgi import app as real

    event.listen(Engine, "do_connect", _connect)
    with real.app_context():
        db.engine.dispose()  # nobody inherits the arbiter's connection
    return _dying(real)
