"""Reading the public board: entries, signed heads, proofs. Nothing here reads people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import func, select

from pb.core import merkle
from pb.core.board import Head
from pb.db import db
from pb.voting.models_board import BoardEntry, BoardHead

LINES = 2000  # entries that are read at once


@dataclass(frozen=True)
class SignedHead:
    """A head with its signature (base64)."""

    head: Head
    signature: str


@dataclass(frozen=True)
class Entry:
    """An entry by its number (from 1); ``content``: its exact text."""

    number: int
    kind: str
    content: str

    @cached_property
    def fields(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.content)
        return found

    @property
    def leaf(self) -> bytes:
        return merkle.leaf_hash(self.content.encode())


def _signed(row: BoardHead | None, label: str) -> SignedHead | None:
    if row is None:
        return None
    return SignedHead(Head(label, row.size, row.root, row.day), row.signature)


def last_head(round_id: int, label: str) -> SignedHead | None:
    """The newest head, None for a round that has no board."""
    query = select(BoardHead).where(BoardHead.round_id == round_id).order_by(BoardHead.size.desc()).limit(1)
    return _signed(db.session.scalar(query), label)


def head_at(round_id: int, label: str, size: int) -> SignedHead | None:
    """The head that was signed over the first ``size`` entries, if there is one."""
    return _signed(db.session.get(BoardHead, (round_id, size)), label)


def heads(round_id: int, label: str) -> list[SignedHead]:
    """Every head, the oldest first."""
    rows = db.session.scalars(
        select(BoardHead).where(BoardHead.round_id == round_id).order_by(BoardHead.size)
    )
    return [SignedHead(Head(label, row.size, row.root, row.day), row.signature) for row in rows]


def days(round_id: int, label: str) -> list[SignedHead]:
    """The last head of each day on which one was signed, the newest first."""
    last = (
        select(func.max(BoardHead.size)).where(BoardHead.round_id == round_id).group_by(BoardHead.day)
    ).scalar_subquery()
    rows = db.session.scalars(
        select(BoardHead)
        .where(BoardHead.round_id == round_id, BoardHead.size.in_(last))
        .order_by(BoardHead.size.desc())
    )
    return [SignedHead(Head(label, row.size, row.root, row.day), row.signature) for row in rows]


def entry(round_id: int, number: int) -> Entry | None:
    """One entry by its number."""
    found = list(_entries(round_id, number - 1, number))
    return found[0] if found else None


def entries(round_id: int, after: int, until: int) -> list[Entry]:
    """The entries with numbers from ``after + 1`` to ``until``."""
    return list(_entries(round_id, after, until))


def _entries(round_id: int, after: int, until: int) -> Iterator[Entry]:
    rows = db.session.execute(
        select(BoardEntry.number, BoardEntry.kind, BoardEntry.content)
        .where(BoardEntry.round_id == round_id, BoardEntry.number > after, BoardEntry.number <= until)
        .order_by(BoardEntry.number)
    )
    return (Entry(number, kind, content) for number, kind, content in rows)


def all_entries(round_id: int, size: int) -> Iterator[Entry]:
    """The first ``size`` entries, read in parts, so that memory stays flat."""
    for after in range(0, size, LINES):
        yield from _entries(round_id, after, min(after + LINES, size))


def acts(round_id: int) -> list[Entry]:
    """The entries that are no ballots, in order: a few dozen."""
    rows = db.session.execute(
        select(BoardEntry.number, BoardEntry.kind, BoardEntry.content)
        .where(BoardEntry.round_id == round_id, BoardEntry.commitment.is_(None))
        .order_by(BoardEntry.number)
    )
    return [Entry(number, kind, content) for number, kind, content in rows]


def size_of(round_id: int) -> int:
    """How many entries the board has."""
    return db.session.scalar(select(func.max(BoardEntry.number)).where(BoardEntry.round_id == round_id)) or 0


def number_of(round_id: int, commitment: str) -> int | None:
    """The number of the entry of a ballot, by its commitment (hex)."""
    return db.session.scalar(
        select(BoardEntry.number).where(BoardEntry.round_id == round_id, BoardEntry.commitment == commitment)
    )


def commitments(round_id: int) -> set[str]:
    """The commitments (hex) of all ballots on the board."""
    query = select(BoardEntry.commitment).where(
        BoardEntry.round_id == round_id, BoardEntry.commitment.is_not(None)
    )
    return {one for one in db.session.scalars(query.execution_options(yield_per=LINES)) if one is not None}


def frontier(round_id: int) -> merkle.Frontier:
    """The right edge of the tree as it stands: some 17 rows are read."""
    size = size_of(round_id)
    parts = merkle.perfect_parts(0, size)
    kept = _subtrees(round_id, parts)
    return merkle.Frontier(size, [kept[part] for part in parts])


def root_at(round_id: int, size: int) -> str:
    """The root over the first ``size`` entries (hex)."""
    parts = merkle.perfect_parts(0, size)
    kept = _subtrees(round_id, parts)
    return merkle.joined([kept[part] for part in parts]).hex()


def inclusion(round_id: int, number: int, size: int) -> list[str]:
    """The path (hex) that proves entry ``number`` in the tree of ``size``; ValueError where it is not in it."""
    return _proof(round_id, merkle.inclusion_ranges(number - 1, size))


def consistency(round_id: int, old: int, new: int) -> list[str]:
    """The path (hex) from one size of the tree to a later one; ValueError unless 0 < old <= new."""
    return _proof(round_id, merkle.consistency_ranges(old, new))


def _proof(round_id: int, ranges: Sequence[merkle.Range]) -> list[str]:
    kept = _subtrees(round_id, [part for one in ranges for part in merkle.perfect_parts(*one)])
    return [one.hex() for one in merkle.proof(ranges, lambda start, level: kept[start, level])]


def _subtrees(round_id: int, parts: Sequence[merkle.Perfect]) -> dict[merkle.Perfect, bytes]:
    """The kept hashes of perfect subtrees: each stands in the row of its last entry."""
    last = {(start, level): start + (1 << level) for start, level in parts}
    rows = db.session.execute(
        select(BoardEntry.number, BoardEntry.subtrees).where(
            BoardEntry.round_id == round_id, BoardEntry.number.in_(set(last.values()))
        )
    )
    found: dict[int, bytes] = {row.number: row.subtrees for row in rows}
    return {
        (start, level): found[number][level * merkle.HASH : (level + 1) * merkle.HASH]
        for (start, level), number in last.items()
    }
