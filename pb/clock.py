"""THE clock: the only file that asks what time it is, the process's and the database's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app, g, has_app_context
from sqlalchemy import ColumnElement, func, literal_column, null, text

from pb.db import UTCDateTime, db

Clock = Callable[[], datetime]
_REHEARSAL = text("SELECT rehearsal_offset, acts_until FROM installation WHERE id = 1").columns(
    acts_until=UTCDateTime
)


def system_now() -> datetime:
    """The machine's time, aware, in UTC."""
    return datetime.now(UTC)


def now() -> datetime:
    """The moment at which this request happens: one value for the whole request, rehearsal offset included."""
    if not has_app_context():
        return system_now()
    if "now" not in g:
        g.now = _app_clock()() + _rehearsal_offset()
    moment: datetime = g.now
    return moment


def stamp_columns(dialect: str) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """What ``db_now`` needs, for a statement that takes a lock, so that no further one is asked for the time.

    The lock must be taken in a part that is read first (a materialised CTE), and these columns outside it.
    """
    machine = func.clock_timestamp() if dialect == "postgresql" else null()
    offset: ColumnElement[int] = literal_column("(SELECT rehearsal_offset FROM installation WHERE id = 1)")
    return machine.label("machine"), offset.label("rehearsal")


def db_now(machine: datetime | None, rehearsal: int | None) -> datetime:
    """The database's clock after a lock, by the ``stamp_columns`` of the statement that took it, offset included."""
    if machine is None:
        machine = system_now()  # SQLite lives in this process: its clock is ours
    if current_app.extensions["pb_settings"].is_demonstration:
        g.rehearsal_offset = timedelta(seconds=rehearsal or 0)
    return machine.astimezone(UTC) + (_app_clock()() - system_now()) + _rehearsal_offset()


def forget() -> None:
    """Drop the moment remembered for this request (after the rehearsal clock was turned)."""
    for name in ("now", "rehearsal_offset", "acts_until"):
        g.pop(name, None)


def turned_back() -> bool:
    """Whether acts lie after ``now()``: a demonstration's clock was turned back behind them. Pages then show what
    stood at that moment. Never in production, at no cost.
    """
    if not has_app_context() or not current_app.extensions["pb_settings"].is_demonstration:
        return False
    moment = now()
    if "acts_until" not in g:
        _read_rehearsal()
    return g.acts_until is not None and bool(moment < g.acts_until)


def _app_clock() -> Clock:
    clock: Clock = current_app.extensions["pb_clock"]
    return clock


def _rehearsal_offset() -> timedelta:
    if not current_app.extensions["pb_settings"].is_demonstration:
        return timedelta()
    if "rehearsal_offset" not in g:
        _read_rehearsal()
    offset: timedelta = g.rehearsal_offset
    return offset


def _read_rehearsal() -> None:
    row = db.session.execute(_REHEARSAL).one_or_none()
    g.rehearsal_offset = timedelta(seconds=row.rehearsal_offset if row else 0)
    g.acts_until = row.acts_until if row else None
