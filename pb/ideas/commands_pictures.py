"""Putting a picture to an idea, and taking it away. One picture an idea."""

from __future__ import annotations

from datetime import datetime

from pb.audit.log import record
from pb.cycles.queries import Here
from pb.db import command, db
from pb.ideas import events, records
from pb.ideas.commands import changing
from pb.ideas.models import Idea, IdeaPicture
from pb.ideas.pictures import Prepared
from pb.policy import Action, Actor, authorise


@command
def set_picture(*, idea_id: int, picture: Prepared, actor: Actor, now: datetime) -> None:
    """Store the picture in place of the one there is."""
    idea, here = _open(idea_id, actor, now)
    if any(kept.large == picture.large for kept in idea.pictures):
        return  # the same form sent twice
    idea.pictures.clear()
    db.session.flush()
    idea.pictures.append(
        IdeaPicture(
            small=picture.small, large=picture.large, width=picture.width, height=picture.height, added_at=now
        )
    )
    _changed(idea, here, actor, now)


@command
def remove_picture(*, idea_id: int, actor: Actor, now: datetime) -> None:
    """Take the picture away; nothing happens when there is none."""
    idea, here = _open(idea_id, actor, now)
    if idea.pictures:
        idea.pictures.clear()
        _changed(idea, here, actor, now)


def _open(idea_id: int, actor: Actor, now: datetime) -> tuple[Idea, Here]:
    idea, here = records.open_idea(idea_id, Action.SEE_OWN, actor, now)
    authorise(actor, changing(idea), town_id=here.town.id, status=here.status, thing=idea)
    return idea, here


def _changed(idea: Idea, here: Here, actor: Actor, now: datetime) -> None:
    idea.updated_at = now
    if idea.number is not None:
        act = events.IdeaPictureChanged(records.number_of(here, idea))
        record(act, subject_id=idea.id, by=actor, at=now, town_id=here.town.id, cycle_id=idea.cycle_id)
