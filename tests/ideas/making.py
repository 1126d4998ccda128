"""People and ideas as citizens give them, for the tests of this feature."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pb import clock
from pb.accounts.queries import actor_by_id
from pb.ideas import commands
from pb.ideas.content import Person
from pb.ideas.models import Idea
from pb.policy import Actor
from tests.factories import World, make_citizen


def person(world: World, **changes: Any) -> Person:
    values: dict[str, Any] = {
        "first_name": "ნინო", "surname": "სანიმუშო", "age_band": "30-44",
        "unit_id": world.town.units[0].id, "village": "სიმონეთი",
    }  # fmt: skip
    return Person(**{**values, **changes})


def fields(world: World, **changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "title": "გარე განათება სკოლასთან",
        "problem": "საღამოს ბავშვები სიბნელეში ბრუნდებიან.",
        "solution": "ექვსი ბოძი და ენერგოდამზოგი სანათები.",
        "unit_id": world.town.units[0].id,
        "village": "სიმონეთი",
        "place": "სკოლის წინ",
        "beneficiaries": "180 მოსწავლე",
        "category": world_category(world),
        "cost_tetri": 1_450_000,
    }
    return {**values, **changes}


def world_category(world: World) -> str:
    from pb.cycles.queries import here_by_id

    return here_by_id(world.cycle.id, now=clock.now()).rules.categories[0].id


def author(name: str = "ნინო სანიმუშო") -> Actor:
    return actor_by_id(make_citizen(name).id)


def handed_in(world: World, actor: Actor | None = None, now: datetime | None = None, **changes: Any) -> Idea:
    """An idea of a new citizen (or of ``actor``), handed in."""
    who = {k: changes.pop(k) for k in ("first_name", "surname", "age_band", "guardian") if k in changes}
    return commands.hand_in(
        cycle_id=world.cycle.id,
        person=person(world, **who),
        fields=fields(world, **changes),
        actor=actor or author(),
        now=now or clock.now(),
    )


def drafted(world: World, actor: Actor, **changes: Any) -> Idea:
    """A complete draft."""
    idea = commands.begin_draft(cycle_id=world.cycle.id, person=person(world), actor=actor, now=clock.now())
    return commands.save_draft(
        idea_id=idea.id, changes=fields(world, **changes), actor=actor, now=clock.now(), version=idea.version
    )
