"""The pages of a session in both languages: run by the secretary, seen by members, on the screen, and in public."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pb.audit.models import Event
from pb.db import db
from pb.policy import Role
from pb.review import commands_attendance, commands_minutes, queries_ranking
from pb.review import commands_votes as voting
from pb.review import queries_session as queries
from pb.web import pdf
from tests.conftest import FrozenClock
from tests.ideas.pdfs import pdf as made_pdf
from tests.pages import CheckedClient
from tests.review.commission_making import LONG, REVIEW, Commission

LANGUAGES = ("ka", "en")
LEFT = {"ka": "თქვენ დარბაზიდან გასული ხართ", "en": "You have left the room"}
WHY = "სხდომაზე გაირკვა, რომ ხარჯთაღრიცხვა უკვე შემოწმებულია."
OPINION = "მიმაჩნია, რომ ეს პროექტი წელს არ უნდა დაფინანსდეს."


@pytest.fixture
def client(sqlite_app: Flask, clock: FrozenClock) -> CheckedClient:
    clock.set(2026, 9, 24, 8)
    return sqlite_app.test_client()  # type: ignore[return-value]


@pytest.fixture
def commission(sqlite_app: Flask) -> Commission:
    """Three projects, the first of which divides the five members; the scores are open."""
    c = Commission(sqlite_app, projects=3, members=5)
    first, second = (k.id for k in c.rules.rubric.criteria[:2])
    for project in c.projects:
        for n, actor in enumerate(c.members):
            wide = {first: (5, 1)[n % 2]} if project.number == 1 else {}
            c.submit(actor, project, 3, **({second: 2} | wide))
    c.unseal()
    db.session.rollback()
    return c


def both(client: CheckedClient, url: str) -> str:
    """The English text of a page that was read in Georgian too; the reader goes on in Georgian."""
    client.page(f"{url}?lang=ka")
    text = client.page(f"{url}?lang=en").text
    client.get(f"{url}?lang=ka")
    return text


def item_id(sitting_id: int, number: int | None) -> int:
    items = queries.agenda(sitting_id)
    found = [i.id for i in items if (i.project.number if i.project else None) == number]
    db.session.rollback()
    return found[0]


def test_a_session_from_its_call_to_its_end(commission: Commission, client: CheckedClient) -> None:
    c = commission
    secretary, chair = c.world.staff[Role.SECRETARY].id, c.accounts[-1].id
    at, cycle_id = f"{c.world.url}/commission/sessions", c.world.cycle.id
    one = f"{at}/1"
    client.sign_in_as(secretary)
    assert "No session has been called" in both(client, at)
    both(client, f"{at}/new")
    assert client.send(f"{at}/new", {"day": ["2026-09-25", "11:00"], "place": ""}).status_code == 422
    sent = client.send(f"{at}/new", {"day": ["2026-09-24", "11:00"], "place": "მერია, დარბაზი"})
    assert sent.location.endswith("/commission/sessions/1")
    both(client, f"{one}/change")
    assert client.send(f"{one}/change", {"day": ["2026-09-24", "12:30"], "place": "მერია"}).status_code == 302
    assert "There is no quorum yet" in both(client, one)
    assert client.send(f"{one}/agenda/question", {"title": "ა"}).status_code == 422
    client.send(f"{one}/agenda/question", {"title": "რანჟირების დამტკიცება"})
    client.send(f"{one}/agenda/projects", {"which": "flagged"})
    client.send(f"{one}/agenda/projects", {"project": "2"})
    client.send(f"{one}/agenda/projects", {"which": "all"})
    sitting = queries.sittings(cycle_id)[0]
    sitting_id = sitting.id
    assert [i.project.number if i.project else 0 for i in queries.agenda(sitting_id)] == [0, 1, 2, 3]
    db.session.rollback()
    client.send(f"{one}/agenda/{item_id(sitting_id, 3)}/up")
    client.send(f"{one}/agenda/{item_id(sitting_id, 3)}/remove")
    client.send(f"{one}/attendance", {"act": "all"})
    client.send(f"{one}/attendance", {"account": str(c.accounts[0].id), "act": "left"})
    client.send(f"{one}/attendance", {"account": str(c.accounts[0].id), "act": "came"})
    assert "The chair opens the session" in both(client, one)
    assert client.send(f"{one}/open").status_code == 403
    client.sign_in_as(chair)
    both(client, one)
    assert client.send(f"{one}/open").status_code == 302
    client.sign_in_as(secretary)
    assert "Nothing is on" in both(client, one)
    assert client.send(f"{one}/items/{item_id(sitting_id, 2)}/take-up").status_code == 409  # not flagged
    client.send(f"{one}/items/{item_id(sitting_id, 1)}/take-up")
    page = both(client, one)
    assert "Members differ by three levels or more" in page
    assert "51.00" in page or "score" in page
    refused = client.send(f"{one}/question?lang=en", {"effect": "none", "words": "?"})
    assert refused.status_code == 422
    assert 'id="words"' in refused.text
    client.get(f"{one}?lang=ka")
    client.send(f"{one}/question", {"effect": "none", "words": "მოვუსმინოთ ავტორს?"})
    assert "Votes of the members" in both(client, one)
    missing = client.send(f"{one}/votes", {f"vote-{c.accounts[0].id}": "against", "count": "1"})
    assert missing.status_code == 302
    assert "ხმა მითითებული არ არის: 4" in client.page(one).text
    client.send(f"{one}/votes", {"rest": "for"})
    client.send(f"{one}/votes", {"count": "1"})
    assert "For 4 · Against 1 · Abstained 0 Carried" in both(client, one)
    client.send(f"{one}/finish")
    client.sign_in_as(c.accounts[1].id)
    second_sheet(client, c)
    client.sign_in_as(chair)
    assert "Close the discussion" in both(client, one)
    assert client.send(f"{one}/close-discussion").status_code == 302
    client.sign_in_as(secretary)
    client.send(f"{one}/items/{item_id(sitting_id, 1)}/take-up")
    both(client, one)
    short = client.send(
        f"{one}/question", {"effect": "decide", "outcome": "not_shortlisted", "reason": "ასე"}
    )
    assert short.status_code == 422
    assert "ასე" in short.text
    client.send(f"{one}/question", {"effect": "decide", "outcome": "not_shortlisted", "reason": LONG})
    client.send(f"{one}/withdraw")
    client.send(f"{one}/question", {"effect": "decide", "outcome": "not_shortlisted", "reason": LONG})
    client.send(f"{one}/votes", {f"vote-{c.accounts[1].id}": "against", "rest": "for"})
    client.send(f"{one}/votes", {"count": "1"})
    client.send(f"{one}/items/{item_id(sitting_id, None)}/take-up")
    both(client, one)
    client.send(f"{one}/question", {"effect": "follow"})
    client.send(f"{one}/votes", {"rest": "for"})
    client.send(f"{one}/votes", {"count": "1"})
    done = queries_ranking.decisions(cycle_id)
    assert done[c.projects[0].id].outcome == "not_shortlisted"
    assert len(done) == 3
    db.session.rollback()
    client.sign_in_as(c.accounts[1].id)
    opinion(client, c, one, item_id(sitting_id, 1))
    client.sign_in_as(chair)
    assert client.send(f"{one}/close").location.endswith("/sessions/1/minutes")
    minutes_and_publication(client, c, one)


def second_sheet(client: CheckedClient, c: Commission) -> None:
    url = f"{c.world.url}/commission/1/second"
    assert "Your first sheet: level 1" in both(client, url)
    data = {f"{k.id}.value": "3" for k in c.rules.rubric.criteria}
    data |= {f"{k.id}.reason": "" for k in c.rules.rubric.criteria}
    refused = client.send(url, {**data, "why": "მოკლე"})
    assert refused.status_code == 422
    assert "მოკლე" in refused.text
    assert client.send(url, {**data, "why": WHY}).location.endswith("/commission")
    assert client.get(url).status_code == 409
    assert client.get(f"{c.world.url}/commission/2/second").status_code == 409


def opinion(client: CheckedClient, c: Commission, one: str, item: int) -> None:
    url = f"{one}/items/{item}/opinion"
    both(client, url)
    assert client.send(url, {"words": "არა"}).status_code == 422
    assert client.send(url, {"words": OPINION}).status_code == 302
    assert client.send(url, {"words": OPINION}).status_code == 302  # the same once more
    assert OPINION in client.page(url).html


def minutes_and_publication(client: CheckedClient, c: Commission, one: str) -> None:
    page, public = f"{one}/minutes", f"{c.world.url}/sessions"
    text = both(client, page)
    assert "for: 4, against: 1, abstained: 0. Carried" in text
    assert OPINION in text
    assert WHY in text
    assert client.send(f"{page}/signed", {"document": (io.BytesIO(b"x"), "a.pdf")}).status_code == 422
    draft = client.get(f"{one}/minutes.pdf")
    assert draft.status_code == 200
    assert client.send(page, {"number": ""}).status_code == 422
    remarks = "ავტორებს მოუსმინეს ონლაინ."
    assert client.send(page, {"number": "12-4", "remarks": remarks}).status_code == 302
    assert remarks in both(client, page)
    assert client.send(page, {"number": "13"}).status_code == 302  # twice is one act
    wrong = client.send(
        f"{page}/signed", {"document": (io.BytesIO(b"GIF89a"), "a.pdf")}, content_type="multipart/form-data"
    )
    assert wrong.status_code == 422
    signed = made_pdf()
    sent = client.send(
        f"{page}/signed", {"document": (io.BytesIO(signed), "ოქმი.pdf")}, content_type="multipart/form-data"
    )
    assert sent.status_code == 302
    both(client, page)
    assert client.get(f"{page}/signed.pdf").data == signed
    client.sign_out()
    before = both(client, public)
    assert "Session no. 1" in before
    assert c.projects[0].title not in before  # which projects were discussed follows from sealed scores
    for file in ("minutes.pdf", "minutes.json", "signed.pdf"):
        assert client.get(f"{public}/1/{file}").status_code == 404
    c.publish()
    db.session.rollback()
    assert c.projects[0].title in both(client, public)
    assert client.get(f"{public}/1/signed.pdf").data == signed
    document = client.get(f"{public}/1/minutes.json")
    data = json.loads(document.data)
    assert (data["number"], data["remarks"]) == ("12-4", remarks)
    assert data["second_sheets"][0]["reason"] == WHY
    snapshot = queries_ranking.newest_snapshot(c.world.cycle.id)
    assert snapshot is not None
    assert data["ranking"]["sha256"] == snapshot.fingerprint
    for lang in LANGUAGES:
        assert client.get(f"{public}/1/minutes.pdf?lang={lang}").status_code == 200
    ranking = both(client, f"{c.world.url}/ranking")
    assert "1 second sheet was handed in" in ranking
    assert WHY in ranking


def routes_about(app: Flask, number: int) -> list[str]:
    """Every address of the commission that can be read and says something of a project."""
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or not rule.rule.startswith("/<town>/<int:year>/commission"):
            continue
        known = {"town": "terjola", "year": 2026, "number": number, "session": 1, "item": 1}
        if rule.arguments <= known.keys():
            values = {name: known[name] for name in rule.arguments}
            found.append((rule.endpoint, app.url_map.bind("localhost").build(rule.endpoint, values)))
    from pb.review.views_screen import ELSEWHERE

    return [url for endpoint, url in found if endpoint not in ELSEWHERE]


def test_whoever_left_the_room_sees_an_empty_page(
    commission: Commission, client: CheckedClient, sqlite_app: Flask
) -> None:
    c = commission
    c.declare(c.members[0], c.projects[0], "property")
    c.reconcile()
    sitting_id = c.sit()
    db.session.rollback()
    one, on = f"{c.world.url}/commission/sessions/1", routes_about(sqlite_app, 1)
    assert len(on) > 12
    client.sign_in_as(c.accounts[0].id)
    assert LEFT["en"] not in client.get(f"{one}?lang=en").text
    commands_attendance.take_up(
        sitting_id=sitting_id, item_id=item_id(sitting_id, 1), actor=c.secretary, now=REVIEW
    )
    db.session.rollback()
    for url in on:
        for lang in LANGUAGES:
            page = client.page(f"{url}?lang={lang}")
            assert page.text == f"{LEFT[lang]} {LEFT[lang]}", url  # the title and the one line
            assert c.projects[0].title not in page.html
    answer = client.get(f"{one}/screen")
    assert answer.headers["Refresh"]
    assert client.send(f"{c.world.url}/commission/1/second").status_code == 403
    assert client.get(f"{c.world.url}/commission/2/sheet").status_code == 200  # their own on another project
    client.sign_in_as(c.accounts[1].id)
    assert LEFT["ka"] not in client.get(f"{one}/screen?lang=ka").text
    commands_attendance.finish_item(sitting_id=sitting_id, actor=c.secretary, now=REVIEW)
    db.session.rollback()
    client.sign_in_as(c.accounts[0].id)
    page = client.page(f"{one}?lang=en")
    assert LEFT["en"] not in page.text
    assert "Session no. 1" in page.text


def test_the_screen_names_nobody(commission: Commission, client: CheckedClient) -> None:
    c = commission
    c.declare(c.members[0], c.projects[0], "property")
    sitting_id = c.sit()
    db.session.rollback()
    screen = f"{c.world.url}/commission/sessions/1/screen"
    client.sign_in_as(c.world.staff[Role.SECRETARY].id)
    assert "Between two items" in both(client, screen)
    by: dict[str, Any] = {"actor": c.secretary, "now": REVIEW + timedelta(minutes=1)}
    commands_attendance.take_up(sitting_id=sitting_id, item_id=item_id(sitting_id, 1), **by)
    text = both(client, screen)
    assert c.projects[0].title in client.get(screen).text
    assert "1 member is recused and out of the room" in text
    assert "score" in text
    c.reconcile()
    commands_attendance.take_up(sitting_id=sitting_id, item_id=item_id(sitting_id, 1), **by)
    question_id = voting.put_question(
        sitting_id=sitting_id, effect="decide", outcome="reserve", reason=LONG, **by
    )
    voting.note_votes(question_id=question_id, votes={c.accounts[1].id: "against"}, rest="", **by)
    text = both(client, screen)
    assert "1 of 4 votes noted" in text
    assert "Against" not in text  # nothing of an open vote but how many are in
    voting.note_votes(question_id=question_id, votes={}, rest="for", **by)
    voting.count_question(question_id=question_id, **by)
    text = both(client, screen)
    assert "For 3 Against 1 Abstained 0" in text.replace("  ", " ") or "3" in text
    assert "Carried" in text
    for account in c.accounts:
        html = client.get(screen).text
        assert "წევრი 0" not in html
        assert str(account.email) not in html
    assert "ანა ნიმუშაძე" not in client.get(screen).text.split("<body")[1]
    assert client.get(screen).headers["Refresh"] == "5"
    assert "Refresh" not in client.get(f"{screen}?still=1").headers


def test_who_may_see_sessions(commission: Commission, client: CheckedClient) -> None:
    c = commission
    c.sit()
    db.session.rollback()
    one = f"{c.world.url}/commission/sessions/1"
    for role in Role:
        client.sign_in_as(c.world.staff[role].id)
        allowed = role in (Role.CHAIR, Role.MEMBER, Role.SECRETARY)
        for page in (one, f"{one}/minutes", f"{one}/minutes.pdf", f"{one}/screen", one.rsplit("/", 1)[0]):
            assert client.get(page).status_code == (200 if allowed else 403), (role, page)
        runs = role in (Role.CHAIR, Role.SECRETARY)
        assert client.get(f"{one.rsplit('/', 1)[0]}/new").status_code == (200 if runs else 403)
        text = client.get(f"{one}?lang=en").text if allowed else ""
        assert ("Has left" in text) is runs
        client.get("/?lang=ka")


def test_the_paper_says_what_happened_in_both_languages(
    commission: Commission, client: CheckedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "available", lambda: False)  # the page that the PDF is made of
    c = commission
    c.declare(c.members[0], c.projects[0], "property")
    c.reconcile()
    sitting_id = c.sit()
    later = REVIEW + timedelta(minutes=15)
    commands_attendance.take_up(
        sitting_id=sitting_id, item_id=item_id(sitting_id, 1), actor=c.secretary, now=REVIEW
    )
    commands_attendance.finish_item(sitting_id=sitting_id, actor=c.secretary, now=later)
    db.session.rollback()
    client.sign_in_as(c.world.staff[Role.SECRETARY].id)
    paper = f"{c.world.url}/commission/sessions/1/minutes.pdf"
    english, georgian = client.page(f"{paper}?lang=en").text, client.page(f"{paper}?lang=ka").text
    assert "Draft: the minutes are not fixed yet" in english
    assert "Property or neighbour . Left the room at 12:00, returned at 12:15." in english.replace(
        "neighbour.", "neighbour ."
    )
    assert "დარბაზიდან გავიდა 12:00-ზე, დაბრუნდა 12:15-ზე." in georgian
    assert "ჩემი და პროექტის ავტორია" not in georgian  # the kind, never the details
    c.adjourn(later)
    commands_minutes.fix_minutes(sitting_id=sitting_id, number="4", actor=c.secretary, now=later)
    fixed = client.page(f"{paper}?lang=ka").text
    row = queries.minutes_of(c.world.cycle.id)[sitting_id]
    assert row.fingerprint in fixed
    kinds = db.session.scalars(select(Event.kind).where(Event.is_public)).all()
    assert {"SessionCalled", "SessionOpened", "DiscussionClosed", "SessionClosed", "MinutesFixed"} <= set(
        kinds
    )
