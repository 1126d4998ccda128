"""The installation: its mode, written when the database is made and never changed, and the rehearsal clock."""

from __future__ import annotations

import sys
import time
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, mapped_column

from pb import clock
from pb.config import DEMONSTRATION, Settings, SettingsError
from pb.core.errors import Invalid, Refused
from pb.db import Base, UTCDateTime, command, db
from pb.schema import forbid

FIRST_YEAR, LAST_YEAR = 2000, 2200  # to which the rehearsal clock may be turned
_LAST_ACT = text("SELECT max(at) AS at FROM event").columns(at=UTCDateTime)


class Installation(Base):
    """The single row that says what this database is for. A trigger forbids changing its mode."""

    __tablename__ = "installation"
    __table_args__ = (
        CheckConstraint("id = 1", name="single"),
        CheckConstraint("mode IN ('production', 'demonstration')", name="mode"),
        CheckConstraint(
            "mode = 'demonstration' OR rehearsal_offset = 0", name="clock_only_in_demonstrations"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mode: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    rehearsal_offset: Mapped[int] = mapped_column(
        BigInteger, default=0
    )  # seconds added to the machine's clock
    # The last act in the log when the clock was turned: pages that stand before it show what was true then.
    acts_until: Mapped[datetime | None] = mapped_column(UTCDateTime)


forbid("installation", "UPDATE OF mode, id", "DELETE")


def current() -> Installation | None:
    """The row, or None in a database that was not yet set up."""
    return db.session.execute(select(Installation)).scalar_one_or_none()


@command
def set_up(*, mode: str, now: datetime) -> None:
    """Write the mode into a new database; does nothing where the same mode stands already.

    Raises Refused("mode_differs") when the database was made for the other mode.
    """
    row = current()
    if row is None:
        db.session.add(Installation(id=1, mode=mode, created_at=now, rehearsal_offset=0))
    elif row.mode != mode:
        raise Refused("mode_differs", database=row.mode, environment=mode)


def require_mode(settings: Settings) -> None:
    """Refuse a start whose environment and database disagree on the mode."""
    row = current()
    if row is None:
        raise SettingsError("the database is not set up: run `python -m pb migrate` first")
    if row.mode != settings.mode:
        raise SettingsError(
            f"PB_MODE is '{settings.mode}', but this database was made for '{row.mode}', which can never change"
        )


def require_mode_once_reachable(settings: Settings, *, tries: int = 120, pause: float = 0.5) -> None:
    """``require_mode`` for a process that serves: a database that is just being restarted is waited for.

    gunicorn ends all its processes when one of them cannot start; a restart of PostgreSQL in the middle of a vote
    must not take the site with it. Raises what the last of ``tries`` raised; ``pause`` in seconds.
    """
    for left in reversed(range(tries)):
        try:
            return require_mode(settings)
        except OperationalError as error:
            # SQLite says so of a missing table, too, which no waiting brings.
            if not left or db.engine.dialect.name != "postgresql":
                raise
            if left == tries - 1:
                print(f"the database cannot be reached, waiting for it: {error.orig}", file=sys.stderr)
            db.session.remove()
            time.sleep(pause)


@command
def turn_clock(*, to: datetime) -> None:
    """Turn the rehearsal clock of a demonstration to the moment ``to`` (UTC). Raises Refused in production,
    Invalid("bad_moment") for a year that no calendar here reaches.
    """
    row = current()
    if row is None or row.mode != DEMONSTRATION:
        raise Refused("not_a_demonstration")
    if not FIRST_YEAR <= to.year <= LAST_YEAR:
        raise Invalid("bad_moment", field="day")
    row.rehearsal_offset = round((to - clock.system_now()).total_seconds())
    row.acts_until = db.session.scalar(_LAST_ACT)
    clock.forget()
