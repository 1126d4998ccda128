"""What stood at a moment before acts that were done already, read from the log: a rehearsal clock was turned back.

Only demonstrations come here (``clock.turned_back``); everywhere else the stored columns are what stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, select

from pb.audit.models import Event
from pb.core.errors import Closed
from pb.db import db


def state_column(
    subject: str, thing_id: Any, states: Mapping[str, ColumnElement[str] | str], now: datetime
) -> ColumnElement[str | None]:
    """The state to which the last act by ``now`` led; NULL before the first. ``states``: by kind of event."""
    return (
        select(case(*((Event.kind == kind, state) for kind, state in states.items())))
        .where(
            Event.subject == subject,
            Event.subject_id == thing_id,
            Event.kind.in_(list(states)),
            Event.at <= now,
        )
        .order_by(Event.id.desc())
        .limit(1)
        .correlate_except(Event)
        .scalar_subquery()
    )


def acts_by(subject: str, ids: Collection[int], now: datetime) -> dict[int, list[str]]:
    """The kinds of the acts on each thing by ``now``, oldest first; one query."""
    found: dict[int, list[str]] = defaultdict(list)
    query = (
        select(Event.subject_id, Event.kind)
        .where(Event.subject == subject, Event.subject_id.in_(ids), Event.at <= now)
        .order_by(Event.id)
    )
    for thing_id, kind in db.session.execute(query):
        found[thing_id or 0].append(kind)
    return found


def refuse_before_later_acts(subject: str, thing_id: int, now: datetime) -> None:
    """Raise Closed("later_acts") when something was done to the thing after ``now`` already.

    An act between two others would make a history that nobody can read; the clock is to be turned forward.
    """
    later = select(Event.id).where(Event.subject == subject, Event.subject_id == thing_id, Event.at > now)
    if db.session.scalar(later.limit(1)) is not None:
        raise Closed("later_acts")
