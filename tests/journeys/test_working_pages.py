"""The pages on which authors, members, the chair and administrators work, in both languages: what is wrong there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from pb.policy import Role
from pb.review import commands_commission
from pb.review.commands_decision import follow_ranking
from tests.factories import make_world
from tests.ideas.making import author, drafted
from tests.journeys.acting import at_desk, fill, go, press
from tests.journeys.conftest import Site
from tests.journeys.looking import faults
from tests.projects.making import DEVELOPMENT, IDEAS, written
from tests.review.commission_making import REVIEW, Commission

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("lang", ["ka", "en"])]


def look(page: Page, site: Site, paths: list[str], lang: str) -> list[str]:
    """Open the pages one after the other; gives what is wrong with them."""
    found = []
    for path in paths:
        go(page, f"{site.address}/terjola/2026{path}?lang={lang}")
        found += faults(page)
    return found


def test_pages_of_an_author(browser: Browser, site: Site, lang: str) -> None:
    site.turn(IDEAS)

    def town() -> tuple[int, int]:
        world, writer = make_world(site.app), author()
        written(world, writer)
        draft = drafted(world, writer)
        assert writer.account_id is not None
        return draft.id, writer.account_id

    draft, account_id = site.run(town)
    with at_desk(browser, site, account_id, javascript=True) as page:
        own = f"/ideas/mine/{draft}"
        found = look(page, site, ["/ideas/mine", f"{own}/who", f"{own}/check", f"{own}/withdraw"], lang)
        site.turn(DEVELOPMENT)
        tasks = ["", "/text", "/land", "/team", "/budget", "/timeline", "/upkeep", "/hand-in"]
        found += look(page, site, [f"/projects/1/edit{task}" for task in tasks], lang)
        fill(page, {"sure": True})
        press(page, "main form button.is-primary")
        found += faults(page)
    assert not found, "\n".join(found)


def test_pages_of_the_commission(browser: Browser, site: Site, lang: str) -> None:
    site.turn(REVIEW)
    kept: dict[str, Commission] = {}

    def town() -> dict[str, Any]:
        commission = kept["commission"] = Commission(site.app, projects=2)
        first, second = commission.projects
        member = commission.members[0]
        for actor in commission.members[1:]:
            commission.submit(actor, first)
            commission.submit(actor, second)
        commission.declare(member, first)
        lines = commission.lines(4)
        commands_commission.save_sheet(project_id=first.id, lines=lines, actor=member, now=REVIEW)
        world = commission.world
        return {
            "cycle_id": world.cycle.id,
            "member": member.account_id,
            "chair": commission.chair.account_id,
            "first": first.number,
            "second": second.number,
        }

    ids = site.run(town)
    with at_desk(browser, site, ids["member"], javascript=True) as page:
        of_member = [f"/commission/{ids['second']}/declare", "/commission"]
        of_member += [f"/commission/{ids['first']}/sheet{rest}" for rest in ("", "/check")]
        found = look(page, site, of_member, lang)
    with at_desk(browser, site, ids["chair"], javascript=True) as page:
        found += look(page, site, ["/commission", "/commission/open"], lang)
        press(page, "main form button.is-primary")
        found += faults(page)
        site.run(lambda: kept["commission"].reconcile())
        pages = ["/commission/decisions", f"/commission/{ids['first']}/decision"]
        found += look(page, site, [*pages, f"/commission/{ids['first']}/sheet"], lang)
        site.run(lambda: follow_ranking(cycle_id=ids["cycle_id"], actor=chair_of(ids["chair"]), now=REVIEW))
        found += look(page, site, ["/commission/publish"], lang)
        sessions = "/commission/sessions"
        found += look(
            page, site, [sessions, f"{sessions}/new", f"{sessions}/1", f"{sessions}/1/screen"], lang
        )
        site.run(lambda: kept["commission"].adjourn())
        found += look(page, site, ["/commission/publish", f"{sessions}/1/minutes"], lang)
    assert not found, "\n".join(found)


def chair_of(account_id: int) -> Any:
    from pb.accounts.queries import actor_by_id

    return actor_by_id(account_id)


def test_pages_before_the_result(browser: Browser, site: Site, lang: str) -> None:
    """The count before publication, and its publication."""
    site.turn(datetime(2026, 10, 27, 8, tzinfo=UTC))
    admin = site.run(lambda: make_world(site.app).staff[Role.ADMINISTRATOR].id)
    with at_desk(browser, site, admin, javascript=True) as page:
        found = look(page, site, ["/box", "/count", "/results", "/vote", "/receipt", "/data"], lang)
    assert not found, "\n".join(found)
