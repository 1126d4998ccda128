"""The worst words people write: eighty letters without a blank, on the smallest phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from pb.policy import Role
from pb.projects import commands
from tests.factories import make_world
from tests.ideas.making import author
from tests.journeys.acting import at_desk, go, number_on, send
from tests.journeys.addresses import T
from tests.journeys.conftest import Site, context_of
from tests.journeys.looking import HEIGHT, NARROW, scrolls_sideways
from tests.projects.making import DEVELOPMENT, delivered

pytestmark = pytest.mark.browser
LONG = "გ" * 80
TITLES = ".pb-ballot-title"
PAGES = (
    "/", "/ideas", "/ideas/1", "/projects", "/projects/1", "/projects/1/revisions/3", "/log",
    "/queue?shelf=invited", "/queue/1", "/board", "/talk/idea-1", "/followed",
)  # fmt: skip


def test_a_title_without_blanks_does_not_scroll_sideways(browser: Browser, site: Site) -> None:
    site.turn(DEVELOPMENT)

    def town() -> int:
        world = make_world(site.app)
        writer = author()
        project = delivered(world, writer, title=LONG, problem=LONG, solution=LONG * 3, place=LONG)
        who = {"project_id": project.id, "actor": writer, "now": DEVELOPMENT}
        commands.save_revision(fields={"title": LONG, "what": LONG * 3, "upkeep": LONG}, **who)
        commands.hand_in_project(**who)
        return world.staff[Role.OFFICER].id

    with at_desk(browser, site, site.run(town)) as page:
        page.set_viewport_size({"width": NARROW, "height": HEIGHT})
        wide = []
        for path in PAGES:
            go(page, f"{site.address}/terjola/2026{path}")
            if scrolls_sideways(page):
                wide.append(path)
    assert not wide, wide


def test_nor_on_the_ballot(browser: Browser, demo: Site) -> None:
    """What stands on a ballot was frozen long before: the letters are put into the page that a voter has open."""
    context = context_of(browser, javascript=True, width=NARROW)
    page = context.new_page()
    go(page, f"{demo.address}{T}/vote")
    send(page, {"number": "01000000101"})
    send(page, {"code": number_on(page, r"\b\d{8}\b")})
    titles = page.locator(TITLES)
    assert titles.count() > 3
    titles.evaluate_all("(found, text) => found.forEach(one => { one.textContent = text })", LONG)
    assert page.locator(TITLES).first.inner_text() == LONG
    assert not scrolls_sideways(page)
    context.close()
