"""No word is lost: drafts on another device, drafts that save themselves, sessions that end while people write."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from pb import clock
from pb.accounts.personal import unseal
from pb.core.errors import Invalid
from pb.db import db
from pb.ideas import commands, passes
from pb.ideas.models import Idea
from pb.messages.models import OutgoingMessage
from tests.conftest import FrozenClock
from tests.factories import World, make_world
from tests.ideas.making import author, drafted, handed_in, person
from tests.pages import CheckedClient


@pytest.fixture
def world(sqlite_app: Flask) -> World:
    return make_world(sqlite_app)


def browser_of(world: World, account_id: int | None = None, lang: str = "ka") -> CheckedClient:
    client: CheckedClient = world.app.test_client()  # type: ignore[assignment]
    client.set_cookie("lang", lang)
    if account_id:
        client.sign_in_as(account_id)
    return client


def code_on(page: str) -> str:
    found = re.search(r"\b\d+(?:-[0-9a-z]{4}){3}\b", page.split('id="kept-code"')[1])
    assert found
    return found[0]


def seen_on(page: str) -> str:
    return str(re.findall(r'name="seen"[^>]*value="([^"]*)"', page)[0])


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_a_draft_goes_on_elsewhere_with_its_code(world: World, lang: str) -> None:
    nino = author()
    idea, other = drafted(world, nino, problem="ნახევარი"), drafted(world, nino, title="სხვა")
    secret = handed_in(world, nino)
    own = browser_of(world, nino.account_id, lang)
    code = code_on(own.page(f"{world.url}/ideas/mine/{idea.id}/kept").html)

    new = browser_of(world, lang=lang)
    url = f"{world.url}/ideas/resume"
    assert new.send(url, {"code": code[:-1] + "x"}).status_code == 422
    assert code in new.page(f"{url}?code={code}").html
    opened = new.send(url, {"code": f" {code.replace('-', ' ').upper()} "})
    assert opened.location.endswith(f"/mine/{idea.id}/check")
    assert "ნახევარი" in new.page(opened.location).html
    assert new.send(f"{world.url}/ideas/mine/{idea.id}/idea", {
        "title": "ახალი სათაური", "problem": "ნახევარი", "solution": "გზა",
        "seen": seen_on(new.page(f"{world.url}/ideas/mine/{idea.id}/idea").html),
    }).status_code == 302  # fmt: skip
    assert db.session.get_one(Idea, idea.id).title == "ახალი სათაური"
    # this draft and nothing else
    for path in (f"mine/{other.id}/check", f"mine/{secret.id}/check", "mine"):
        answer = new.get(f"{world.url}/ideas/{path}")
        assert (answer.status_code, "/sign-in" in answer.location) == (302, True), path
    assert "/sign-in" in new.get("/account").location
    done = new.send(f"{world.url}/ideas/mine/{idea.id}/check", {"consent": "y"})
    assert done.location.endswith("/done")
    assert new.page(done.location).h1
    assert browser_of(world).send(url, {"code": code}).status_code == 422  # it was handed in


def test_the_code_ends_with_the_draft(world: World, clock: FrozenClock) -> None:
    nino = author()
    idea = drafted(world, nino)
    code = passes.code_of(idea)
    assert passes.draft_of(world.cycle.id, code).id == idea.id
    commands.withdraw_idea(idea_id=idea.id, actor=nino, now=clock())
    clock.set(2026, 5, 21)
    again = commands.begin_draft(  # SQLite may give the number again
        cycle_id=world.cycle.id, person=person(world), actor=nino, now=clock()
    )
    assert passes.code_of(again) != code
    with pytest.raises(Invalid, match="no_such_draft"):
        passes.draft_of(world.cycle.id, code)
    for nonsense in ("", "-", "999999999999-aaaa", "0", "²-aaaa"):
        with pytest.raises(Invalid):
            passes.draft_of(world.cycle.id, nonsense)


def test_the_link_goes_to_the_authors_phone(world: World) -> None:
    nino = author()
    idea = drafted(world, nino)
    own = browser_of(world, nino.account_id)
    assert own.send(f"{world.url}/ideas/mine/{idea.id}/link", {}).location.endswith("/kept")
    sent = db.session.query(OutgoingMessage).filter_by(kind="draft_link").one()
    assert passes.code_of(idea) in unseal(sent.body_sealed)
    stranger = browser_of(world, author("გია სანიმუშო").account_id)
    assert stranger.send(f"{world.url}/ideas/mine/{idea.id}/link", {}).status_code == 404


def test_it_saves_itself_and_says_when_not(world: World) -> None:
    nino = author()
    idea = drafted(world, nino)
    own = browser_of(world, nino.account_id)
    url = f"{world.url}/ideas/mine/{idea.id}/idea"
    page = own.page(url)
    seen = seen_on(page.html)
    for text in ("და", "დაწ", "დაწერა"):
        assert own.send(url, {"title": "", "problem": text, "seen": seen, "autosave": "1"}).status_code == 204
    assert db.session.get_one(Idea, idea.id).problem == "დაწერა"
    assert own.send(url, {"title": "ა" * 81, "seen": seen, "autosave": "1"}).status_code == 422
    # what it saved does not stand in the way of the button
    full = {"title": "სათაური", "problem": "დაწერა", "solution": "გზა", "seen": seen}
    assert own.send(url, full).status_code == 302


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_a_session_that_ends_keeps_the_words(world: World, lang: str) -> None:
    nino = author()
    idea = drafted(world, nino)
    own = browser_of(world, nino.account_id, lang)
    url = f"{world.url}/ideas/mine/{idea.id}/idea"
    seen = seen_on(own.page(url).html)
    own.sign_out()
    own.set_cookie("lang", lang)
    typed = {"title": "სათაური", "problem": "დიდხანს ვწერდი <b>", "solution": "გზა", "seen": seen}
    for send in (own.send, own.post):  # with a token of the new session, and with none
        kept = send(url, data=typed) if send == own.post else send(url, typed)
        assert kept.status_code == 401
        assert "დიდხანს ვწერდი &lt;b&gt;" in kept.text
        assert "/sign-in" in kept.text
    own.sign_in_as(nino.account_id or 0)
    given_back = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', kept.text))
    again = own.send(url, {**typed, "seen": given_back["seen"]})
    assert again.status_code == 302
    assert db.session.get_one(Idea, idea.id).problem == "დიდხანს ვწერდი <b>"


def test_secrets_are_not_given_back(world: World) -> None:
    visitor = browser_of(world)
    answer = visitor.post("/sign-in", data={"staff-email": "a b", "staff-password": "very secret"})
    assert "very secret" not in answer.text
    assert clock.now()
