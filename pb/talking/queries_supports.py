"""Who stands for an idea: counted, never named."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from pb.db import db
from pb.ideas.models import Idea
from pb.talking.models import Support


def supporters(idea_ids: Collection[int], now: datetime) -> int:
    """How many people stand for ideas that go on as one: each once, whichever of them they chose."""
    query = select(func.count(Support.account_id.distinct())).where(
        Support.idea_id.in_(idea_ids), Support.at <= now
    )
    return db.session.execute(query).scalar_one()


def supports_any(idea_ids: Collection[int], account_id: int | None) -> bool:
    """Whether a person is among them."""
    if account_id is None or not idea_ids:
        return False
    query = select(Support.id).where(Support.idea_id.in_(idea_ids), Support.account_id == account_id)
    return db.session.scalar(query.limit(1)) is not None


def supports_since(account_id: int, since: datetime, now: datetime) -> int:
    """How many ideas a person has supported."""
    query = select(func.count()).where(
        Support.account_id == account_id, Support.at > since, Support.at <= now
    )
    return db.session.execute(query).scalar_one()


def state_of_idea(idea_id: int) -> str:
    """The state of an idea, for the policy; of a merged one that of the idea that goes on."""
    lead = aliased(Idea)
    row = db.session.execute(
        select(Idea.state, lead.state.label("other"))
        .outerjoin(lead, lead.id == Idea.same_as_id)
        .where(Idea.id == idea_id)
    ).one()
    return str(row.other if row.state == "merged_into" and row.other else row.state)
