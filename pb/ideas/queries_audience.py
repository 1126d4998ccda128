"""Authors of ideas as groups to whom the staff may write."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from pb.cycles.queries import Here
from pb.db import db
from pb.ideas.models import Idea, IdeaAuthor
from pb.messages import audiences

OVER = ("draft", "withdrawn")


def join() -> None:
    """Register the groups."""
    audiences.register("audience_authors", lambda here: _authors(here, ()))
    audiences.register("audience_returned", lambda here: _authors(here, ("returned",)))
    audiences.register("audience_admitted", lambda here: _authors(here, ("eligible", "invited")))


def _authors(here: Here, states: Collection[str]) -> list[int]:
    """Accounts of authors of ideas that were handed in (in one of ``states``), in order."""
    query = (
        select(IdeaAuthor.account_id)
        .join(Idea, Idea.id == IdeaAuthor.idea_id)
        .where(
            Idea.cycle_id == here.the_cycle.id,
            IdeaAuthor.account_id.is_not(None),
            Idea.state.in_(states) if states else Idea.state.not_in(OVER),
        )
        .distinct()
        .order_by(IdeaAuthor.account_id)
    )
    return [account_id for account_id in db.session.scalars(query) if account_id is not None]
