"""A project is written on a phone of 360 px without scripts: to the receipt, in two tabs, after the session ended."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.factories import make_world
from tests.ideas.making import author
from tests.journeys.acting import at_desk, fill, follow, go, number_on, press, send, sign_in
from tests.journeys.conftest import Site
from tests.journeys.looking import faults, scrolls_sideways
from tests.projects.making import DEVELOPMENT, IDEAS, invited

pytestmark = pytest.mark.browser


@pytest.fixture
def writer(site: Site) -> int:
    """The account of an author whose idea was admitted; it is July."""
    site.turn(IDEAS)

    def town() -> int:
        world = make_world(site.app)
        citizen = author()
        invited(world, citizen)
        assert citizen.account_id is not None
        return citizen.account_id

    account_id: int = site.run(town)
    site.turn(DEVELOPMENT)
    return account_id


def tasks(site: Site) -> str:
    return f"{site.address}/terjola/2026/projects/1/edit"


def fits(page: Page) -> None:
    assert not scrolls_sideways(page), page.url


def typed(page: Page, name: str) -> str:
    return page.locator(f"main [name='{name}']").input_value().strip()


def test_from_an_admitted_idea_to_the_receipt(site: Site, phone: Page, writer: int) -> None:
    sign_in(phone, site, writer)
    go(phone, tasks(site))
    assert "შემდეგი ნაბიჯი" in phone.locator("main").inner_text()
    fits(phone)
    pages: dict[str, dict[str, Any]] = {
        "text": {"beneficiaries": "სამი ქუჩის 150 ოჯახი"},
        "land": {"land_owner": "municipality", "land_permit": "not_needed", "land_code": "33.00.12.345"},
        "team": {"team": "მერიის სამსახური და ორი მეზობელი"},
        "upkeep": {"upkeep": "მერია", "upkeep_tetri": "1 200,50", "upkeep_from": "მერიის ბიუჯეტი"},
    }
    for name, values in pages.items():
        follow(phone, f"/edit/{name}")
        fits(phone)
        send(phone, values)
    follow(phone, "/edit/budget")
    line = {"what": "სანათი", "quantity": "14", "unit": "ცალი", "price": "420.5"}
    fill(phone, {f"lines-3-{name}": value for name, value in line.items()})
    for _ in range(3):  # up to the first line, one press at a time; nothing is lost on the way
        last = max(n for n in range(4) if typed(phone, f"lines-{n}-what"))
        press(phone, f"button[name=act][value=up-{last}]")
    assert typed(phone, "lines-0-price") == "420.5"
    press(phone, "button[name=act][value=more]")
    phone.locator("#lines-0 summary").click()
    fill(phone, {"lines-0-share": "100", "lines-0-by": "დიასპორა", "lines-0-source": "სამი მაღაზია"})
    fits(phone)
    press(phone, "main form button.is-primary")
    assert "5 787" in phone.locator("main").inner_text().replace("\u00a0", " "), "14 × 420,50 − 100"
    follow(phone, "/edit/timeline")
    phone.locator("[name='steps-0-month']").select_option(index=2)
    fits(phone)
    send(phone, {"steps-0-step": "შესყიდვა და დამონტაჟება"})
    follow(phone, "/edit/hand-in")
    fits(phone)
    send(phone, {"sure": True})
    assert number_on(phone, r"TE-2026-\d{4}") == "TE-2026-0001"
    number_on(phone, r"SHA-256 [0-9a-f]{64}")
    go(phone, f"{site.address}/terjola/2026/projects/1/revisions/compare")
    fits(phone)


def test_two_tabs_lose_no_word(site: Site, phone: Page, writer: int) -> None:
    sign_in(phone, site, writer)
    other = phone.context.new_page()
    for page in (phone, other):
        go(page, f"{tasks(site)}/team")
    send(other, {"team": "ვანო და ნინო"})
    fill(phone, {"team": "ვანო და გია"})
    with phone.expect_navigation() as waiting:
        phone.locator("main form button.is-primary").click()
    answer = waiting.value
    assert answer is not None
    assert answer.status == 422
    fits(phone)
    sides = phone.locator(".pb-side")
    assert "ნინო" in sides.nth(0).inner_text()
    assert "გია" in sides.nth(1).inner_text()
    assert typed(phone, "team") == "ვანო და გია"
    go(other, f"{tasks(site)}/team")
    assert typed(other, "team") == "ვანო და გია", "closing the tab loses nothing either: it is kept, unsaved"
    send(phone, {"team": "ვანო, ნინო და გია"})
    go(other, f"{tasks(site)}/team")
    assert typed(other, "team") == "ვანო, ნინო და გია"


def test_words_survive_the_end_of_a_session(site: Site, phone: Page, writer: int) -> None:
    sign_in(phone, site, writer)
    go(phone, f"{tasks(site)}/team")
    fill(phone, {"team": "ელექტრიკოსი"})
    phone.context.clear_cookies()
    with phone.expect_navigation():
        phone.locator("main form button.is-primary").click()
    assert "ელექტრიკოსი" in phone.content(), "one word is enough to be kept"
    sign_in(phone, site, writer)
    for _ in range(
        2
    ):  # the page's own token is of the old session: it is given back once more with a new one
        if "/team" in phone.url and phone.locator("main form button.is-primary").count():
            with phone.expect_navigation():
                phone.locator("main form button.is-primary").click()
    go(phone, f"{tasks(site)}/team")
    assert typed(phone, "team") == "ელექტრიკოსი"


def test_what_is_typed_saves_itself_where_scripts_run(browser: Browser, site: Site, writer: int) -> None:
    with at_desk(browser, site, writer, javascript=True) as page:
        go(page, f"{tasks(site)}/budget")
        fill(page, {"lines-0-what": "სანათი", "lines-0-price": "12,50", "lines-0-quantity": "3"})
        assert "37,50" in page.locator("[data-asked]").inner_text()
        page.wait_for_selector("[data-autosave]:not(:empty)")
        assert page.locator("[name=version]").input_value() != ""
        go(page, f"{tasks(site)}/budget")
        assert typed(page, "lines-0-price") == "12,50"
        assert "ჯერ შენახული არ არის" in page.locator("main").inner_text()
        found = faults(page)
        for path in ("land", "team"):
            go(page, f"{tasks(site)}/{path}")
            found += faults(page)
    assert not found, "\n".join(found)
