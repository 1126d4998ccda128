"""The public pages of towns and cycles, in both languages, and what they must not show."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar as File

from pb.core.phases import Calendar, Phase
from pb.core.rulebook import BallotRules, CountingRules, Shortlist
from pb.cycles import commands, commands_acts, front_parts, queries
from pb.cycles.starting import usual_calendar
from pb.cycles.words_rules import RULES
from pb.policy import Role
from tests.conftest import FrozenClock
from tests.factories import World, make_cycle, make_staff, make_world, rulebook

REASON = "წყალდიდობის გამო გზები დაკეტილია"
LANGS = ("ka", "en")


@pytest.fixture
def world(sqlite_app: Flask) -> World:
    return make_world(sqlite_app)


@pytest.fixture
def client(sqlite_app: Flask) -> Any:
    return sqlite_app.test_client()


def by_unit(world: World, **changes: Any) -> Any:
    """The starter with a sum for each unit."""
    slugs = [unit.slug for unit in world.town.units]
    sums = dict.fromkeys(slugs, 3000000)
    whole = rulebook(world.town)
    return replace(
        whole, unit_sums=sums, town_wide_tetri=0, cost_cap_tetri=3_000_000,
        ballot=replace(whole.ballot, scope="own_unit"), **changes,
    )  # fmt: skip


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    "moment",
    [(2026, 3, 1), (2026, 5, 20), (2026, 7, 20), (2026, 9, 20), (2026, 10, 15), (2026, 10, 30), (2026, 12, 1),
     (2028, 6, 1)],
)  # fmt: skip
def test_front_page_of_every_phase(
    world: World, client: Any, clock: FrozenClock, moment: tuple[int, int, int], lang: str
) -> None:
    clock.set(*moment)
    for path in ("/terjola/", "/terjola/2026/", "/terjola/2026/calendar"):
        client.page(f"{path}?lang={lang}")


def test_the_deadline_stands_in_words_with_its_weekday(world: World, client: Any) -> None:
    page = client.page("/terjola/2026/?lang=ka")
    assert "სამშაბათი, 2026 წლის 30 ივნისის ჩათვლით, 24:00-\u2060მდე" in page.text
    assert "until Tuesday 30 June 2026, 24:00" in client.page("/terjola/2026/?lang=en").text


def test_money_of_units_stands_on_the_front_page(world: World, client: Any) -> None:
    make_cycle(world.town, 2025, rules=by_unit(world))
    text = client.page("/terjola/2025/?lang=en").text
    assert "90,000 lari" in text
    assert "30,000 lari" in text
    assert "Village 3" in text


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("rule", list(RULES))
def test_rulebook_words_every_rule(world: World, client: Any, rule: str, lang: str) -> None:
    kinds = ("all_pass", "best_n", "money_times")
    number = list(RULES).index(rule)
    rules = by_unit(
        world, counting=CountingRules(rule=rule, minimum_votes=number, ties=("cost", "votes", "order")),
        shortlist=Shortlist(kinds[number % 3], 4, number % 2 == 0, 6050, 250),
    )  # fmt: skip
    rules = replace(rules, ballot=BallotRules(kind="knapsack" if number % 2 else "approval", max_choices=1))
    make_cycle(world.town, 2025, rules=rules)
    page = client.page(f"/terjola/2025/rulebook?lang={lang}")
    for criterion in rules.rubric.criteria:
        for level in criterion.levels:
            assert " ".join(level[lang].split()) in page.text
    for check in rules.checklist:
        assert " ".join(check.failing[lang].split()) in page.text


@pytest.mark.parametrize("lang", LANGS)
def test_rulebook_without_a_vote(world: World, client: Any, lang: str) -> None:
    dates = usual_calendar(2025)
    starts = {phase: at for phase, at in dates.starts.items() if phase is not Phase.VOTING}
    make_cycle(
        world.town, 2025, rules=rulebook(world.town, votes_held=False), dates=Calendar(starts, dates.ends, {})
    )
    page = client.page(f"/terjola/2025/rulebook?lang={lang}")
    assert 'id="ballot"' not in page.html
    client.page(f"/terjola/2025/?lang={lang}")


def test_the_json_has_the_fingerprint_of_the_page(world: World, client: Any) -> None:
    body = client.get("/terjola/2026/rulebook.json").data
    assert hashlib.sha256(body).hexdigest() in client.page("/terjola/2026/rulebook?lang=en").text


def test_earlier_versions_stay_readable(world: World, client: Any, clock: FrozenClock) -> None:
    now = datetime(2026, 2, 1, tzinfo=UTC)
    commands.change_rulebook(
        cycle_id=world.cycle.id, changes={"max_ideas_per_author": 2}, note="Fewer ideas for each author",
        actor=world.actor(Role.ADMINISTRATOR), now=now,
    )  # fmt: skip
    page = client.page("/terjola/2026/rulebook?lang=en")
    assert "Fewer ideas for each author" in page.text
    assert "/terjola/2026/rulebook/1" in page.links
    assert "This is an earlier version" in client.page("/terjola/2026/rulebook/1?lang=en").text
    assert client.get("/terjola/2026/rulebook/2").status_code == 302
    assert client.get("/terjola/2026/rulebook/3").status_code == 404
    old = client.get("/terjola/2026/rulebook/1.json").data
    assert hashlib.sha256(old).hexdigest() in client.page("/terjola/2026/rulebook/1?lang=en").text


@pytest.mark.parametrize("lang", LANGS)
def test_calendar_file(world: World, client: Any, lang: str) -> None:
    make_cycle(world.town, 2027, dates=usual_calendar(2027))
    world.app.extensions["pb_clock"].set(2027, 1, 20)
    response = client.get(f"/terjola/2027/calendar.ics?lang={lang}")
    assert response.mimetype == "text/calendar"
    raw = response.data
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    events = {str(e["UID"]).split("@")[0]: e for e in File.from_ical(raw).walk("VEVENT")}
    assert len(events) == 10  # seven phases, three windows
    ideas = events["terjola-2027-ideas"]
    assert ideas["DTSTART"].dt == datetime(2027, 4, 30, 20, tzinfo=UTC)
    assert b"DTSTART:20270430T200000Z" in raw
    assert ("იდეების" if lang == "ka" else "Call for ideas") in str(ideas["SUMMARY"])


def stop(world: World, kind: str) -> None:
    now = world.app.extensions["pb_clock"]()
    other = make_staff(world.town, Role.ADMINISTRATOR)
    from pb.accounts.queries import actor_by_id

    act_id = commands_acts.propose_act(
        cycle_id=world.cycle.id, kind=kind, reason=REASON, actor=world.actor(Role.ADMINISTRATOR), now=now
    )
    commands_acts.decide_act(act_id=act_id, approve=True, actor=actor_by_id(other.id), now=now)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", ["pause", "halt"])
def test_a_stop_is_shown_with_its_reason(world: World, client: Any, kind: str, lang: str) -> None:
    stop(world, kind)
    for path in ("/terjola/2026/", "/terjola/2026/calendar"):
        assert REASON in client.page(f"{path}?lang={lang}").text


def test_unpublished_cycles_do_not_exist_for_others(world: World, client: Any) -> None:
    make_cycle(world.town, 2027, published=False)
    other = make_world(world.app, "khoni")
    paths = ("", "rulebook", "rulebook.json", "calendar", "calendar.ics", "rulebook/1", "acts")
    for who in (None, world.citizen.id, *(account.id for account in other.staff.values())):
        client.sign_out()
        if who:
            client.sign_in_as(who)
        for path in paths:
            assert client.get(f"/terjola/2027/{path}").status_code == 404, path
        assert "2027" not in client.page("/terjola/?lang=en").text
    client.sign_in_as(world.staff[Role.OBSERVER].id)
    assert "Preview" in client.page("/terjola/2027/?lang=en").text
    assert "წინასწარი ნახვა" in client.page("/terjola/2027/?lang=ka").text


def test_a_cycle_published_later_is_not_there_yet(world: World, client: Any, clock: FrozenClock) -> None:
    clock.set(2026, 1, 1)
    assert client.get("/terjola/2026/").status_code == 404


def test_drafts_of_rules_are_never_read_through_the_address(world: World, client: Any) -> None:
    admin = world.actor(Role.ADMINISTRATOR)
    at = world.app.extensions["pb_clock"]
    cycle_id = commands.create_cycle(
        town_id=world.town.id, year=2027, pot_tetri=9_000_000, actor=admin, now=at()
    )
    changes = {"act_number": "SECRET-DRAFT", "act_date": at().date()}
    commands.change_rulebook(cycle_id=cycle_id, changes=changes, actor=admin, now=at())
    commands.change_rulebook(cycle_id=cycle_id, changes={"act_number": "5"}, actor=admin, now=at())
    at.set(2026, 6, 1)
    commands.publish_cycle(cycle_id=cycle_id, actor=admin, now=at())
    for path in ("rulebook/1", "rulebook/2", "rulebook/1.json", "rulebook/2.json"):
        assert client.get(f"/terjola/2027/{path}").status_code == 404
    assert "SECRET-DRAFT" not in client.get("/terjola/2027/rulebook").text


def test_features_join_the_front_page(world: World, client: Any) -> None:
    here_years: list[int] = []

    def action(here: queries.Here) -> tuple[str, str]:
        here_years.append(here.the_cycle.year)
        return "/somewhere", "Do it"

    front_parts.on_phase(world.app, Phase.IDEAS, action)
    front_parts.number(world.app, lambda here: (1234, "wonders"))
    front_parts.number(world.app, lambda here: None)
    page = client.page("/terjola/2026/?lang=en")
    assert "/somewhere" in page.links
    assert "1234" in page.text
    assert here_years[:1] == [2026]


@pytest.mark.parametrize("lang", LANGS)
def test_towns_without_a_contest(sqlite_app: Flask, client: Any, lang: str) -> None:
    from tests.factories import make_town

    make_town("khoni")
    for path in ("/khoni/", "/khoni/centres", "/khoni/privacy"):
        client.page(f"{path}?lang={lang}")
    assert client.get("/nowhere/").status_code == 404


def test_pages_stay_small(world: World, client: Any) -> None:
    for path in ("/terjola/", "/terjola/2026/", "/terjola/2026/calendar", "/terjola/2026/rulebook"):
        response = client.get(path)
        assert len(gzip.compress(response.data)) < 22_000, path


def test_there_are_words_for_everything_a_rulebook_may_say() -> None:
    from pb.core import rulebook_checks as known
    from pb.core.phases import WINDOWS
    from pb.core.shortlist import KINDS
    from pb.cycles import words_rules as w

    for table, codes in (
        (w.WHO, known.WHO_MAY_HAND_IN), (w.CHANNELS, known.CHANNELS), (w.IDENTIFICATIONS, known.IDENTIFICATIONS),
        (w.BALLOT_KINDS, known.BALLOT_KINDS), (w.SCOPES, known.SCOPES), (w.RULES, known.COUNTING_RULES),
        (w.RULES_SHORT, known.COUNTING_RULES),
        (w.RULES_EXPLAINED, known.COUNTING_RULES), (w.TIES, known.TIES), (w.UTILITIES, known.UTILITIES),
        (w.COMPLETIONS, known.COMPLETIONS), (w.LEFTOVERS, known.LEFTOVERS), (w.SHORTLISTS, KINDS),
        (w.SCORES_PUBLIC, known.SCORES_PUBLIC), (w.WINDOWS, WINDOWS),
    ):  # fmt: skip
        assert set(table) == set(codes)
