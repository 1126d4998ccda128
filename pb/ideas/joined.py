"""Which ideas go on together as one: the joint idea first, then those that were merged into it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import aliased

from pb.core.workflow import IdeaState
from pb.db import db
from pb.ideas.models import Idea

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
