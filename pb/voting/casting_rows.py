"""The statements of casting: the round under lock, what was passed and decided, and the rows that are written.

Slots and links are written in the order of their values, ballots in that of their commitments. Both are random, so
that rows of one transaction do not lie as they came; and two transactions that want the same slots wait for each
other in one direction only.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, Dialect, Integer, LargeBinary, String, bindparam, select, text
from sqlalchemy.dialects import sqlite

from pb import clock
from pb.cycles.models import Cycle
from pb.cycles.status import ACTS
from pb.db import metadata
from pb.rows import Prepared, Rows
from pb.voting.models import VotingRound


class Envelope(NamedTuple):
    """What casting writes of one ballot: slot, sealed link and inbox row."""

    value: str
    unit_id: int
    channel: str
    link: bytes
    commitment: str
    sealed: bytes
    signature: str


class Statements(NamedTuple):
    """What casting runs on one database. PostgreSQL writes all rows of a group in one statement."""

    read: Prepared
    acts: Prepared
    writes: tuple[Prepared, ...]


@cache
def statements(dialect: Dialect) -> Statements:
    """The statements for this database, written out once in a process."""
    writes = (_for_postgresql(),) if dialect.name == "postgresql" else _for_sqlite()
    return Statements(
        Prepared(_read(dialect.name), dialect),
        Prepared(ACTS, dialect),
        tuple(Prepared(one, dialect) for one in writes),
    )


def put_envelopes(rows: Rows, prepared: Statements, round_id: int, envelopes: Sequence[Envelope]) -> set[str]:
    """Write those whose slot is free; give the slots that were used now. At most one envelope for a slot."""
    by_slot = sorted(envelopes, key=attrgetter("value"))
    if not by_slot:
        return set()
    if len(prepared.writes) == 1:
        columns = dict(zip(Envelope._fields, map(list, zip(*by_slot, strict=True)), strict=True))
        return {value for (value,) in rows.read(prepared.writes[0], round_id=round_id, **columns)}
    slots, links, inbox = prepared.writes
    given = [{"round_id": round_id, **envelope._asdict()} for envelope in by_slot]
    taken = [one for one in given if rows.write(slots, one)]
    rows.write_all(links, taken)
    rows.write_all(inbox, sorted(taken, key=lambda one: one["commitment"]))
    return {one["value"] for one in taken}


def _read(dialect: str) -> Any:
    # For share: casts do not wait for each other, the close waits for all of them and they for the close.
    locked = (
        select(VotingRound.cycle_id, VotingRound.closed_at, VotingRound.trial_opened_at)
        .where(VotingRound.id == bindparam("in_round"))
        .with_for_update(read=True)
        .cte("locked")
    )
    if dialect == "postgresql":
        locked = locked.prefix_with("MATERIALIZED")
    return select(
        locked.c.closed_at,
        locked.c.trial_opened_at,
        Cycle.town_id,
        Cycle.published_at,
        Cycle.calendar_id,
        *clock.stamp_columns(dialect),
    ).join(locked, locked.c.cycle_id == Cycle.id)


def _for_postgresql() -> Any:
    lists = {"value": String, "unit_id": Integer, "channel": String, "link": LargeBinary,
             "commitment": String, "sealed": LargeBinary, "signature": String}  # fmt: skip
    return (
        text(
            "WITH given AS MATERIALIZED (SELECT * FROM unnest(:value, :unit_id, :channel, :link, :commitment, "
            ":sealed, :signature) AS given (value, unit_id, channel, link, commitment, sealed, signature)), "
            "used AS (INSERT INTO voting_slot (round_id, value, unit_id, channel, state) "
            "SELECT :round_id, value, unit_id, channel, 'cast' FROM given ORDER BY value "
            "ON CONFLICT DO NOTHING RETURNING value), "
            "linked AS (INSERT INTO voting_link (round_id, value, sealed) "
            "SELECT :round_id, value, link FROM given JOIN used USING (value) ORDER BY value), "
            "put AS (INSERT INTO inbox_ballot (round_id, commitment, sealed, signature) "
            "SELECT :round_id, commitment, sealed, signature FROM given JOIN used USING (value) "
            "ORDER BY commitment) SELECT value FROM used"
        )
        .bindparams(
            bindparam("round_id", type_=Integer),
            *(bindparam(name, type_=ARRAY(kind)) for name, kind in lists.items()),
        )
        .columns(value=String)
    )


def _for_sqlite() -> tuple[Any, ...]:
    slots, links, inbox = (metadata.tables[name] for name in ("voting_slot", "voting_link", "inbox_ballot"))

    def put(table: Any, **values: Any) -> Any:
        return sqlite.insert(table).values({"round_id": bindparam("round_id"), **values})

    return (
        put(
            slots, value=bindparam("value"), unit_id=bindparam("unit_id"), channel=bindparam("channel"),
            state="cast",
        ).on_conflict_do_nothing(),
        put(links, value=bindparam("value"), sealed=bindparam("link")),
        put(
            inbox, commitment=bindparam("commitment"), sealed=bindparam("sealed"),
            signature=bindparam("signature"),
        ),
    )  # fmt: skip
