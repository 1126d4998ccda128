"""An administrator makes a contest from the template: every page of the task list, preview, publication."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page

from pb.policy import Role
from tests.factories import make_world
from tests.journeys.acting import at_desk, fill, follow, go, press, send
from tests.journeys.conftest import Site, context_of
from tests.journeys.looking import WIDE, faults

pytestmark = pytest.mark.browser
AUTUMN = datetime(2026, 12, 1, 8, tzinfo=UTC)
UNCHANGED = ("dates", "categories", "criteria", "commission", "ballot")


def test_from_template_to_published(browser: Browser, site: Site) -> None:
    site.turn(AUTUMN)
    admin = site.run(lambda: make_world(site.app).staff[Role.ADMINISTRATOR].id)
    tasks = f"{site.address}/terjola/admin/2027/"
    with at_desk(browser, site, admin, javascript=True) as page:
        go(page, f"{site.address}/terjola/admin/")
        follow(page, "/admin/cycles/new")
        send(page, {"year": 2027, "like": "starter", "pot_tetri": "90 000", "split": "equal_per_unit"})
        assert page.url == tasks
        wrong = faults_here(page)
        follow(page, "/admin/2027/participation")
        send(page, {"act_number": "35", "act_date": "2026-11-20"})
        assert page.url == tasks
        follow(page, "/admin/2027/money")
        fill(page, {"unit_sums.unit-1": "40 000"})
        assert "100" in page.locator("[data-total]").inner_text()  # summed as it is typed
        send(page, {"unit_sums.unit-2": "20 000"})
        for section in UNCHANGED:
            follow(page, f"/admin/2027/{section}")
            press(page, "main form.pb-form button.is-primary")
            assert page.url == tasks
        follow(page, "/admin/2027/checklist")
        press(page, page.locator(".pb-entries a").first)
        wrong += faults_here(page)
        send(page, {})
        go(page, f"{tasks}criteria")
        press(page, page.locator("main th a").first)
        wrong += faults_here(page)
        send(page, {})
        go(page, tasks)
        follow(page, "/terjola/2027/")
        assert page.locator(".pb-preview").count() == 1
        wrong += faults_here(page)
        nobody_else_sees(browser, site)
        follow(page, "/admin/2027/")
        follow(page, "/admin/2027/publish")
        send(page, {})
        assert page.url.endswith("/terjola/2027/")
        assert page.locator(".pb-preview").count() == 0
    assert not wrong, "\n".join(wrong)
    context = context_of(browser)
    visitor = context.new_page()
    go(visitor, f"{site.address}/terjola/2027/")
    assert "90 000" in visitor.locator("main").inner_text().replace("\u00a0", " ")
    context.close()


def faults_here(page: Page) -> list[str]:
    """What is wrong with the page that is open; the window is as wide as before afterwards."""
    found = faults(page)
    page.set_viewport_size({"width": WIDE, "height": 740})
    return found


def nobody_else_sees(browser: Browser, site: Site) -> None:
    context = context_of(browser)
    response = context.new_page().goto(f"{site.address}/terjola/2027/")
    assert response is not None
    assert response.status == 404
    context.close()
