"""The pages of sheets with gaps, the longer term, draws, lots and the own calibration, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from pb.core.phases import Window
from pb.core.rulebook import ScoringRules
from pb.core.shortlist import Shortlist
from pb.db import db
from pb.policy import Role
from pb.review import commands_decision as deciding
from tests.conftest import FrozenClock
from tests.factories import calendar, make_town, moment, rulebook
from tests.pages import CheckedClient
from tests.review.commission_making import REASON, REVIEW, Commission

WHY = "კრიტერიუმი სხდომაზე ცალკე განიხილება."


@pytest.fixture
def client(sqlite_app: Flask, clock: FrozenClock) -> CheckedClient:
    clock.set(2026, 9, 24, 8)
    return sqlite_app.test_client()  # type: ignore[return-value]


def both(client: CheckedClient, url: str) -> str:
    """The English text of a page that was read in Georgian too."""
    client.page(f"{url}?lang=ka")
    text = client.page(f"{url}?lang=en").text
    client.get(f"{url}?lang=ka")
    return text


def test_a_member_leaves_a_criterion_out_and_the_chair_accepts(
    sqlite_app: Flask, client: CheckedClient
) -> None:
    c = Commission(sqlite_app, projects=1, members=5)
    member, url = c.accounts[0], f"{c.world.url}/commission"
    c.declare(c.members[0], c.projects[0])
    client.sign_in_as(member.id)
    data: dict[str, Any] = {"version": "0", "check": "1"}
    for criterion in c.rules.rubric.criteria:
        data[f"{criterion.id}.value"], data[f"{criterion.id}.reason"] = "3", REASON
    data["need.value"] = "-2"
    assert "I cannot judge this" in both(client, f"{url}/1/sheet")
    assert client.send(f"{url}/1/sheet", {**data, "need.reason": ""}).status_code == 422
    assert client.send(f"{url}/1/sheet", {**data, "version": "1"}).status_code == 302
    assert "only once the chair accepts it" in both(client, f"{url}/1/sheet/check")
    client.send(f"{url}/1/sheet/check", {"version": "2"})
    assert "counts only once the chair accepts it" in both(client, f"{url}/1/sheet")
    for actor in c.members[1:]:
        c.submit(actor, c.projects[0], 4)
    client.sign_in_as(c.accounts[-1].id)
    assert "1 sheet leaves a criterion out" in both(client, url)
    page = both(client, f"{url}/gaps")
    assert REASON in page
    link = next(
        part for part in client.get(f"{url}/gaps").get_data(as_text=True).split('"') if "/gaps/" in part
    )
    assert "scaled up to the whole" in both(client, link)
    assert client.send(link, {"reason": "კი"}).status_code == 422
    client.send(link, {"reason": WHY})
    assert WHY in both(client, f"{url}/gaps")
    client.sign_in_as(member.id)
    assert "The chair accepted that" in both(client, f"{url}/1/sheet")
    assert client.get(f"{url}/gaps").status_code == 403


def test_the_chair_extends_the_term(sqlite_app: Flask, client: CheckedClient) -> None:
    dates = calendar()
    dates.windows["scoring"] = Window(moment(9, 20), moment(9, 25))  # type: ignore[index]
    c = Commission(sqlite_app, projects=1, members=4, dates=dates)
    url = f"{c.world.url}/commission/extend"
    client.sign_in_as(c.accounts[-1].id)
    assert "Extend the term for scoring" in both(client, url)
    answer = client.send(url, {"until": ["01.09.2026", "10:00"], "reason": WHY})
    assert answer.status_code == 422
    assert WHY in answer.get_data(as_text=True)
    assert client.send(url, {"until": ["30.09.2026", "18:00"], "reason": WHY}).status_code == 302
    assert "30 September 2026" in both(client, f"{c.world.url}/calendar")


def test_members_are_drawn_on_the_page(sqlite_app: Flask, client: CheckedClient) -> None:
    rules = rulebook(make_town("khoni"), scoring=ScoringRules(3))
    c = Commission(sqlite_app, projects=4, members=6, rules=rules)
    url = f"{c.world.url}/commission/assignment"
    client.sign_in_as(c.accounts[-1].id)
    assert "Nobody is drawn yet" in both(client, url)
    both(client, f"{url}/draw")
    assert client.send(f"{url}/draw", {"seed": "7"}).status_code == 422
    assert client.send(f"{url}/draw", {"seed": "7 12 19"}).status_code == 302
    text = both(client, url)
    assert "Seed: 7 12 19" in text
    assert "3 members score each project" in text
    client.sign_out()
    assert "Each project is scored by 3 members" in both(client, f"{c.world.url}/rulebook")


def test_a_lot_on_the_pages(sqlite_app: Flask, client: CheckedClient, clock: FrozenClock) -> None:
    rules = rulebook(make_town("khoni"), shortlist=Shortlist(kind="best_n", n=1))
    c = Commission(sqlite_app, projects=3, members=3, rules=rules)
    url = f"{c.world.url}/commission/lots"
    client.sign_in_as(c.accounts[-1].id)
    assert client.get(url).status_code == 409  # sealed
    c.score_all({3: 2})
    c.open()
    assert "share a rank" in both(client, url)
    assert client.send(url, {"source": "ლოტო", "source_on": "2026-09-30"}).status_code == 422
    source = "ლატარიის 30 სექტემბრის გათამაშება"
    assert client.send(url, {"source": source, "source_on": "2026-09-24"}).status_code == 422
    assert client.send(url, {"source": source, "source_on": "2026-09-30"}).status_code == 302
    assert "Waits for its number" in both(client, url)
    clock.set(2026, 9, 30, 15)
    assert "Another person does the same" in both(client, f"{url}/1")
    assert client.send(f"{url}/1", {"seed": "შვიდი"}).status_code == 422
    client.send(f"{url}/1", {"seed": "7 12 19"})
    client.sign_in_as(c.world.staff[Role.SECRETARY].id)
    client.send(f"{url}/1", {"seed": "7 12 18"})
    assert "The two numbers differ" in both(client, url)
    client.send(f"{url}/1", {"seed": "7 12 19"})
    assert "Public number: 7-12-19" in both(client, url)
    c.reconcile()  # the ranking was computed anew, so the discussion is closed anew
    deciding.follow_ranking(cycle_id=c.world.cycle.id, actor=c.chair, now=REVIEW)
    c.publish()
    client.sign_out()
    assert "Public number: 7-12-19" in both(client, f"{c.world.url}/ranking")


def test_only_the_member_reads_the_own_calibration(sqlite_app: Flask, client: CheckedClient) -> None:
    c = Commission(sqlite_app, projects=2, members=4)
    url = f"{c.world.url}/commission/mine"
    for n, actor in enumerate(c.members):
        for project in c.projects:
            c.submit(actor, project, 5 if n == 0 else 3)
    client.sign_in_as(c.accounts[0].id)
    assert client.get(url).status_code == 409  # sealed
    c.open()
    assert "2.00 above the others" in both(client, url)
    client.sign_in_as(c.accounts[1].id)
    assert "0.67 below the others" in both(client, url)
    assert "2.00" not in client.page(f"{url}?lang=en").text
    client.sign_in_as(c.world.staff[Role.SECRETARY].id)
    assert "None of your sheets counts" in both(client, url)


def test_everybody_reads_how_firm_the_places_are(sqlite_app: Flask, client: CheckedClient) -> None:
    rules = rulebook(make_town("khoni"), shortlist=Shortlist(kind="best_n", n=1))
    c = Commission(sqlite_app, projects=2, members=4, rules=rules)
    for n, actor in enumerate(c.members):
        c.submit(actor, c.projects[0], 5 if n == 0 else 3)
        c.submit(actor, c.projects[1], 3)
    c.open()
    client.sign_in_as(c.accounts[-1].id)
    assert "On the shortlist in 7 of 7 ways" in both(client, f"{c.world.url}/commission/scores")
    assert "Levels given" in both(client, f"{c.world.url}/commission/scores/1")
    deciding.follow_ranking(cycle_id=c.world.cycle.id, actor=c.chair, now=REVIEW)
    c.publish()
    client.sign_out()
    text = both(client, f"{c.world.url}/ranking")
    assert "How firm the places are" in text
    assert "On the shortlist in 7 of 7 ways" in text
    assert "On the shortlist in 1 of 7 ways" in text  # without member 0 both are equal and share the place
    assert "How far the members agree" in text


def statements(client: CheckedClient, url: str) -> int:
    sent: list[Any] = []

    def note(*_: Any) -> None:
        sent.append(_)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get(url).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(sent)


def test_queries_do_not_grow_with_projects(sqlite_app: Flask, client: CheckedClient) -> None:
    """Two towns, one with three projects and one with nine."""
    numbers = []
    for projects, slug in ((3, "terjola"), (9, "khoni")):
        c = Commission(sqlite_app, projects=projects, members=3, slug=slug)
        c.score_all()
        c.open()
        client.sign_in_as(c.accounts[-1].id)
        pages = [f"{c.world.url}/commission/{page}" for page in ("scores", "lots", "assignment")]
        found = [statements(client, url) for url in (*pages, *pages)][len(pages) :]
        deciding.follow_ranking(cycle_id=c.world.cycle.id, actor=c.chair, now=REVIEW)
        c.publish()
        pages = [f"{c.world.url}/ranking{ending}" for ending in ("", ".json", ".csv")]
        numbers.append([*found, *[statements(client, url) for url in (*pages, *pages)][len(pages) :]])
    assert numbers[0] == numbers[1]
