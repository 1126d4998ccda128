"""What the page of an idea shows of joining, and who sees a proposal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from pb.cycles.queries import Here
from pb.db import db
from pb.ideas import queries_joining
from pb.ideas.joined import lead_of
from pb.ideas.models import IdeaAuthor
from pb.ideas.models_joining import Joining
from pb.policy import Action, Role, allowed
from pb.web.guard import current_actor


def seen_joining(here: Here, joining_id: int) -> Joining | None:
    """A proposal, for the authors of its ideas and for staff; for anybody else who is signed in there is none."""
    joining = queries_joining.joining_of(here.the_cycle.id, joining_id)
    actor = current_actor()
    if joining is None or actor.account_id is None:
        return joining
    voices = {voice.account_id for voice in queries_joining.voices_of(joining)}
    staff = actor.has(here.town.id, Role.OFFICER, Role.OPERATOR, Role.ADMINISTRATOR)
    return joining if staff or actor.account_id in voices else None


def beside(here: Here, idea: Row[Any]) -> dict[str, Any]:
    """What the page of an idea shows of joining."""
    actor = current_actor()
    proposal = queries_joining.open_joining_of(idea.id)
    seen = proposal is not None and seen_joining(here, proposal.id) is not None and actor.account_id
    return {
        "joined": queries_joining.joined_under(idea.id),
        "proposal": proposal.id if proposal is not None and seen else None,
        "proposed": proposal is not None,
        "can_join": _can_join(here, idea),
        "can_split": idea.state == "merged_into" and actor.account_id in _authors_of_lead(idea.id),
    }


def _can_join(here: Here, idea: Row[Any]) -> bool:
    """Officers see the way in on every open idea, authors on their own."""
    actor = current_actor()
    if actor.account_id is None:
        return False
    authors = db.session.scalars(select(IdeaAuthor.account_id).where(IdeaAuthor.idea_id == idea.id))
    thing = _Asked(str(idea.state), frozenset(account for account in authors if account is not None))
    return allowed(actor, Action.JOIN_IDEAS, town_id=here.town.id, status=here.status, thing=thing)


@dataclass(frozen=True)
class _Asked:
    state: str
    author_ids: frozenset[int]


def _authors_of_lead(idea_id: int) -> frozenset[int]:
    query = select(IdeaAuthor.account_id).where(IdeaAuthor.idea_id == lead_of(idea_id))
    return frozenset(account for account in db.session.scalars(query) if account is not None)
