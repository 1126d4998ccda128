"""Pages of projects, in both languages (every page that is fetched is held against the rules of all
pages).
"""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from pb import clock as clock_of_request
from pb.db import db
from pb.policy import Actor, Role
from pb.projects import commands
from tests.conftest import FrozenClock
from tests.factories import World, make_staff, make_town, make_world
from tests.ideas.making import author
from tests.pages import CheckedClient
from tests.projects.making import FIELDS, delivered, invited, the, written

LANGUAGES = pytest.mark.parametrize("lang", ["ka", "en"])


@pytest.fixture
def world(sqlite_app: Flask, clock: FrozenClock) -> World:
    found = make_world(sqlite_app)
    clock.set(2026, 7, 20)
    return found


@pytest.fixture
def visitor(sqlite_app: Flask) -> CheckedClient:
    return sqlite_app.test_client()  # type: ignore[return-value]


def enter(visitor: CheckedClient, actor: Actor) -> None:
    assert actor.account_id is not None
    visitor.sign_in_as(actor.account_id)


def speak(visitor: CheckedClient, lang: str) -> None:
    visitor.set_cookie("lang", lang)


def budget_data(**changes: Any) -> dict[str, Any]:
    return {
        "rows": 8, "lines-0-what": "სანათი", "lines-0-quantity": "14", "lines-0-unit": "ცალი", "lines-0-price": "420",
        "lines-1-what": "სადენი", "lines-1-quantity": "850,5", "lines-1-price": "3,55", **changes,
    }  # fmt: skip


@LANGUAGES
def test_every_page_in_both_languages(world: World, visitor: CheckedClient, lang: str) -> None:
    speak(visitor, lang)
    citizen = author()
    project, second = delivered(world, citizen), written(world, citizen, title="მეორე იდეა")
    commands.save_revision(
        project_id=project.id, actor=citizen, now=clock_of_request.now(),
        fields={"upkeep": "სოფელი უვლის"},
    )  # fmt: skip
    base = f"{world.url}/projects"
    for url in (base, f"{base}?q=sanat&unit=unit-1&state=handed_in", f"{base}?q=არარსებული"):
        visitor.page(url)
    for number in (project.number, second.number):
        visitor.page(f"{base}/{number}")
    visitor.page(f"{base}/{project.number}/revisions/2")
    enter(visitor, citizen)
    for part in ("", "/text", "/land", "/team", "/budget", "/timeline", "/upkeep", "/hand-in", "/handed-in"):
        visitor.page(f"{base}/{project.number}/edit{part}")
    visitor.page(f"{base}/{second.number}")
    page = visitor.page(f"{base}/{project.number}/revisions/3")
    assert page.lang == lang


def test_from_the_task_list_to_the_confirmation(world: World, visitor: CheckedClient) -> None:
    citizen = author()
    project = invited(world, citizen)
    base = f"{world.url}/projects/{project.number}/edit"
    enter(visitor, citizen)
    assert "ჯერ მზად არ არის" in visitor.page(f"{base}/hand-in").text
    said = {k: FIELDS[k] for k in ("title", "problem", "what", "beneficiaries")}
    assert visitor.send(f"{base}/text", {**said, "base": 1}).status_code == 302
    assert visitor.send(f"{base}/budget", budget_data(base=2)).status_code == 302
    months = {"rows": 8, "base": 3, "steps-0-month": "2027-05", "steps-0-step": "დამონტაჟება"}
    assert visitor.send(f"{base}/timeline", months).status_code == 302
    after = {"upkeep": FIELDS["upkeep"], "upkeep_tetri": "600", "upkeep_from": "მერიის ბიუჯეტი"}
    assert visitor.send(f"{base}/upkeep", {"base": 4, **after}).status_code == 302
    assert "ჯერ მზად არ არის" in visitor.page(f"{base}/hand-in").text, "nothing is said of the land"
    assert (
        visitor.send(
            f"{base}/land", {"base": 5, "land_owner": "municipality", "land_code": "33 00"}
        ).status_code
        == 422
    )
    land = {"land_owner": "municipality", "land_permit": "later", "land_code": "33.00.12.345,33.00 .12.346"}
    assert visitor.send(f"{base}/land", {"base": 5, **land}).status_code == 302
    assert visitor.send(f"{base}/hand-in", {"base": 6}).status_code == 422, "the box is not ticked"
    answer = visitor.send(f"{base}/hand-in", {"base": 6, "sure": "y"})
    assert answer.location.endswith("/edit/handed-in")
    page = visitor.page(answer.location)
    assert f"TE-2026-{project.number:04d}" in page.text
    assert (the(project.id).state, the(project.id).cost_tetri) == ("handed_in", 889_928)
    visitor.sign_out()
    page = visitor.page(f"{world.url}/projects/{project.number}")
    assert "8 899,28 ლარი" in page.text.replace("\u00a0", " ")
    assert "850,5" in page.text
    assert "33.00.12.345, 33.00.12.346" in page.text


def test_what_is_wrong_stands_beside_its_row_and_nothing_is_lost(
    world: World, visitor: CheckedClient
) -> None:
    citizen = author()
    project = invited(world, citizen)
    enter(visitor, citizen)
    url = f"{world.url}/projects/{project.number}/edit/budget"
    data = budget_data(base=1, **{"lines-1-price": "", "lines-2-what": "სკამი", "lines-2-price": "ასი"})
    answer = visitor.send(url, data)
    assert answer.status_code == 422
    assert 'id="lines-2-price-error"' in answer.text
    assert 'value="ასი"' in answer.text
    answer = visitor.send(url, budget_data(base=1, **{"lines-1-price": ""}))
    assert 'id="lines-1-price-error"' in answer.text
    assert the(project.id).revision.number == 1  # type: ignore[union-attr]


def test_two_tabs_keep_both_texts(world: World, visitor: CheckedClient) -> None:
    citizen = author()
    project = written(world, citizen)
    enter(visitor, citizen)
    url = f"{world.url}/projects/{project.number}/edit/upkeep"
    assert visitor.send(url, {"base": 2, "upkeep": "პირველი ფანჯარა"}).status_code == 302
    answer = visitor.send(url, {"base": 2, "upkeep": "მეორე ფანჯარა"})
    assert answer.status_code == 422
    assert "<del>პირველი</del> ფანჯარა" in answer.text, "both stand side by side, word by word"
    assert "<ins>მეორე</ins> ფანჯარა" in answer.text
    assert ">მეორე ფანჯარა</textarea>" in answer.text.replace("\r\n", "")
    assert 'name="base" type="hidden" value="3"' in answer.text
    assert visitor.send(url, {"base": 3, "upkeep": "ორივე"}).status_code == 302
    budget = f"{world.url}/projects/{project.number}/edit/budget"
    visitor.send(budget, budget_data(base=4, **{"lines-0-price": "400"}))
    answer = visitor.send(budget, budget_data(base=4, **{"lines-0-price": "430"}))
    assert answer.status_code == 422
    assert 'value="430"' in answer.text
    assert "<del>400</del>" in answer.text
    assert "<ins>430</ins>" in answer.text
    choose = budget_data(base=5, **{"lines-0-price": "430", "choose-budget": "other"})
    assert visitor.send(budget, choose).status_code == 302
    budget_now = the(project.id).revision.budget  # type: ignore[union-attr]
    assert budget_now[0]["price_tetri"] == 40_000, "the other window's text was chosen"


def test_a_draft_is_for_its_author_and_officials(world: World, visitor: CheckedClient) -> None:
    citizen = author()
    project = written(world, citizen)
    url = f"{world.url}/projects/{project.number}"
    secret = FIELDS["upkeep"]
    foreign = make_staff(make_town("khoni"), Role.OFFICER, Role.ADMINISTRATOR)
    readers = {None: False, author("სხვა").account_id: False, foreign.id: False, citizen.account_id: True}
    for role in Role:
        readers[world.staff[role].id] = role in (Role.OFFICER, Role.ADMINISTRATOR)
    for account_id, sees in readers.items():
        if account_id is None:
            visitor.sign_out()
        else:
            visitor.sign_in_as(account_id)
        assert (secret in visitor.page(url).text) is sees
        assert visitor.get(f"{url}/revisions/2").status_code == (200 if sees else 404)
        assert secret not in visitor.page(f"{world.url}/projects?q=სანათი").text


def test_what_was_handed_in_stays_public_while_the_author_goes_on(
    world: World, visitor: CheckedClient
) -> None:
    citizen = author()
    project = delivered(world, citizen)
    commands.save_revision(
        project_id=project.id, actor=citizen, now=clock_of_request.now(), fields={"upkeep": "ჯერ არავისთვის"}
    )
    page = visitor.page(f"{world.url}/projects/{project.number}")
    assert FIELDS["upkeep"] in page.text
    assert "ჯერ არავისთვის" not in page.text
    assert visitor.get(f"{world.url}/projects/{project.number}/revisions/3").status_code == 404


def test_nobody_else_edits(world: World, visitor: CheckedClient) -> None:
    project = written(world, author())
    url = f"{world.url}/projects/{project.number}/edit"
    parts = ("", "/text", "/land", "/team", "/budget", "/timeline", "/upkeep", "/hand-in", "/handed-in")
    for account in (author("სხვა").account_id, *(staff.id for staff in world.staff.values())):
        assert account is not None
        visitor.sign_in_as(account)
        assert {visitor.get(url + part).status_code for part in parts} == {403}
        assert visitor.send(f"{url}/upkeep", {"base": 2, "upkeep": "ა"}).status_code == 403


def test_after_development_the_text_is_locked(
    world: World, visitor: CheckedClient, clock: FrozenClock
) -> None:
    citizen = author()
    project = delivered(world, citizen)
    clock.set(2026, 9, 8)
    enter(visitor, citizen)
    url = f"{world.url}/projects/{project.number}/edit"
    assert visitor.send(f"{url}/upkeep", {"base": 2, "upkeep": "ა"}).status_code == 409
    visitor.page(url)
    commands.freeze_due(now=clock())
    assert "უკვე შეუძლებელია" in visitor.page(url).text


def test_the_list_takes_few_queries(world: World, visitor: CheckedClient) -> None:
    for n in range(7):
        delivered(world, title=f"იდეა {n}")
    counted: list[str] = []

    def count(*args: Any) -> None:
        if args[2] != "BEGIN":
            counted.append(args[2])

    url = f"{world.url}/projects"
    visitor.page(url)
    event.listen(db.engine, "before_cursor_execute", count)
    try:
        visitor.page(url)
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    assert len(counted) <= 6, "\n".join(c[:150] for c in counted)


def test_an_unknown_project_or_another_town(world: World, visitor: CheckedClient) -> None:
    project = delivered(world)
    make_world(world.app, "khoni")
    assert visitor.get(f"{world.url}/projects/999").status_code == 404
    assert visitor.get(f"/khoni/2026/projects/{project.number}").status_code == 404


def test_the_idea_leads_to_its_project(world: World, visitor: CheckedClient) -> None:
    citizen = author()
    project = invited(world, citizen)
    url = f"{world.url}/ideas/{project.number}"
    address = f"{world.url}/projects/{project.number}"
    page = visitor.page(url)
    assert address in page.links
    assert f"{address}/edit" not in page.links
    enter(visitor, citizen)
    assert f"{address}/edit" in visitor.page(url).links


def test_the_front_page_leads_to_projects(world: World, visitor: CheckedClient) -> None:
    citizen = author()
    project = delivered(world, citizen)
    page = visitor.page(f"{world.url}/")
    assert f"{world.url}/projects" in page.links
    assert FIELDS["title"] in page.text
    enter(visitor, citizen)
    assert f"{world.url}/projects/{project.number}/edit" in visitor.page(f"{world.url}/").links


def test_taking_a_project_back(world: World, visitor: CheckedClient) -> None:
    citizen = author()
    project = written(world, citizen)
    page, edit = f"{world.url}/projects/{project.number}", f"{world.url}/projects/{project.number}/edit"
    enter(visitor, citizen)
    assert f"{edit}/withdraw" in visitor.page(edit).html
    visitor.page(f"{edit}/withdraw")
    answer = visitor.send(f"{edit}/withdraw", {"reason": "ა" * 501})
    assert answer.status_code == 422
    assert "ა" * 501 in answer.text
    reason = "სხვა სახსრებით გაკეთდა"
    assert visitor.send(f"{edit}/withdraw", {"reason": reason}).status_code == 302
    assert reason in visitor.page(page).html
    assert f"{edit}/withdraw" not in visitor.page(edit).html
    for lang in ("ka", "en"):
        speak(visitor, lang)
        visitor.page(page)
        visitor.page(edit)
    speak(visitor, "ka")
    enter(visitor, world.actor(Role.OFFICER))
    assert reason in visitor.page(page).html
    assert "ავტორმა პროექტი გამოითხოვა" in visitor.page(f"{world.url}/queue?shelf=invited").html
    visitor.sign_out()
    assert visitor.get(page).status_code == 404
    assert visitor.get(f"{page}/revisions/1").status_code == 404
    assert visitor.page(f"{world.url}/ideas/{project.number}").html.count(page) == 0
    assert project.title not in visitor.page(f"{world.url}/projects").html
