"""The sealer: chains the events that are not chained yet. Nothing else writes links."""

from __future__ import annotations

from datetime import datetime

from pb.audit import queries
from pb.audit.chain import BEGINNING, link_hash, record_text
from pb.audit.models import ChainLink
from pb.db import command, db, one_at_a_time


def seal_due(*, now: datetime, limit: int = 500, everything: bool = False) -> int:
    """Chain at most ``limit`` events in the order of their ids; gives how many.

    Looks first without a transaction, since it is called every second. ``everything`` looks for events left
    out further back than usual.
    """
    if not queries.unsealed(1, everything=everything):
        return 0
    return _seal(now=now, limit=limit, everything=everything)


@command
def _seal(*, now: datetime, limit: int, everything: bool) -> int:
    one_at_a_time("event chain")
    last = queries.last_link()
    position, previous = (last.position, last.hash) if last else (0, BEGINNING)
    count = 0
    for event in queries.unsealed(limit, everything=everything):
        position += 1
        previous = link_hash(previous, record_text(event))
        db.session.add(ChainLink(position=position, event_id=event.id, hash=previous, sealed_at=now))
        count += 1
    return count
