"""Reading for an author: the own ideas and drafts, the person last given, ideas that resemble one's own."""

from __future__ import annotations

from sqlalchemy import case, select
from sqlalchemy.orm import joinedload

from pb.accounts.personal import unseal
from pb.accounts.queries import account_by_id
from pb.core.workflow import IdeaState
from pb.db import db
from pb.ideas import records
from pb.ideas.content import Person
from pb.ideas.lookalikes import Candidate, resembling
from pb.ideas.models import Idea, IdeaAuthor
from pb.ideas.queries import PUBLIC_STATES
from pb.ideas.then import as_they_stood, shown_state

MOST_CANDIDATES = 600


def ideas_of(cycle_id: int, account_id: int) -> list[Idea]:
    """All ideas of an account in a cycle: what waits for its author first, then by number, newest first."""
    state = shown_state()
    waiting = case((state == IdeaState.RETURNED.value, 0), (state == IdeaState.DRAFT.value, 1), else_=2)
    found = db.session.scalars(
        select(Idea)
        .join(IdeaAuthor, IdeaAuthor.idea_id == Idea.id)
        .where(Idea.cycle_id == cycle_id, IdeaAuthor.account_id == account_id)
        .options(joinedload(Idea.unit))
        .order_by(waiting, Idea.number.desc(), Idea.id.desc())
    )
    return as_they_stood(list(found))


def own_idea(cycle_id: int, idea_id: int) -> Idea | None:
    """An idea of the cycle in whatever state; who may see it, the caller asks."""
    found = db.session.scalars(select(Idea).where(Idea.id == idea_id, Idea.cycle_id == cycle_id)).all()
    return next(iter(as_they_stood(found)), None)


def last_person(account_id: int) -> Person | None:
    """Who the account said it was with its latest idea; else its name alone; None when nothing is known."""
    author = db.session.scalar(
        select(IdeaAuthor).where(IdeaAuthor.account_id == account_id).order_by(IdeaAuthor.id.desc()).limit(1)
    )
    if author is not None:
        return records.person_of(author)
    account = account_by_id(account_id)
    first, _, surname = unseal(account.name_sealed).partition(" ") if account else ("", "", "")
    return Person(first_name=first, surname=surname, age_band="") if first else None


def lookalikes(idea: Idea) -> tuple[Candidate, ...]:
    """At most three public ideas of the cycle that resemble this one."""
    rows = db.session.execute(
        select(Idea.number, Idea.title, Idea.search_text, Idea.unit_id, Idea.category)
        .where(Idea.cycle_id == idea.cycle_id, shown_state().in_(PUBLIC_STATES), Idea.id != idea.id)
        .order_by(Idea.number.desc())
        .limit(MOST_CANDIDATES)
    )
    return resembling(
        idea.title,
        idea.search_text,
        (
            Candidate(
                r.number or 0, r.title, r.search_text, r.unit_id == idea.unit_id, r.category == idea.category
            )
            for r in rows
        ),
    )


def is_author(idea_id: int, account_id: int | None) -> bool:
    """Whether the account is an author of the idea."""
    if account_id is None:
        return False
    query = select(IdeaAuthor.id).where(IdeaAuthor.idea_id == idea_id, IdeaAuthor.account_id == account_id)
    return db.session.scalar(query) is not None
