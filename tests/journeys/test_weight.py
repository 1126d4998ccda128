"""What pages weigh: the first view of a citizen's page, our script, and the numbers of the two great journeys."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page

from pb.config import ROOT
from tests.journeys.acting import fill, follow, go, number_on, send
from tests.journeys.addresses import PUBLIC, K, T
from tests.journeys.conftest import Site, context_of
from tests.journeys.looking import PHONE, faults, wire_of

pytestmark = pytest.mark.browser
KILOBYTE = 1024
FIRST_VIEW, REQUESTS, SCRIPT = 60 * KILOBYTE, 6, 15 * KILOBYTE
IDEA, IDEA_SCREENS = 250 * KILOBYTE, 8
VOTE, VOTE_SCREENS = 120 * KILOBYTE, 5
CODE = r"\b\d{8}\b"
NOT_OF_CITIZENS = {"site.demo"}  # lists everybody there is to sign in as


def test_script_is_small() -> None:
    assert (ROOT / "static" / "pb.js").stat().st_size <= SCRIPT


def test_first_view(browser: Browser, demo: Site) -> None:
    too_heavy = []
    for endpoint, paths in PUBLIC.items():
        for path in paths if endpoint not in NOT_OF_CITIZENS else ():
            context = context_of(browser, javascript=True, width=PHONE)
            page = context.new_page()
            wire = wire_of(context, page)
            page.goto(demo.address + path, wait_until="networkidle")
            if wire.size > FIRST_VIEW or wire.requests > REQUESTS:
                too_heavy.append(f"{path}: {wire.size} bytes in {wire.requests} requests")
            context.close()
    assert not too_heavy, "\n".join(too_heavy)


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_idea_screens_and_bytes(browser: Browser, demo: Site, lang: str) -> None:
    context = context_of(browser, javascript=True, width=PHONE)
    page = context.new_page()
    wire = wire_of(context, page)
    seen = Screens(page)
    go(page, f"{demo.address}{K}/ideas/new?lang={lang}")
    follow(page, "/ideas/new/who")
    seen.look()
    page.locator("#unit_id").select_option(index=1)
    who = {"first_name": "ნინო", "surname": "სანიმუშო", "phone": "555 12 34 56", "age_band": "30-44"}
    send(page, {"kind": "resident", **who})
    seen.look()
    send(page, {"code": number_on(page, CODE)})
    seen.look()
    send(page, {"title": "წყაროს აღდგენა", "problem": "წყარო დაშრა.", "solution": "გაიწმინდოს."})
    seen.look()
    send(page, {"place": "წყაროსთან"})
    seen.look()
    page.locator("[name=category]").first.check()
    fill(page, {"cost_unknown": True})
    send(page, {})
    seen.look()
    send(page, {"consent": True})
    assert page.url.endswith("/done")
    seen.look()
    assert not seen.faults, "\n".join(seen.faults)
    assert seen.count <= IDEA_SCREENS, seen.count
    assert wire.size <= IDEA, wire.size
    context.close()


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_vote_screens_and_bytes(browser: Browser, demo: Site, lang: str) -> None:
    context = context_of(browser, javascript=True, width=PHONE)
    page = context.new_page()
    wire = wire_of(context, page)
    seen = Screens(page)
    go(page, f"{demo.address}{T}/vote?lang={lang}")
    send(page, {"number": "01000000101"})
    seen.look()
    send(page, {"code": number_on(page, CODE)})
    seen.look()
    for n in (0, 1):
        page.locator("input[name=choice]").nth(n).check()
    assert re.search("2", page.locator("[data-live]").inner_text())
    send(page, {})
    seen.look()
    send(page, {})
    assert "/vote/receipt/" in page.url
    seen.look()
    assert not seen.faults, "\n".join(seen.faults)
    assert seen.count == VOTE_SCREENS, seen.count
    assert wire.size <= VOTE, wire.size
    context.close()


class Screens:
    """The screens of a journey: how many, and what is wrong with those that were looked at."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0
        self.faults: list[str] = []
        page.on("load", self._loaded)

    def _loaded(self, _page: Page) -> None:
        self.count += 1

    def look(self) -> None:
        self.faults += faults(self.page)
        self.page.set_viewport_size({"width": PHONE, "height": 740})
