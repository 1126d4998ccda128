"""Reading what an operator wrote down for others."""

from __future__ import annotations

from sqlalchemy import select

from pb.core.workflow import IdeaState
from pb.db import db
from pb.ideas.models import Idea, IdeaAuthor
from pb.ideas.models_attached import IdeaHelp


def written_by(cycle_id: int, operator_id: int) -> list[Idea]:
    """The operator's drafts that are not handed in, the newest first."""
    return list(
        db.session.scalars(
            select(Idea)
            .join(IdeaHelp, IdeaHelp.idea_id == Idea.id)
            .where(
                Idea.cycle_id == cycle_id,
                IdeaHelp.operator_id == operator_id,
                Idea.state == IdeaState.DRAFT.value,
            )
            .order_by(Idea.id.desc())
        )
    )


def helped_idea(cycle_id: int, idea_id: int, operator_id: int | None) -> Idea | None:
    """An idea that this operator wrote down, in whatever state; None for anybody else's."""
    return db.session.scalar(
        select(Idea)
        .join(IdeaHelp, IdeaHelp.idea_id == Idea.id)
        .where(Idea.id == idea_id, Idea.cycle_id == cycle_id, IdeaHelp.operator_id == operator_id)
    )


def same_draft(idea: Idea) -> Idea | None:
    """A draft that the same operator has just written down in the same words for the same person."""
    assert idea.help is not None
    return db.session.scalar(
        select(Idea)
        .join(IdeaHelp, IdeaHelp.idea_id == Idea.id)
        .join(IdeaAuthor, IdeaAuthor.idea_id == Idea.id)
        .where(
            Idea.cycle_id == idea.cycle_id,
            Idea.state == IdeaState.DRAFT.value,
            IdeaHelp.operator_id == idea.help.operator_id,
            IdeaAuthor.person_hash == idea.authors[0].person_hash,
            Idea.title == idea.title,
            Idea.problem == idea.problem,
        )
        .order_by(Idea.id)
        .limit(1)
    )
