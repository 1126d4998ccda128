"""What an administrator of database, backups and logs can try: join those who asked for a code with the ballots.

Everything in the database is used but the keys: ids, times, the order of rows, the transactions that wrote them.
It is written against no table in particular, so that it finds a new leak, too: any table with a column ``commitment``
holds ballots, and each of its columns, the place of a row and the writing transaction are orders to try.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby

from sqlalchemy import Connection, inspect, text

Link = tuple[str, str]  # person, commitment

#: A row's transaction as a number that grows with time, and its place in the table.
_WRITER = "xmin::text::bigint"
_PLACE = "(ctid::text::point)[0], (ctid::text::point)[1]"


def ballot_tables(connection: Connection) -> dict[str, list[str]]:
    """Tables that name ballots, with their columns."""
    look = inspect(connection)
    columns = {
        table: [column["name"] for column in look.get_columns(table)] for table in look.get_table_names()
    }
    return {table: names for table, names in columns.items() if "commitment" in names}


def arrivals(connection: Connection, table: str = "voter_code", when: str = "used_at") -> list[str]:
    """People in the order in which they proved who they are, which was also that of their casting."""
    query = text(f"SELECT person_hash FROM {table} WHERE {when} IS NOT NULL ORDER BY {when}")
    return list(connection.execute(query).scalars())


def guesses(connection: Connection, people: Sequence[str]) -> Iterator[tuple[str, list[Link], int]]:
    """(strategy, links, number of batches): in every batch the n-th person is joined with the n-th ballot, for every
    order of ballots that a table has. A batch is what one transaction wrote.
    """
    for table, columns in sorted(ballot_tables(connection).items()):
        for order in [_PLACE, *(f'{name}::text COLLATE "C"' for name in columns)]:
            rows = connection.execute(
                text(f"SELECT {_WRITER} AS writer, commitment FROM {table} WHERE commitment IS NOT NULL "
                     f"ORDER BY writer, {order}")
            ).all()  # fmt: skip
            if len(rows) != len(people):
                continue
            batches = sum(1 for _ in groupby(rows, key=lambda row: row.writer))
            for way in ("up", "down"):
                listed: list[str] = []
                for _writer, batch in groupby(rows, key=lambda row: row.writer):
                    names = [row.commitment for row in batch]
                    listed += names if way == "up" else names[::-1]
                yield (
                    f"{table} by {order.split('::')[0]} {way}",
                    list(zip(people, listed, strict=True)),
                    batches,
                )


def shared_writers(connection: Connection, people_table: str) -> list[Link]:
    """People and ballots that the same transaction wrote."""
    found: list[Link] = []
    for table in ballot_tables(connection):
        rows = connection.execute(
            text(f"SELECT p.person_hash, b.commitment FROM {people_table} p JOIN {table} b ON b.xmin = p.xmin "
                 f"WHERE b.commitment IS NOT NULL")
        ).all()  # fmt: skip
        found += [(row.person_hash, row.commitment) for row in rows]
    return found


def quantile(batches: int, strategies: int, risk: float) -> int:
    """What random matching within batches stays under, for all strategies together, but for this risk.

    The fixed points of a random order are Poisson with mean 1 from some ten ballots on; batches are independent.
    """
    rest, number, chance = 1.0, 0, math.exp(-batches)
    while rest > risk / strategies:
        rest -= chance
        number += 1
        chance *= batches / number
    return number


def order_in(data: bytes, names: Sequence[str]) -> list[str]:
    """The names in the order in which bytes (of a log, of a page) first hold them, without those that are not there."""
    places = {name: data.find(name.encode()) for name in names}
    return sorted((name for name in names if places[name] >= 0), key=lambda name: places[name])
