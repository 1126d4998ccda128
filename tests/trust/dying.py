"""The application on a server that can be killed at each step of casting. Runs in gunicorn, never in pytest.

A request with the header ``X-Die: STEP`` arms its process: the next thread that comes to that step, in whatever
request, takes the whole process along with SIGKILL, and with it the ballots that others cast at that moment.
"""

from __future__ import annotations

import functools
import os
import signal
from collections.abc import Callable, Iterable
from typing import Any

from pb.rows import PostgresqlRows, Prepared, SqliteRows

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


def _statement(run: Callable[..., Any]) -> Callable[..., Any]:
    """What runs a statement of casting, with a step before and after it."""

    @functools.wraps(run)
    def watched(rows: Any, statement: Prepared, *args: Any, **given: Any) -> Any:
        kind = "write" if "INSERT INTO" in statement.text else "read"
        passing(f"before_{kind}")
        done = run(rows, statement, *args, **given)
        passing(f"after_{kind}")
        return done

    return watched


def _commit(run: Callable[[Any], None]) -> Callable[[Any], None]:
    @functools.wraps(run)
    def watched(rows: Any) -> None:
        passing("before_commit")
        run(rows)
        passing("after_commit")

    return watched


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

    for kind in (SqliteRows, PostgresqlRows):
        for name in ("read", "write", "write_all"):
            setattr(kind, name, _statement(getattr(kind, name)))
        kind.commit = _commit(kind.commit)  # type: ignore[method-assign]
    with real.app_context():
        db.engine.dispose()  # nobody inherits the arbiter's connection
    return _dying(real)
