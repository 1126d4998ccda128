"""An idea on a bad line: 400 kbit/s and 400 ms, a line that is cut, a session that is over, Back, a double tap."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Error, Page

from pb.db import db
from pb.ideas.models import Idea
from tests.journeys.acting import fill, follow, go, number_on, press, send
from tests.journeys.addresses import K
from tests.journeys.conftest import Site, context_of
from tests.journeys.looking import wire_of
from tests.journeys.test_weight import CODE, IDEA, IDEA_SCREENS, Screens

pytestmark = pytest.mark.browser
WHO = {
    "kind": "resident",
    "first_name": "ნინო",
    "surname": "სანიმუშო",
    "phone": "555 12 34 57",
    "age_band": "30-44",
}
PROBLEM = "წყარო დაშრა, სოფელი სხვაგან ეზიდება წყალს. " * 8
TEXT = {
    "title": "წყაროს აღდგენა სოფლის თავში",
    "problem": PROBLEM.strip(),
    "solution": "გაიწმინდოს და დაიხუროს.",
}
BYTES_A_SECOND, DELAY = 400_000 // 8, 400


class Line:
    """The line of one page, as the browser's own tools make it slow or cut it."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self.session: CDPSession = context.new_cdp_session(page)
        self.session.send("Network.enable")
        self.set()

    def set(self, *, cut: bool = False) -> None:
        self.session.send(
            "Network.emulateNetworkConditions",
            {
                "offline": cut,
                "latency": DELAY,
                "downloadThroughput": BYTES_A_SECOND,
                "uploadThroughput": BYTES_A_SECOND,
            },
        )


def ideas_of(site: Site, title: str) -> list[str]:
    """States of all ideas with a title."""
    return site.run(lambda: [idea.state for idea in db.session.query(Idea).filter_by(title=title)])


def begin(page: Page, site: Site) -> None:
    """Up to the page on which the idea is written."""
    go(page, f"{site.address}{K}/ideas/new")
    follow(page, "/ideas/new/who")
    page.locator("#unit_id").select_option(index=1)
    send(page, WHO)
    send(page, {"code": number_on(page, CODE)})


@pytest.mark.parametrize("javascript", [False, True], ids=["without scripts", "with scripts"])
def test_an_idea_on_a_bad_line(browser: Browser, demo: Site, javascript: bool) -> None:
    context = context_of(browser, javascript=javascript)
    context.set_default_timeout(12_000)
    page = context.new_page()
    wire, line, seen = wire_of(context, page), Line(context, page), Screens(page)
    begin(page, demo)
    fill(page, TEXT)
    sent = wire.size
    line.set(cut=True)
    button = page.locator("main form button.is-primary").first
    with suppress(Error):  # the browser's own page says that there is no connection
        button.click(timeout=3_000)
        page.wait_for_timeout(500)
    line.set()
    wire.size = sent  # the browser's own page is its own
    if javascript:  # the page was not sent into the void, and says so
        assert typed(page) == TEXT, "a cut line has lost words"
        press(page, "main form button.is-primary")
    else:  # as the browser's own page offers it, which sends the form again
        page.reload()
    assert not page.locator("main [name=problem]").count(), page.url
    if javascript:
        page.go_back()
    else:  # the page that was sent again stands where the form stood: the way back is the page's own
        press(page, ".pb-back a")
    assert typed(page) == TEXT, "Back has lost words"
    send(page, {})
    send(page, {"place": "წყაროსთან"})
    page.locator("[name=category]").first.check()
    send(page, {"cost_unknown": True})
    fill(page, {"consent": True})
    twice(page)
    assert page.url.endswith("/done")
    assert ideas_of(demo, TEXT["title"]) == ["submitted"]
    # Not counted: Back and the page that follows it again, and the browser's own page where it had to show one.
    assert seen.count - (2 if javascript else 3) <= IDEA_SCREENS, seen.count
    assert wire.size <= IDEA, wire.size
    context.close()


def typed(page: Page) -> dict[str, Any]:
    return {name: page.locator(f"main [name={name}]").input_value() for name in TEXT}


def twice(page: Page) -> None:
    """A double tap on the page's main button, on a line so slow that the second comes before any answer."""
    button = page.locator("main form button.is-primary").first
    with page.expect_navigation(url="**/done"):
        button.dblclick()


@pytest.mark.parametrize("javascript", [False, True], ids=["without scripts", "with scripts"])
def test_a_session_that_is_over_loses_no_word(browser: Browser, demo: Site, javascript: bool) -> None:
    context = context_of(browser, javascript=javascript)
    page = context.new_page()
    begin(page, demo)
    fill(page, TEXT)
    context.clear_cookies()
    press_whatever(page)
    # What was typed is still to be had: on this page, or after proving the phone again.
    if not page.locator("main [name=problem]").count():
        kept = page.locator("main").inner_text()
        values = page.locator("main textarea, main input").evaluate_all("all => all.map(one => one.value)")
        assert TEXT["problem"] in kept or TEXT["problem"] in values, (
            f"{page.url}: the words are gone\n{kept[:400]}"
        )
    context.close()


def press_whatever(page: Page) -> None:
    """Press the main button, whatever the answer's status."""
    with page.expect_navigation():
        page.locator("main form button.is-primary").first.click()
