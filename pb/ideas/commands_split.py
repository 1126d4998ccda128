"""Taking an idea out of a joint one again, by its authors or those of the others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from pb.audit.log import record
from pb.core.errors import Closed, DomainError
from pb.core.workflow import IdeaState, move_idea
from pb.cycles.queries import here_by_id
from pb.db import command, db
from pb.ideas import events, records
from pb.ideas.models import Idea
from pb.ideas.models_joining import JoiningPart
from pb.policy import Action, Actor, authorise

# What later features do before an idea is split off: fn(lead, idea, actor, now) -> the reason why it cannot, or None.
BEFORE_SPLIT: list[Callable[[Idea, Idea, Actor, datetime], DomainError | None]] = []


@command
def split_off(*, idea_id: int, actor: Actor, now: datetime) -> Idea:
    """Take an idea out of the joint one, as any author of either may until the project is handed in. It is checked
    anew, unless it had been admitted before.

    Writes IdeaSplitOff or IdeaSplitOffAdmitted. Raises Refused, Closed, and what later features object.
    """
    cycle_id = records.locked_idea(idea_id).cycle_id
    here = here_by_id(cycle_id, now=now, lock=True)
    idea = records.locked_idea(idea_id)
    if idea.state != IdeaState.MERGED_INTO or idea.same_as_id is None:
        raise Closed("not_from_this_state", state=idea.state, act="split_off")
    lead = records.locked_idea(idea.same_as_id)
    either = lead if actor.account_id in lead.author_ids else idea
    authorise(actor, Action.SPLIT_IDEA, town_id=here.town.id, status=here.status, thing=either)
    for ask in BEFORE_SPLIT:
        why = ask(lead, idea, actor, now)
        if why is not None:
            raise why
    part = db.session.scalar(
        select(JoiningPart).where(JoiningPart.idea_id == idea.id, JoiningPart.left_at.is_(None))
    )
    admitted = part is not None and part.admitted
    if part is not None:
        part.left_at = now
    act = "split_off_admitted" if admitted else "split_off"
    idea.state, idea.same_as_id = move_idea(idea.state, act).value, None
    for author in [row for row in lead.authors if row.joined_from_id == idea.id]:
        lead.authors.remove(author)
    db.session.flush()
    for changed in (idea, lead):
        changed.author_label = records.label_of(changed.authors)
        changed.version += 1
        changed.updated_at = now
    kind = events.IdeaSplitOffAdmitted if admitted else events.IdeaSplitOff
    done = kind(records.number_of(here, idea), records.number_of(here, lead))
    record(done, subject_id=idea.id, by=actor, at=now, town_id=here.town.id, cycle_id=cycle_id)
    return idea
