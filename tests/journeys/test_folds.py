"""Long pages are folded: an address opens the section that it points to, paper shows all of them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.factories import make_world
from tests.journeys.acting import go
from tests.journeys.conftest import Site, context_of
from tests.projects.making import IDEAS

pytestmark = pytest.mark.browser


def visible(page: Page, anchor: str) -> bool:
    """Whether its words are there to be read: folded away they have no height."""
    box = page.locator(anchor).bounding_box()
    return box is not None and box["height"] > 0


@pytest.mark.parametrize("javascript", [False, True])
def test_the_rulebook_is_short_and_whole(browser: Browser, site: Site, javascript: bool) -> None:
    site.turn(IDEAS)
    site.run(lambda: make_world(site.app))
    context = context_of(browser, javascript=javascript, width=360)
    page = context.new_page()
    address = f"{site.address}/terjola/2026/rulebook"
    go(page, address)
    assert page.locator("main").bounding_box()["height"] < 4000, "it was 19 000"  # type: ignore[index]
    assert visible(page, "#people")
    assert visible(page, "#criteria"), "a heading stands in its summary"
    assert not visible(page, "#criterion-need")
    page.emulate_media(media="print")
    assert visible(page, "#criterion-need"), "on paper everything is open"
    page.emulate_media(media="screen")
    page.goto("about:blank")
    go(page, f"{address}#criterion-need")
    assert visible(page, "#criterion-need"), "an address opens what it points to"
    context.close()
