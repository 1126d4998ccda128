"""Writing rows anew in an order that is drawn, so that a copy of the database does not tell who cast which ballot.

PostgreSQL keeps rows as they came, and each names the transaction that wrote it; a dump gives them in that order.
The first voter's slot would stand first and so would the first ballot in the inbox, beside codes that have times.
Rows of one stir share one transaction and no order. Links are stirred like the slots whose values they bear.
SQLite orders these tables by their random keys.
"""

from __future__ import annotations

from secrets import SystemRandom

from sqlalchemy import func, insert, literal_column, select, text

from pb.db import db, is_sqlite, metadata

SETTLED = 20  # rows: so many that were written together are left as they lie

_dice = SystemRandom()


def stir(round_id: int) -> None:
    """Write the inbox of the round, and slots and links not yet among SETTLED others, in a drawn order.

    Within a command, one at a time for a round. Nothing to do on SQLite.
    """
    if is_sqlite():
        return
    for name in ("voting_slot", "voting_link", "inbox_ballot"):
        _write_anew(name, round_id)


def _write_anew(name: str, round_id: int) -> None:
    table = metadata.tables[name]
    columns = ", ".join(column.name for column in table.columns)
    rows = db.session.execute(
        text(
            f"DELETE FROM {name} WHERE round_id = :round_id AND xmin IN ("
            f"SELECT xmin FROM {name} WHERE round_id = :round_id GROUP BY xmin HAVING count(*) < :settled"
            f") RETURNING {columns}"
        ),
        {"round_id": round_id, "settled": SETTLED},
    ).all()
    if rows:
        drawn = [row._asdict() for row in rows]
        _dice.shuffle(drawn)
        db.session.execute(insert(table), drawn)


def needs_stirring(round_id: int) -> bool:
    """Whether ballots wait in the inbox that were written by more than one transaction."""
    if is_sqlite():
        return False
    inbox = metadata.tables["inbox_ballot"]
    writers = func.count(literal_column("inbox_ballot.xmin::text").distinct())
    return (db.session.scalar(select(writers).where(inbox.c.round_id == round_id)) or 0) > 1
