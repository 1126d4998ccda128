"""The pages as people go through them, in both languages."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from pb import clock
from pb.db import db
from pb.ideas import commands, commands_review
from pb.ideas.models import Idea
from pb.messages.queries import demonstration_code
from pb.policy import Role
from tests.conftest import FrozenClock
from tests.factories import World, make_citizen, make_world
from tests.ideas.making import author, drafted, handed_in
from tests.ideas.test_pictures import photo
from tests.pages import CheckedClient, Page

WHO = {
    "first_name": "ნინო", "surname": "სანიმუშო", "phone": "555 12 34 56",
    "age_band": "30-44", "village": "სიმონეთი",
}  # fmt: skip
TEXT = {"title": "გარე განათება", "problem": "საღამოს ბნელა.", "solution": "ექვსი ბოძი."}


@pytest.fixture
def world(sqlite_app: Flask) -> World:
    return make_world(sqlite_app)


@pytest.fixture
def browser(sqlite_app: Flask) -> CheckedClient:
    return sqlite_app.test_client()  # type: ignore[return-value]


def parsed(response) -> Page:  # type: ignore[no-untyped-def]
    return Page(response.get_data(as_text=True))


def value(page: Page, name: str) -> str:
    """What a field holds that the page shows."""
    for attrs, _inside in page.fields:
        if attrs.get("name") == name:
            return attrs.get("value", "")
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.html)
    assert found, name
    return found[1]


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_the_whole_way_in_eight_screens(world: World, browser: CheckedClient, lang: str) -> None:
    browser.set_cookie("lang", lang)
    unit = str(world.town.units[0].id)
    base = f"{world.url}/ideas/new"
    screens = [base]
    assert browser.page(base).lang == lang
    browser.page(f"{base}/who")
    screens.append(f"{base}/who")
    answer = browser.send(f"{base}/who", {**WHO, "unit_id": unit})
    assert answer.status_code == 302
    page = browser.page(answer.location)
    screens.append(answer.location)
    code = demonstration_code(WHO["phone"], clock.now())
    assert code
    assert code in page.text
    answer = browser.send(answer.location, {"code": code})
    for data in (
        TEXT,
        {"unit_id": unit, "village": "სიმონეთი", "place": "სკოლასთან", "beneficiaries": "180 მოსწავლე"},
        {"category": first_category(world), "cost_tetri": "14 500"},
    ):
        assert answer.status_code == 302
        screens.append(answer.location)
        page = browser.page(answer.location)
        answer = browser.send(answer.location, {**data, "seen": value(page, "seen")})
    assert answer.location.endswith("/check")
    screens.append(answer.location)
    page = browser.page(answer.location)
    assert "14 500 ლარი" in page.text or "14,500 lari" in page.text
    check = answer.location
    assert browser.send(check, {}).status_code == 422  # no consent
    answer = browser.send(check, {"consent": "y"})
    screens.append(answer.location)
    assert "TE-2026-0001" in browser.page(answer.location).text
    assert len(screens) <= 8
    assert browser.send(check, {"consent": "y"}).location.endswith("/done")  # sent twice
    assert len(db.session.scalars(select(Idea)).all()) == 1
    public = sqlite_client(world)
    assert "ნინო ს." in public.page(f"{world.url}/ideas/1").text
    assert "სანიმუშო" not in public.page(f"{world.url}/ideas/1").html


def sqlite_client(world: World) -> CheckedClient:
    return world.app.test_client()  # type: ignore[return-value]


def first_category(world: World) -> str:
    from tests.ideas.making import world_category

    return world_category(world)


def test_what_was_typed_before_the_code_survives(world: World, browser: CheckedClient) -> None:
    base = f"{world.url}/ideas/new"
    unit = str(world.town.units[1].id)
    browser.send(f"{base}/who", {**WHO, "unit_id": unit})
    with browser.session_transaction() as session:
        assert "სანიმუშო" not in str(dict(session))  # sealed: the cookie is only signed
        assert "555123456" not in str(dict(session))
    page = browser.page(f"{base}/who")
    assert value(page, "surname") == "სანიმუშო"
    assert browser.send(f"{base}/code", {"code": "00000000"}).status_code == 422
    assert browser.page(f"{base}/code")
    assert browser.send(f"{base}/code/again").status_code == 303
    code = demonstration_code(WHO["phone"], clock.now())
    assert browser.send(f"{base}/code", {"code": code}).status_code == 302
    idea = db.session.scalars(select(Idea)).one()
    assert (idea.state, idea.author_label, idea.unit_id) == ("draft", "ნინო ს.", world.town.units[1].id)


def test_code_page_without_person_leads_back(world: World, browser: CheckedClient) -> None:
    assert browser.get(f"{world.url}/ideas/new/code").location.endswith("/who")
    assert browser.send(f"{world.url}/ideas/new/code/again").location.endswith("/who")


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_mistakes_stand_beside_their_fields(world: World, browser: CheckedClient, lang: str) -> None:
    browser.set_cookie("lang", lang)
    base = f"{world.url}/ideas/new"
    answer = browser.send(f"{base}/who", {"age_band": "0-13"})
    assert answer.status_code == 422
    page = parsed(answer)
    for name in ("first_name", "surname", "unit_id"):
        assert f'href="#{name}"' in page.html
    nino = author()
    browser.sign_in_as(nino.account_id or 0)
    idea = drafted(world, nino)
    page = parsed(
        browser.send(
            f"{world.url}/ideas/mine/{idea.id}/idea", {"title": "ა" * 81, "problem": "x", "solution": " "}
        )
    )
    assert 'href="#title"' in page.html
    assert 'href="#solution"' in page.html
    assert "ა" * 81 in page.html  # what was typed stays
    page = parsed(browser.send(f"{world.url}/ideas/mine/{idea.id}/cost", {"cost_tetri": "many"}))
    assert 'href="#cost_tetri"' in page.html


def test_signed_in_people_are_known(world: World, browser: CheckedClient) -> None:
    nino = author()
    handed_in(world, nino, surname="წინაპარი")
    browser.sign_in_as(nino.account_id or 0)
    page = browser.page(f"{world.url}/ideas/new/who")
    assert value(page, "surname") == "წინაპარი"
    assert 'name="phone"' not in page.html
    data = {**WHO, "unit_id": str(world.town.units[0].id)}
    answer = browser.send(f"{world.url}/ideas/new/who", data)
    assert answer.location.endswith("/idea")
    assert browser.send(f"{world.url}/ideas/new/who", data).location == answer.location  # a double tap


def test_save_and_return_later(world: World, browser: CheckedClient) -> None:
    nino = author()
    idea = drafted(world, nino, problem="თავდაპირველი")
    browser.sign_in_as(nino.account_id or 0)
    url = f"{world.url}/ideas/mine/{idea.id}/idea"
    page = browser.page(url)
    answer = browser.send(
        url, {"title": "", "problem": "ნახევარი", "later": "1", "seen": value(page, "seen")}
    )
    assert answer.location.endswith(f"/ideas/mine/{idea.id}/kept")
    page = browser.page(answer.location)
    assert f"/mine/{idea.id}/idea" in page.html  # the first page with a gap
    page = browser.page(f"{world.url}/ideas/mine/{idea.id}/check")
    assert 'name="consent"' not in page.html
    assert browser.send(f"{world.url}/ideas/mine/{idea.id}/check", {"consent": "y"}).status_code == 422


def test_two_tabs_keep_both_texts(world: World, browser: CheckedClient) -> None:
    nino = author()
    idea = drafted(world, nino)
    browser.sign_in_as(nino.account_id or 0)
    url = f"{world.url}/ideas/mine/{idea.id}/idea"
    one, two = browser.page(url), browser.page(url)
    assert browser.send(url, {**TEXT, "title": "პირველი", "seen": value(one, "seen")}).status_code == 302
    answer = browser.send(url, {**TEXT, "title": "მეორე", "seen": value(two, "seen")})
    assert answer.status_code == 422
    page = parsed(answer)
    assert value(page, "title") == "მეორე"
    assert "პირველი" in page.text
    assert db.session.get_one(Idea, idea.id).title == "პირველი"
    # having seen both, one may send again
    answer = browser.send(url, {**TEXT, "title": "მეორე", "seen": value(page, "seen")})
    assert answer.status_code == 302
    db.session.expire_all()
    assert db.session.get_one(Idea, idea.id).title == "მეორე"


def test_the_back_key_is_no_second_tab(world: World, browser: CheckedClient) -> None:
    nino = author()
    idea = drafted(world, nino)
    browser.sign_in_as(nino.account_id or 0)
    url = f"{world.url}/ideas/mine/{idea.id}/idea"
    seen = value(browser.page(url), "seen")
    assert browser.send(url, {**TEXT, "title": "ერთი", "seen": seen}).status_code == 302
    place = f"{world.url}/ideas/mine/{idea.id}/place"
    data = {"unit_id": str(world.town.units[0].id), "place": "აქ", "seen": value(browser.page(place), "seen")}
    assert browser.send(place, data).status_code == 302
    # back to the page as the browser kept it, corrected and sent again
    assert browser.send(url, {**TEXT, "title": "ერთი!", "seen": seen}).status_code == 302
    db.session.expire_all()
    assert db.session.get_one(Idea, idea.id).title == "ერთი!"


def test_strangers_see_no_drafts(world: World, browser: CheckedClient) -> None:
    nino = author()
    idea = drafted(world, nino)
    pages = ("idea", "place", "cost", "who", "check", "done", "withdraw")
    for page in pages:
        answer = browser.get(f"{world.url}/ideas/mine/{idea.id}/{page}")
        assert answer.status_code == 302
        assert "/sign-in" in answer.location
    for account in (make_citizen().id, *(staff.id for staff in world.staff.values())):
        browser.sign_in_as(account)
        for page in pages:
            assert browser.get(f"{world.url}/ideas/mine/{idea.id}/{page}").status_code == 404, page
        assert browser.send(f"{world.url}/ideas/mine/{idea.id}/check", {"consent": "y"}).status_code == 404
    assert browser.get(f"{world.url}/ideas/mine/999999/check").status_code == 404


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_returned_with_notes(world: World, browser: CheckedClient, lang: str) -> None:
    browser.set_cookie("lang", lang)
    nino, officer = author(), world.actor(Role.OFFICER)
    idea = handed_in(world, nino)
    commands_review.begin_check(idea_id=idea.id, actor=officer, now=clock.now())
    notes = {"place": "მიუთითეთ ქუჩა.", "": "თითქმის მზადაა."}
    commands_review.return_idea(idea_id=idea.id, notes=notes, actor=officer, now=clock.now())
    browser.sign_in_as(nino.account_id or 0)
    assert f"/mine/{idea.id}/check" in browser.page(f"{world.url}/ideas/mine").html
    page = browser.page(f"{world.url}/ideas/mine/{idea.id}/check")
    assert "მიუთითეთ ქუჩა." in page.text
    url = f"{world.url}/ideas/mine/{idea.id}/place"
    page = browser.page(url)
    assert "მიუთითეთ ქუჩა." in page.text
    data = {"unit_id": str(world.town.units[0].id), "place": "რუსთაველის ქუჩა", "seen": value(page, "seen")}
    assert browser.send(url, data).location.endswith("/check")
    answer = browser.send(f"{world.url}/ideas/mine/{idea.id}/check")
    assert answer.location.endswith("/done")
    db.session.expire_all()
    assert db.session.get_one(Idea, idea.id).state == "submitted"
    assert "TE-2026-0001" in browser.page(answer.location).text


def test_edit_and_withdraw(world: World, browser: CheckedClient) -> None:
    nino = author()
    idea = handed_in(world, nino)
    browser.sign_in_as(nino.account_id or 0)
    browser.page(f"{world.url}/ideas/mine/{idea.id}/check")
    who = f"{world.url}/ideas/mine/{idea.id}/who"
    browser.page(who)
    data = {**WHO, "surname": "ცვლილებაძე", "unit_id": str(world.town.units[0].id)}
    assert browser.send(who, data).location.endswith("/check")
    assert "ნინო ც." in browser.page(f"{world.url}/ideas/1").text
    browser.page(f"{world.url}/ideas/mine/{idea.id}/withdraw")
    assert browser.send(f"{world.url}/ideas/mine/{idea.id}/withdraw").location.endswith("/mine")
    assert browser.get(f"{world.url}/ideas/1").status_code == 404
    browser.page(f"{world.url}/ideas/mine")
    assert browser.get(f"{world.url}/ideas/mine/{idea.id}/check").status_code == 409


def test_closed_phase(world: World, browser: CheckedClient, clock: FrozenClock) -> None:
    nino = author()
    idea = drafted(world, nino)
    browser.sign_in_as(nino.account_id or 0)
    for moment in ((2026, 3, 1), (2026, 7, 2)):
        clock.set(*moment)
        page = browser.page(f"{world.url}/ideas/new")
        assert "/new/who" not in page.html
        assert browser.get(f"{world.url}/ideas/new/who").status_code == 409
        assert browser.get(f"{world.url}/ideas/mine/{idea.id}/idea").status_code == 409
        browser.page(f"{world.url}/ideas/mine")


def test_photo_with_the_form(world: World, browser: CheckedClient) -> None:
    from io import BytesIO

    nino = author()
    idea = drafted(world, nino)
    browser.sign_in_as(nino.account_id or 0)
    url = f"{world.url}/ideas/mine/{idea.id}/cost"
    seen = value(browser.page(url), "seen")
    data = {"category": first_category(world), "cost_unknown": "y", "seen": seen}
    answer = browser.send(url, {**data, "picture": (BytesIO(b"%PDF-1.4 nothing"), "a.jpg")})
    assert answer.status_code == 422
    assert 'href="#picture"' in answer.text
    answer = browser.send(url, {**data, "picture": (BytesIO(photo()), "a.jpg")})
    assert answer.status_code == 302
    page = browser.page(url)
    source = re.search(r'src="([^"]*/picture/\d+\.webp)"', page.html)
    assert source
    small = browser.get(source[1])
    assert small.mimetype == "image/webp"
    assert len(small.data) <= 40 * 1024
    stranger = sqlite_client(world)
    assert stranger.get(source[1]).status_code == 302
    number = re.search(r"picture/(\d+)", source[1])
    assert number
    public = f"{world.url}/ideas/1/picture/{number[1]}.webp"
    assert stranger.get(public).status_code == 404  # a draft's
    commands.submit_idea(idea_id=idea.id, consent=True, actor=nino, now=clock_now())
    assert stranger.get(public).status_code == 200
    assert stranger.get(public.replace(".webp", "-small.webp")).status_code == 200
    other = handed_in(world)
    assert stranger.get(public.replace("/ideas/1/", f"/ideas/{other.number}/")).status_code == 404
    assert browser.send(url, {**data, "remove": f"picture-{number[1]}"}).location.endswith("/cost#files")
    assert stranger.get(public).status_code == 404


def clock_now():  # type: ignore[no-untyped-def]
    return clock.now()


def test_pages_of_the_start(world: World, browser: CheckedClient) -> None:
    nino = author()
    drafted(world, nino)
    browser.sign_in_as(nino.account_id or 0)
    assert "/ideas/mine" in browser.page(f"{world.url}/ideas/new").html
    assert browser.page(f"{world.url}/")  # the front page with the newest ideas
    browser.sign_out()
    assert "/sign-in" in browser.get(f"{world.url}/ideas/mine").location


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_the_check_page_warns_and_shows_what_is_alike(
    world: World, browser: CheckedClient, lang: str
) -> None:
    browser.set_cookie("lang", lang)
    for _ in range(5):
        handed_in(world)
    nino = author()
    idea = drafted(world, nino, cost_tetri=90_000_000)
    browser.sign_in_as(nino.account_id or 0)
    url = f"{world.url}/ideas/mine/{idea.id}/check"
    page = browser.page(url)
    assert page.html.count('class="pb-warning"') == 1
    assert page.html.count('target="_blank"') == 3
    commands.save_draft(idea_id=idea.id, changes={"cost_tetri": None}, actor=nino, now=clock.now())
    assert 'class="pb-warning"' not in browser.page(url).html
    assert browser.send(url, {"consent": "y"}).location.endswith("/done")
    for page_url in (f"{world.url}/ideas/mine", f"{world.url}/ideas/new", f"{world.url}/ideas/6"):
        browser.page(page_url)


def test_sum_and_unknown_contradict_each_other(world: World, browser: CheckedClient) -> None:
    nino = author()
    idea = drafted(world, nino)
    browser.sign_in_as(nino.account_id or 0)
    url = f"{world.url}/ideas/mine/{idea.id}/cost"
    data = {"category": first_category(world), "seen": value(browser.page(url), "seen")}
    assert browser.send(url, {**data, "cost_tetri": "5", "cost_unknown": "y"}).status_code == 422
    assert browser.send(url, {**data, "cost_tetri": "", "cost_unknown": "y"}).status_code == 302
    db.session.expire_all()
    assert db.session.get_one(Idea, idea.id).cost_tetri is None
