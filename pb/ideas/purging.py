"""Drafts do not live for ever: those that nobody touched are deleted, with the personal data in them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select

from pb.audit.log import record
from pb.core.workflow import IdeaState
from pb.db import command, db
from pb.ideas import events
from pb.ideas.models import Idea

DRAFTS_LIVE = timedelta(days=14)
WAITING_LIVES = timedelta(days=30)  # a draft that waits for a guardian


def purge_drafts(*, now: datetime) -> int:
    """Delete drafts untouched for 14 days, with the personal data in them. Gives their number.

    Looks first, so that the worker's every round costs no write transaction.
    """
    lives_on = Idea.waiting_since.is_not(None) & (Idea.updated_at >= now - WAITING_LIVES)
    old = (Idea.state == IdeaState.DRAFT.value) & (Idea.updated_at < now - DRAFTS_LIVE) & ~lives_on
    if db.session.scalar(select(Idea.id).where(old).limit(1)) is None:
        return 0
    return _purge(old, now)


@command
def _purge(old: ColumnElement[bool], now: datetime) -> int:
    count = int(db.session.execute(delete(Idea).where(old)).rowcount)  # type: ignore[attr-defined]
    record(events.DraftsPurged(count), subject_id=None, by=None, at=now)
    return count
