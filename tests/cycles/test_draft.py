"""A contest that nobody has read yet: its name and year, discarding it, the order of its criteria and checks."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Refused
from pb.cycles import commands, commands_draft, queries
from pb.cycles.models import Cycle, PassedGate, RulebookVersion
from pb.cycles.starting import moved
from pb.db import db, writing
from pb.policy import Actor, Role
from tests.conftest import FrozenClock
from tests.factories import World, make_world

NAME = {"ka": "ზამთრის კონკურსი", "en": "Winter contest"}


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(app)


def draft(world: World, clock: FrozenClock, year: int = 2028) -> int:
    return commands.create_cycle(
        town_id=world.town.id, year=year, pot_tetri=10_000_000, actor=admin(world), now=clock()
    )


def admin(world: World) -> Actor:
    return world.actor(Role.ADMINISTRATOR)


def kinds(cycle_id: int) -> list[str]:
    return [e.kind for e in db.session.query(Event).filter_by(cycle_id=cycle_id).order_by(Event.id)]


def rename(cycle_id: int, actor: Actor, clock: FrozenClock, year: int = 2029, **name: str) -> None:
    commands_draft.rename_cycle(cycle_id=cycle_id, name={**NAME, **name}, year=year, actor=actor, now=clock())


def test_name_and_year_change_and_the_dates_move_along(world: World, clock: FrozenClock) -> None:
    cycle_id = draft(world, clock)
    before = queries.here_by_id(cycle_id, now=clock())
    assert before.calendar is not None
    for _ in range(2):
        rename(cycle_id, admin(world), clock)
    here = queries.here_by_id(cycle_id, now=clock())
    assert (here.the_cycle.name, here.the_cycle.year) == (NAME, 2029)
    assert here.calendar == moved(before.calendar, 1)
    assert kinds(cycle_id)[-2:] == ["CalendarSaved", "CycleRenamed"]
    assert kinds(cycle_id).count("CycleRenamed") == 1


def test_what_is_refused(world: World, clock: FrozenClock) -> None:
    cycle_id = draft(world, clock)
    for values, field, code in (
        ({"ka": " "}, "name_ka", "required"), ({"en": "x" * 81}, "name_en", "too_long"),
        ({"year": 2026}, "year", "year_taken"), ({"year": 1999}, "year", "bad_year"),
    ):  # fmt: skip
        with pytest.raises(Invalid, match=code) as refused:
            rename(cycle_id, admin(world), clock, **values)  # type: ignore[arg-type]
        assert refused.value.field == field
    for act in (rename, discard):
        with pytest.raises(Refused):
            act(cycle_id, world.actor(Role.OFFICER), clock)
        with pytest.raises(Closed, match="already_published"):
            act(world.cycle.id, admin(world), clock)


def discard(cycle_id: int, actor: Actor, clock: FrozenClock) -> None:
    commands_draft.discard_cycle(cycle_id=cycle_id, actor=actor, now=clock())


def test_a_discarded_contest_is_found_nowhere_and_its_year_is_free(world: World, clock: FrozenClock) -> None:
    cycle_id = draft(world, clock)
    discard(cycle_id, admin(world), clock)
    assert queries.cycle_of(world.town.id, 2028) is None
    listed = queries.cycles_of(world.town.id, now=clock(), unpublished=True)
    assert [cycle.id for cycle in listed] == [world.cycle.id]
    assert db.session.query(RulebookVersion).filter_by(cycle_id=cycle_id).count() == 1, "the log names it"
    assert kinds(cycle_id)[-1] == "CycleDiscarded"
    with pytest.raises(Closed):
        discard(cycle_id, admin(world), clock)
    assert draft(world, clock) != cycle_id


def test_what_more_than_drafts_hangs_on_stays(world: World, clock: FrozenClock) -> None:
    cycle_id = draft(world, clock)
    with writing() as session:
        session.add(PassedGate(cycle_id=cycle_id, gate="roll_approved", passed_at=clock(), passed_by=None))
    with pytest.raises(Closed, match="cycle_in_use"):
        discard(cycle_id, admin(world), clock)
    assert queries.cycle_of(world.town.id, 2028) is not None


def test_the_pages(app: Flask, world: World, clock: FrozenClock) -> None:
    cycle_id = draft(world, clock)
    client: Any = app.test_client()
    client.sign_in_as(world.staff[Role.ADMINISTRATOR].id)
    base = "/terjola/admin/2028"
    for lang in ("en", "ka"):
        client.set_cookie("lang", lang)
        for page in ("/", "/name", "/discard"):
            client.page(base + page)
    wrong = client.send(f"{base}/name", {"name_ka": "ზ", "name_en": "", "year": "2026"})
    assert wrong.status_code == 422
    sent = client.send(f"{base}/name", {"name_ka": NAME["ka"], "name_en": NAME["en"], "year": "2029"})
    assert sent.location == "/terjola/admin/2029/"
    client.page("/terjola/admin/2029/discard")
    assert client.send("/terjola/admin/2029/discard").location == "/terjola/admin/"
    assert client.get("/terjola/admin/2029/").status_code == 404
    assert NAME["ka"] not in client.page("/terjola/admin/").html
    assert client.get("/terjola/admin/2026/name").status_code == 409
    assert db.session.get_one(Cycle, cycle_id, populate_existing=True).year == -cycle_id


def test_the_order_of_criteria_and_checks(app: Flask, world: World, clock: FrozenClock) -> None:
    cycle_id = draft(world, clock)
    client: Any = app.test_client()
    client.sign_in_as(world.staff[Role.ADMINISTRATOR].id)
    base = "/terjola/admin/2028"

    def order(part: str) -> list[str]:
        db.session.rollback()
        rules = queries.here_by_id(cycle_id, now=clock()).rules
        return [one.id for one in (rules.rubric.criteria if part == "criteria" else rules.checklist)]

    for part in ("criteria", "checklist"):
        first, second, *rest = order(part)
        client.page(f"{base}/{part}")
        for moved_one, way, expected in (
            (first, "down", [second, first, *rest]), (first, "up", [first, second, *rest]),
            (first, "up", [first, second, *rest]), (second, "up", [second, first, *rest]),
            ([second, first, *rest][-1], "down", [second, first, *rest]),
        ):  # fmt: skip
            client.page(f"{base}/{part}")
            assert client.send(f"{base}/{part}/{moved_one}/{way}").status_code == 302
            assert order(part) == expected, (part, moved_one, way)
        assert client.send(f"{base}/{part}/{first}/sideways").status_code in (404, 405)
