"""Creating, changing and publishing a cycle: what is stored, what is refused, on both databases."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Missing, Problems, Refused
from pb.core.phases import Calendar, Phase, Window
from pb.cycles import commands, queries, readiness
from pb.cycles.models import Cycle, RulebookVersion
from pb.cycles.starting import moved, usual_calendar
from pb.db import db
from pb.places.models import Unit
from pb.policy import Role
from tests.factories import World, calendar, make_town, make_world

NOW = datetime(2026, 1, 20, 8, 0, tzinfo=UTC)


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(app)


def begin(world: World, year: int = 2027, **values: Any) -> int:
    return commands.create_cycle(
        town_id=world.town.id, year=year, actor=world.actor(Role.ADMINISTRATOR), now=NOW,
        **{"pot_tetri": 9_000_000, **values},
    )  # fmt: skip


def change(world: World, cycle_id: int, *, now: datetime = NOW, note: str = "", **changes: Any) -> int:
    return commands.change_rulebook(
        cycle_id=cycle_id, changes=changes, note=note, actor=world.actor(Role.ADMINISTRATOR), now=now
    )


def ready(world: World) -> int:
    cycle_id = begin(world)
    change(world, cycle_id, act_number="12", act_date=date(2026, 12, 1))
    return cycle_id


def publish(world: World, cycle_id: int, now: datetime = NOW) -> None:
    commands.publish_cycle(cycle_id=cycle_id, actor=world.actor(Role.ADMINISTRATOR), now=now)


def events(kind: str) -> list[Event]:
    return list(db.session.scalars(select(Event).where(Event.kind == kind).order_by(Event.id)))


def test_a_new_cycle_has_rules_and_dates_and_nobody_outside_sees_it(world: World) -> None:
    cycle_id = begin(world)
    here = queries.here_by_id(cycle_id, now=NOW)
    assert here.rules.pot_tetri == 9_000_000
    assert sum(here.rules.unit_sums.values()) == 9_000_000
    assert here.calendar == usual_calendar(2027)
    assert here.the_cycle.published_at is None
    assert cycle_id not in [c.id for c in queries.cycles_of(world.town.id, now=NOW)]
    assert [e.is_public for e in events("CycleCreated")] == [False]


def test_a_year_is_taken_once(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        begin(world, world.cycle.year)
    assert caught.value.code == "year_taken"


def test_only_the_towns_administrator_begins(world: World) -> None:
    for role in set(Role) - {Role.ADMINISTRATOR}:
        with pytest.raises(Refused):
            commands.create_cycle(town_id=world.town.id, year=2028, actor=world.actor(role), now=NOW)
    stranger = make_world(world.app, "khoni")
    with pytest.raises(Refused):
        commands.create_cycle(
            town_id=world.town.id, year=2028, actor=stranger.actor(Role.ADMINISTRATOR), now=NOW
        )


def test_a_copy_moves_the_dates_and_asks_for_the_act_anew(world: World) -> None:
    cycle_id = begin(world, 2028, like_cycle_id=world.cycle.id)
    here, former = queries.here_by_id(cycle_id, now=NOW), queries.here_by_id(world.cycle.id, now=NOW)
    assert (here.rules.act_number, here.rules.act_date) == ("", None)
    assert replace(here.rules, act_number="1-1", act_date=former.rules.act_date) == former.rules
    assert former.calendar is not None
    assert here.calendar == moved(former.calendar, 2)


def test_a_copy_of_another_towns_cycle_is_not_found(world: World) -> None:
    other = make_world(world.app, "khoni")
    with pytest.raises(Missing):
        begin(world, 2028, like_cycle_id=other.cycle.id)


def test_the_usual_calendar_of_every_year_can_be_published() -> None:
    for year in range(2024, 2045):
        assert usual_calendar(year).problems(5) == ()


def test_the_29th_of_february_moves_to_the_28th() -> None:
    leap = calendar(2028, ideas=datetime(2028, 2, 28, 20, tzinfo=UTC))  # the 29th in Tbilisi
    assert moved(leap, 1).starts[Phase.IDEAS] == datetime(2029, 2, 27, 20, tzinfo=UTC)


def test_every_save_is_a_version_and_an_unchanged_one_is_none(world: World) -> None:
    cycle_id = begin(world)
    assert change(world, cycle_id, act_number="7") == 2
    assert change(world, cycle_id, act_number="7") == 2
    assert change(world, cycle_id, act_number="8") == 3
    rows = list(db.session.scalars(select(RulebookVersion).where(RulebookVersion.cycle_id == cycle_id)))
    assert [row.version for row in rows] == [1, 2, 3]
    for row in rows:
        assert hashlib.sha256(row.document.encode()).hexdigest() == row.fingerprint


def test_sums_that_miss_the_pot_are_refused_with_the_difference(world: World) -> None:
    cycle_id = begin(world)
    sums = dict(queries.here_by_id(cycle_id, now=NOW).rules.unit_sums)
    first = next(iter(sums))
    with pytest.raises(Problems) as caught:
        commands.change_rulebook(
            cycle_id=cycle_id, changes={"unit_sums": {**sums, first: sums[first] - 12_345}},
            parts=readiness.SECTIONS["money"], actor=world.actor(Role.ADMINISTRATOR), now=NOW,
        )  # fmt: skip
    found = {p.code: p for p in caught.value.problems}
    assert found["sums_do_not_add_up"].params["difference_tetri"] == 12_345
    assert queries.here_by_id(cycle_id, now=NOW).the_cycle.rulebook_version.version == 1  # type: ignore[union-attr]


def test_two_people_on_two_sections_do_not_undo_each_other(world: World) -> None:
    cycle_id = begin(world)
    seen = queries.here_by_id(cycle_id, now=NOW).rules
    actor = world.actor(Role.ADMINISTRATOR)
    change(world, cycle_id, act_number="7")
    commands.change_rulebook(
        cycle_id=cycle_id, changes={"max_ideas_per_author": 9}, based_on=seen, actor=actor, now=NOW
    )
    rules = queries.here_by_id(cycle_id, now=NOW).rules
    assert (rules.act_number, rules.max_ideas_per_author) == ("7", 9)
    with pytest.raises(Invalid) as caught:
        commands.change_rulebook(
            cycle_id=cycle_id, changes={"act_number": "8"}, based_on=seen, actor=actor, now=NOW
        )
    assert caught.value.code == "changed_meanwhile"


def test_publication_names_everything_that_is_wrong(world: World) -> None:
    cycle_id = begin(world)
    change(world, cycle_id, categories=(), objection_days=0)
    with pytest.raises(Problems) as caught:
        publish(world, cycle_id)
    fields = {problem.field for problem in caught.value.problems}
    assert {"act_number", "act_date", "categories", "objection_days"} <= fields
    cycle = db.session.get(Cycle, cycle_id)
    assert cycle is not None
    assert cycle.published_at is None


def test_publication_is_an_event_with_the_fingerprint_and_happens_once(world: World) -> None:
    cycle_id = ready(world)
    publish(world, cycle_id)
    here = queries.here_by_id(cycle_id, now=NOW)
    assert here.the_cycle.published_at == NOW
    (event,) = events("CyclePublished")
    assert event.is_public
    assert event.data["rulebook_fingerprint"] == here.rules.fingerprint()
    with pytest.raises(Closed):
        publish(world, cycle_id)


def test_a_town_must_name_its_officer(world: World) -> None:
    cycle_id = ready(world)
    from pb.db import writing

    with writing():
        world.town.protection_officer = {}
    with pytest.raises(Problems) as caught:
        publish(world, cycle_id)
    assert [p.code for p in caught.value.problems] == ["town_without_officer"]


def test_dates_and_rules_agree_on_the_vote(world: World) -> None:
    cycle_id = ready(world)
    dates = queries.here_by_id(cycle_id, now=NOW).calendar
    assert dates is not None
    starts = {phase: at for phase, at in dates.starts.items() if phase is not Phase.VOTING}
    without = Calendar(starts, dates.ends, {})
    commands.save_calendar(
        cycle_id=cycle_id, calendar=without, actor=world.actor(Role.ADMINISTRATOR), now=NOW
    )
    assert not queries.here_by_id(cycle_id, now=NOW).rules.votes_held
    change(world, cycle_id, votes_held=True)
    with pytest.raises(Problems) as caught:
        publish(world, cycle_id)
    assert [p.code for p in caught.value.problems] == ["votes_and_dates_differ"]


def test_a_calendar_whose_terms_do_not_fit_is_refused(world: World) -> None:
    cycle_id = begin(world)
    dates = usual_calendar(2027)
    scoring = dates.windows["scoring"]
    short = Calendar(
        dates.starts, dates.ends, {"scoring": Window(scoring.opens, scoring.opens + timedelta(days=1))}
    )
    with pytest.raises(Problems) as caught:
        commands.save_calendar(
            cycle_id=cycle_id, calendar=short, actor=world.actor(Role.ADMINISTRATOR), now=NOW
        )
    assert [(p.code, p.field) for p in caught.value.problems] == [("too_few_working_days", "windows.scoring")]


def test_published_dates_change_by_acts_alone(world: World) -> None:
    with pytest.raises(Closed) as caught:
        commands.save_calendar(
            cycle_id=world.cycle.id, calendar=calendar(), actor=world.actor(Role.ADMINISTRATOR), now=NOW
        )
    assert caught.value.code == "calendar_published"


def test_published_rules_change_with_a_reason_until_ideas_open(world: World) -> None:
    cycle_id = world.cycle.id  # published on 10 January, ideas from 1 May
    with pytest.raises(Invalid) as caught:
        change(world, cycle_id, max_ideas_per_author=2)
    assert caught.value.code == "note_too_short"
    change(world, cycle_id, note="The council asked for fewer ideas", max_ideas_per_author=2)
    (event,) = events("RulebookChanged")
    assert event.is_public
    assert event.data["note"] == "The council asked for fewer ideas"
    with pytest.raises(Problems):
        change(world, cycle_id, note="A change that breaks the rules", max_ideas_per_author=0)


@pytest.mark.parametrize(
    ("moment", "part", "allowed"),
    [
        (datetime(2026, 4, 30, 19, 59, tzinfo=UTC), "max_ideas_per_author", True),
        (datetime(2026, 4, 30, 20, 0, tzinfo=UTC), "max_ideas_per_author", False),
        (datetime(2026, 9, 6, 19, 59, tzinfo=UTC), "shortlist", True),
        (datetime(2026, 9, 6, 20, 0, tzinfo=UTC), "shortlist", False),
    ],
)
def test_rules_freeze_at_the_boundary(world: World, moment: datetime, part: str, allowed: bool) -> None:
    rules = queries.here_by_id(world.cycle.id, now=moment).rules
    value: Any = 2 if part == "max_ideas_per_author" else replace(rules.shortlist, minimum_score=100)
    note = "A reason that is long enough"
    if allowed:
        assert change(world, world.cycle.id, now=moment, note=note, **{part: value}) == 2
        return
    with pytest.raises(Closed) as caught:
        change(world, world.cycle.id, now=moment, note=note, **{part: value})
    assert caught.value.code == "rulebook_frozen"
    assert caught.value.params["parts"] == (part,)


def test_readers_see_versions_from_publication_on(world: World) -> None:
    cycle_id = ready(world)
    publish(world, cycle_id, NOW + timedelta(days=1))
    change(
        world, cycle_id, now=NOW + timedelta(days=2), note="The council asked for it", max_ideas_per_author=1
    )
    cycle = db.session.get(Cycle, cycle_id)
    assert cycle is not None
    assert [v.version for v in queries.public_rulebooks(cycle)] == [3, 2]


def test_a_town_without_units_cannot_begin(world: World) -> None:
    bare = make_town("khoni", units=0)
    from pb.policy import Actor

    actor = Actor(world.staff[Role.ADMINISTRATOR].id, {bare.id: frozenset({Role.ADMINISTRATOR})})
    assert db.session.scalars(select(Unit).where(Unit.town_id == bare.id)).all() == []
    with pytest.raises(Invalid) as caught:
        commands.create_cycle(town_id=bare.id, year=2027, pot_tetri=100, actor=actor, now=NOW)
    assert caught.value.code == "town_without_units"
