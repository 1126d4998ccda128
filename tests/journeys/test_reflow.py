"""The worst words people write: eighty letters without a blank, on the smallest phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from pb.policy import Role
from pb.projects import commands
from tests.factories import make_world
from tests.ideas.making import author
from tests.journeys.acting import at_desk, go
from tests.journeys.conftest import Site
from tests.journeys.looking import HEIGHT, NARROW, scrolls_sideways
from tests.projects.making import DEVELOPMENT, delivered

pytestmark = pytest.mark.browser
LONG = "გ" * 80
PAGES = (
    "/", "/ideas", "/ideas/1", "/projects", "/projects/1", "/projects/1/revisions/3", "/log",
    "/queue?shelf=invited", "/queue/1", "/board",
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
