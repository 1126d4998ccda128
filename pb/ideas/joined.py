"""Which ideas go on together as one: the joint idea first, then those that were merged into it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from pb.core.workflow import IdeaState
from pb.db import db
from pb.ideas.models import Idea
from pb.ideas.models_joining import Joining, JoiningPart

_MERGED = IdeaState.MERGED_INTO.value


def lead_of(idea_id: int) -> int:
    """The idea that bears the joint text; the idea itself where it was not merged."""
    other = db.session.scalar(
        select(Idea.same_as_id).where(Idea.id == idea_id, Idea.state == _MERGED, Idea.same_as_id.is_not(None))
    )
    return other if other is not None else idea_id


def group_of(idea_id: int) -> tuple[int, ...]:
    """Ids of all ideas that go on together with this one, the joint idea first; one query."""
    own = aliased(Idea)
    lead = select(own.same_as_id).where(own.id == idea_id, own.state == _MERGED).scalar_subquery()
    rows = db.session.execute(
        select(Idea.id, Idea.same_as_id).where(
            (Idea.id == idea_id)
            | (Idea.id == lead)
            | ((Idea.state == _MERGED) & ((Idea.same_as_id == idea_id) | (Idea.same_as_id == lead)))
        )
    ).all()
    merged = {row.id: row.same_as_id for row in rows if row.same_as_id is not None}
    first = merged.get(idea_id)
    if first is None or first not in {row.id for row in rows}:
        first = idea_id
    return (first, *sorted(row.id for row in rows if row.id != first))


def merged_into(lead_id: int) -> list[tuple[int, datetime | None]]:
    """(id, when the last author agreed) of the ideas that go on under this one, by id."""
    rows = db.session.execute(
        select(Idea.id, func.max(Joining.closed_at))
        .outerjoin(JoiningPart, (JoiningPart.idea_id == Idea.id) & JoiningPart.left_at.is_(None))
        .outerjoin(Joining, Joining.id == JoiningPart.joining_id)
        .where(Idea.same_as_id == lead_id, Idea.state == _MERGED)
        .group_by(Idea.id)
        .order_by(Idea.id)
    )
    return [(row[0], row[1]) for row in rows]
