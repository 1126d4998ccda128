"""Things to talk about, and people who do, for the tests of this feature."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pb import clock
from pb.accounts.queries import actor_by_id
from pb.db import writing
from pb.policy import Actor, Role
from pb.talking import commands
from pb.talking.models import Comment
from tests.factories import World, make_citizen

TEXT = "ეს გზა ჩვენს სოფელს ძალიან სჭირდება."


def citizen(name: str = "გიორგი სანიმუშო") -> Actor:
    return actor_by_id(make_citizen(name).id)


def staff(world: World, role: Role = Role.OFFICER) -> Actor:
    return actor_by_id(world.staff[role].id)


def said(world: World, thing: str, by: Actor, **changes: Any) -> Comment:
    """A comment as the page sends it."""
    values: dict[str, Any] = {"kind": "for", "text": TEXT, "now": clock.now()}
    return commands.post_comment(cycle_id=world.cycle.id, thing=thing, actor=by, **{**values, **changes})


def known(world: World, thing: str, by: Actor) -> Actor:
    """Somebody whose words staff have let through once."""
    row = said(world, thing, by, text=f"პირველი სიტყვა {by.account_id}")
    with writing() as session:
        session.get_one(Comment, row.id).state = "shown"
    return by


def supported(world: World, thing: str, by: Actor, now: datetime | None = None) -> bool:
    return commands.support_idea(cycle_id=world.cycle.id, thing=thing, actor=by, now=now or clock.now())
