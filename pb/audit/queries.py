"""Reading the log: what is public, what is not sealed yet, whether the chain still holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from pb.audit.chain import BEGINNING, link_hash, record_text
from pb.audit.models import ChainLink, Event
from pb.db import db

# A transaction may commit after later numbers were sealed; so far back the sealer always looks.
LOOK_BACK = 10_000


@dataclass(frozen=True)
class Verdict:
    """How far the chain holds. ``broken`` is the first position that does not, with the ``reason``.

    Reasons: "link_missing" (a position is left out), "event_missing", "changed" (event or hash).
    """

    length: int
    head: str
    broken: int | None = None
    reason: str = ""
    unsealed: int = 0
    head_found: bool = True


def last_link() -> ChainLink | None:
    """The newest link."""
    return db.session.scalars(select(ChainLink).order_by(ChainLink.position.desc()).limit(1)).first()


def unsealed(limit: int, *, everything: bool = False) -> list[Event]:
    """Events not in the chain, in the order of their ids; ``everything`` looks back to the beginning."""
    query = (
        select(Event)
        .outerjoin(ChainLink, ChainLink.event_id == Event.id)
        .where(ChainLink.position.is_(None))
        .order_by(Event.id)
        .limit(limit)
    )
    if not everything:
        newest = db.session.execute(select(func.max(ChainLink.event_id))).scalar_one() or 0
        query = query.where(Event.id > newest - LOOK_BACK)
    return list(db.session.scalars(query))


def verify(*, head: str = "") -> Verdict:
    """Compute every link anew. ``head`` is a hash noted earlier, which must still be in the chain.

    A chain cut at its end and one written anew throughout show only by a head that somebody noted elsewhere.
    """
    previous, position, found = BEGINNING, 0, not head
    for link, event in _links():
        position += 1
        if link.position != position:
            return Verdict(position - 1, previous, position, "link_missing")
        if event is None:
            return Verdict(position - 1, previous, position, "event_missing")
        expected = link_hash(previous, record_text(event))
        if link.hash != expected:
            return Verdict(position - 1, previous, position, "changed")
        previous = link.hash
        found = found or previous == head
    waiting = (
        select(func.count())
        .select_from(Event)
        .where(~select(ChainLink.position).where(ChainLink.event_id == Event.id).exists())
    )
    return Verdict(position, previous, None, "", db.session.execute(waiting).scalar_one(), found)


def _links() -> Iterator[tuple[ChainLink, Event | None]]:
    """All links in order, a thousand at a time, with their events (None: gone)."""
    after = -1
    while True:
        rows = db.session.execute(
            select(ChainLink, Event)
            .outerjoin(Event, Event.id == ChainLink.event_id)
            .where(ChainLink.position > after)
            .order_by(ChainLink.position)
            .limit(1000)
        ).all()
        if not rows:
            return
        for link, event in rows:
            after = link.position
            yield link, event
        db.session.expunge_all()


def _public_of(town_id: int, cycle_id: int, until: datetime | None) -> ColumnElement[bool]:
    """The cycle's public events, and the town's own, which belong to no cycle.

    ``until``: none that lie after it (a rehearsal clock was turned back before them).
    """
    return and_(
        Event.is_public,
        Event.at <= until if until is not None else true(),
        or_(Event.cycle_id == cycle_id, and_(Event.cycle_id.is_(None), Event.town_id == town_id)),
    )


def public_count(town_id: int, cycle_id: int, *, until: datetime | None = None) -> int:
    """How many events the public log of a cycle has."""
    return db.session.execute(
        select(func.count()).select_from(Event).where(_public_of(town_id, cycle_id, until))
    ).scalar_one()


def public_log(
    town_id: int,
    cycle_id: int,
    *,
    until: datetime | None = None,
    offset: int = 0,
    limit: int | None = None,
    newest_first: bool = True,
) -> list[tuple[Event, ChainLink | None]]:
    """The public events of a cycle, each with its link (None until it is sealed)."""
    order = Event.id.desc() if newest_first else Event.id
    rows = db.session.execute(
        select(Event, ChainLink)
        .outerjoin(ChainLink, ChainLink.event_id == Event.id)
        .where(_public_of(town_id, cycle_id, until))
        .order_by(order)
        .offset(offset)
        .limit(limit)
    )
    return [(event, link) for event, link in rows]


def hashes_before(positions: list[int]) -> dict[int, str]:
    """For each position the hash of the link before it."""
    wanted = sorted({position - 1 for position in positions})
    found: dict[int, str] = {0: BEGINNING}
    for begin in range(0, len(wanted), 500):
        part = wanted[begin : begin + 500]
        rows = db.session.execute(
            select(ChainLink.position, ChainLink.hash).where(ChainLink.position.in_(part))
        )
        found.update({row.position: row.hash for row in rows})
    return {position: found[position - 1] for position in positions if position - 1 in found}
