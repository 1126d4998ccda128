"""Reading for the eligibility check: the officer's queue with its terms, findings, and what changed in a
text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload, selectinload

from pb.audit.models import Event
from pb.core.workdays import TBILISI
from pb.db import UTCDateTime, db
from pb.ideas.models import Idea, IdeaRevision
from pb.ideas.then import as_they_stood, shown_state
from pb.review import checking
from pb.review.models import EligibilityCheck

# The shelves of the queue, in the order of its page: name and the states on it.
SHELVES: dict[str, tuple[str, ...]] = {
    "waiting": ("submitted", "in_check"),
    "returned": ("returned",),
    "admitted": ("eligible",),
    "invited": ("invited",),
    "refused": ("ineligible", "ineligible_final"),
    "rest": ("withdrawn", "lapsed", "merged_into", "duplicate_of"),
}


@dataclass(frozen=True)
class QueueRow:
    """An idea on the queue. ``due`` and ``late`` only while it waits for the office."""

    idea: Idea
    since: datetime
    due: date | None
    late: bool


def idea_by_number(cycle_id: int, number: int) -> Idea | None:
    """An idea that was handed in, with its unit, authors and pictures."""
    found = db.session.scalars(
        select(Idea)
        .where(Idea.cycle_id == cycle_id, Idea.number == number)
        .options(joinedload(Idea.unit), selectinload(Idea.authors))
    ).all()
    return next((idea for idea in as_they_stood(found) if idea.number is not None), None)


def counts(cycle_id: int) -> dict[str, int]:
    """How many ideas stand on each shelf."""
    shown = select(shown_state().label("state")).where(Idea.cycle_id == cycle_id).subquery()
    rows = db.session.execute(select(shown.c.state, func.count()).group_by(shown.c.state))
    by_state = {state: count for state, count in rows}  # noqa: C416
    return {shelf: sum(by_state.get(s, 0) for s in states) for shelf, states in SHELVES.items()}


def queue(
    cycle_id: int, *, now: datetime, shelf: str = "waiting", unit: str = "", category: str = ""
) -> list[QueueRow]:
    """The ideas of a shelf, those that wait longest first; on "waiting" this puts first what is late
    first.
    """
    query = (
        select(Idea)
        .where(Idea.cycle_id == cycle_id, shown_state().in_(SHELVES[shelf]), Idea.number.is_not(None))
        .options(joinedload(Idea.unit), selectinload(Idea.authors))
    )
    if unit:
        query = query.where(Idea.unit.has(slug=unit))
    if category:
        query = query.where(Idea.category == category)
    ideas = as_they_stood(db.session.scalars(query).all())
    answered = _answered_at((idea.id for idea in ideas if idea.times_returned), now)
    today = now.astimezone(TBILISI).date()
    rows = []
    for idea in ideas:
        since = answered.get(idea.id) or idea.submitted_at or idea.created_at
        due = checking.due_on(since) if shelf == "waiting" else None
        rows.append(QueueRow(idea, since, due, due is not None and today > due))
    return sorted(rows, key=lambda row: (row.since, row.idea.number or 0))


def waiting_since(idea: Idea, now: datetime) -> datetime:
    """From when the term of the check runs: the handing in, or the author's last answer."""
    answered = _answered_at([idea.id], now) if idea.times_returned else {}
    return answered.get(idea.id) or idea.submitted_at or idea.created_at


def late_count(cycle_id: int, now: datetime) -> int:
    """How many waiting ideas are past their term (for the staff board)."""
    return sum(row.late for row in queue(cycle_id, now=now))


def _answered_at(idea_ids: Iterable[int], now: datetime) -> dict[int, datetime]:
    """When the authors of returned ideas sent them back last: the term runs anew from there."""
    ids = list(idea_ids)
    if not ids:
        return {}
    rows = db.session.execute(
        select(Event.subject_id, func.max(Event.at))
        .where(
            Event.subject == "idea", Event.kind == "IdeaAnswered", Event.subject_id.in_(ids), Event.at <= now
        )
        .group_by(Event.subject_id)
    )
    return {idea_id: at for idea_id, at in rows if idea_id is not None}


def taken_up_by(idea_id: int, now: datetime) -> int | None:
    """The account of the officer who took the idea up last."""
    return db.session.scalar(
        select(Event.actor_id)
        .where(
            Event.subject == "idea", Event.subject_id == idea_id, Event.kind == "IdeaTakenUp", Event.at <= now
        )
        .order_by(Event.id.desc())
        .limit(1)
    )


def in_hand(cycle_id: int, now: datetime) -> dict[int, int]:
    """Who took up the ideas that are being checked, by idea id: the last who did."""
    rows = db.session.execute(
        select(Event.subject_id, Event.actor_id)
        .where(
            Event.cycle_id == cycle_id, Event.subject == "idea", Event.kind == "IdeaTakenUp", Event.at <= now
        )
        .order_by(Event.id)
    )
    return {idea: actor for idea, actor in rows if idea is not None and actor is not None}


_CHECKS_OF = (
    select(EligibilityCheck)
    .where(
        EligibilityCheck.idea_id == bindparam("idea_id"),
        EligibilityCheck.at <= bindparam("now", type_=UTCDateTime),
    )
    .order_by(EligibilityCheck.id)
)


def checks_of(idea_id: int, now: datetime) -> list[EligibilityCheck]:
    """All findings on an idea by ``now``, oldest first."""
    return list(db.session.scalars(_CHECKS_OF, {"idea_id": idea_id, "now": now}))


def last_check(idea_id: int, now: datetime) -> EligibilityCheck | None:
    """The newest of them."""
    return next(iter(reversed(checks_of(idea_id, now))), None)


def checkers_of(idea_id: int) -> frozenset[int]:
    """Accounts that recorded a finding on the idea; they never score its project nor examine its
    objection.
    """
    return frozenset(
        db.session.scalars(select(EligibilityCheck.officer_id).where(EligibilityCheck.idea_id == idea_id))
    )


def last_revision(idea_id: int) -> IdeaRevision | None:
    """The newest text of an idea."""
    return db.session.scalars(
        select(IdeaRevision)
        .where(IdeaRevision.idea_id == idea_id)
        .order_by(IdeaRevision.number.desc())
        .limit(1)
    ).first()


def revision_by_id(revision_id: int) -> IdeaRevision | None:
    """A text of an idea, such as the one a finding was made on."""
    return db.session.get(IdeaRevision, revision_id)


@dataclass(frozen=True)
class Change:
    """A field of an idea whose value differs between two texts."""

    field: str
    before: object
    after: object


def changes(before: IdeaRevision, after: IdeaRevision) -> tuple[Change, ...]:
    """What differs from ``before`` to ``after``, in the order of the form; empty when nothing does."""
    names = [name for name in checking.NOTE_FIELDS if name]
    names += sorted((before.fields.keys() | after.fields.keys()) - set(names))
    return tuple(
        Change(name, before.fields.get(name), after.fields.get(name))
        for name in names
        if before.fields.get(name) != after.fields.get(name)
    )
