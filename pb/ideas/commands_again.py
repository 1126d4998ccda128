"""Handing in again: a draft with the texts of an idea that was refused in a former year, and a link to it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from pb.core.errors import Missing
from pb.core.workflow import IdeaState
from pb.cycles.queries import here_by_id
from pb.db import command, db
from pb.ideas import again, content, records
from pb.ideas.models import Idea, IdeaAuthor
from pb.policy import Action, Actor, authorise


@command
def begin_again(*, cycle_id: int, old_id: int, actor: Actor, now: datetime, language: str = "ka") -> Idea:
    """A draft of the actor's in this cycle with what the old idea said; pressed twice, the same draft.

    Its old evaluation stays with the old idea, to which the new one points for good. Raises Missing for an idea that
    was not refused or is not the actor's own, Closed("idea_limit"), Refused.
    """
    here = here_by_id(cycle_id, now=now, lock=True)
    authorise(actor, Action.HAND_IN_IDEA, town_id=here.town.id, status=here.status)
    assert actor.account_id is not None
    old = next((row for row, _end in again.former_ideas(here, actor.account_id) if row.id == old_id), None)
    if old is None:
        raise Missing("no_such_page")
    begun = db.session.scalar(
        select(Idea)
        .join(IdeaAuthor, IdeaAuthor.idea_id == Idea.id)
        .where(
            Idea.cycle_id == cycle_id,
            Idea.again_of_id == old.id,
            Idea.state == IdeaState.DRAFT.value,
            IdeaAuthor.account_id == actor.account_id,
        )
        .limit(1)
    )
    if begun is not None:
        return begun
    records.require_room(here.rules, cycle_id, actor.account_id)
    own = next(row for row in old.authors if row.account_id == actor.account_id)
    values = records.values_of(old)
    if here.category(values["category"]) is None:
        values["category"] = ""  # this year's rulebook has other ones
    idea = Idea(
        cycle_id=cycle_id, state=IdeaState.DRAFT.value, again_of_id=old.id, channel="web", notes={},
        language=language, created_at=now, updated_at=now, version=0, **values,
    )  # fmt: skip
    author = IdeaAuthor(account_id=actor.account_id)
    person = records.person_of(own)
    records.store_person(author, person)
    idea.authors.append(author)
    idea.author_label = content.clean_person(person).label
    records.store_derived(idea, language, now)
    db.session.add(idea)
    db.session.flush()
    return idea
