"""The author's term: until when a returned idea must be corrected, and which ideas are past it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from pb.audit.models import Event
from pb.core.phases import Calendar, Phase
from pb.core.workdays import TBILISI, add_working_days
from pb.core.workflow import IdeaState
from pb.cycles.queries import Here, approved_acts
from pb.db import db
from pb.ideas.models import Idea

ANSWER_WORKING_DAYS = 10


def last_day(since: datetime, calendar: Calendar | None) -> date:
    """The last day for the author's answer: ten working days after the day of the return (or of the resumption
    of a paused contest), but never beyond development, after which nothing is corrected any more.
    """
    day = add_working_days(since.astimezone(TBILISI).date(), ANSWER_WORKING_DAYS)
    if calendar is None:
        return day
    closes = calendar.closes(Phase.DEVELOPMENT) - timedelta(microseconds=1)
    return min(day, closes.astimezone(TBILISI).date())


def returned_at(idea_ids: Collection[int], now: datetime) -> dict[int, datetime]:
    """When each idea was returned last."""
    rows = db.session.execute(
        select(Event.subject_id, func.max(Event.at))
        .where(
            Event.subject == "idea",
            Event.kind == "IdeaReturned",
            Event.subject_id.in_(idea_ids),
            Event.at <= now,
        )
        .group_by(Event.subject_id)
    )
    return {idea_id: at for idea_id, at in rows if idea_id is not None}


def answer_by(here: Here, ideas: Collection[Any], now: datetime) -> dict[int, date]:
    """By id, the last day on which each returned idea can be sent again; no query where none is returned.

    ``ideas``: anything with ``id`` and ``state``.
    """
    ids = [idea.id for idea in ideas if idea.state == IdeaState.RETURNED]
    if not ids:
        return {}
    resumed = [act.decided_at for act in approved_acts(here.the_cycle.id, now) if act.kind == "resume"]
    return {
        idea_id: last_day(
            max(at, *(moment for moment in resumed if moment)) if resumed else at, here.calendar
        )
        for idea_id, at in returned_at(ids, now).items()
    }


def returned_cycles() -> list[int]:
    """The cycles that have returned ideas (the worker asks each second: one small query)."""
    query = select(Idea.cycle_id).where(Idea.state == IdeaState.RETURNED.value).distinct()
    return sorted(db.session.scalars(query))


def returned_ideas(cycle_id: int) -> list[Idea]:
    """The returned ideas of a cycle, by number."""
    query = select(Idea).where(Idea.cycle_id == cycle_id, Idea.state == IdeaState.RETURNED.value)
    return list(db.session.scalars(query.order_by(Idea.number)))
