"""Every page in both languages, on a phone and on a computer: accessible, and never wider than its window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext
from sqlalchemy import select

from pb.accounts.models import Account
from pb.accounts.queries import actor_by_id
from pb.cycles.commands import create_cycle
from pb.cycles.models import Cycle
from pb.db import db
from pb.delivery.models import Milestone
from pb.places.models import Town
from pb.projects.models import Project
from pb.site.seed_towns import BEGINNING
from tests.journeys import addresses
from tests.journeys.acting import sign_in
from tests.journeys.conftest import Site, context_of
from tests.journeys.looking import WIDE, faults

pytestmark = pytest.mark.browser


def test_every_page_is_looked_at(demo: Site) -> None:
    reading = {rule.endpoint for rule in demo.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    known = {*addresses.PUBLIC, *addresses.STAFF, *addresses.IN_JOURNEYS, *addresses.NO_PAGE}
    assert reading <= known, f"new pages for tests/journeys/addresses.py: {sorted(reading - known)}"


@pytest.fixture
def visitor(browser: Browser, demo: Site) -> Iterator[BrowserContext]:
    context = context_of(browser, javascript=True, width=WIDE)
    yield context
    context.close()


def look(context: BrowserContext, demo: Site, paths: list[str], lang: str) -> list[str]:
    """What is wrong with the pages, all of them."""
    found, page = [], context.new_page()
    for path in paths:
        response = page.goto(f"{demo.address}{path}{'&' if '?' in path else '?'}lang={lang}")
        assert response is not None
        if response.status != 200:
            found.append(f"{path}: {response.status}")
        else:
            found += faults(page)
    return found


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_public_pages(visitor: BrowserContext, demo: Site, lang: str) -> None:
    paths = [path for paths in addresses.PUBLIC.values() for path in paths]
    found = look(visitor, demo, paths, lang)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_staff_pages(browser: Browser, demo: Site, lang: str) -> None:
    milestone: int = demo.run(new_contest)
    by_person: dict[str, list[str]] = {}
    for pages in addresses.STAFF.values():
        for person, path in pages:
            by_person.setdefault(person, []).append(path.replace("{step}", str(milestone)))
    found = []
    for person, paths in by_person.items():
        context = context_of(browser, javascript=True, width=WIDE)
        page = context.new_page()
        sign_in(page, demo, demo.run(lambda person=person: account_of(person)))
        page.close()
        found += look(context, demo, paths, lang)
        context.close()
    assert not found, "\n".join(found)


def account_of(person: str) -> int:
    """The id of an invented member of staff, by the first part of the mail address."""
    return db.session.scalars(select(Account.id).where(Account.email == f"{person}@example.org")).one()


def new_contest() -> int:
    """Make a contest of Khoni that is not published; gives the id of a promised step of Terjola 2025."""
    town_id = db.session.scalars(select(Town.id).where(Town.slug == "khoni")).one()
    admin = actor_by_id(account_of(addresses.NEXT_ADMIN))
    create_cycle(town_id=town_id, year=2028, actor=admin, now=BEGINNING)
    query = select(Milestone.id).join(Project, Project.id == Milestone.project_id)
    return (
        db.session.scalars(query.join(Cycle, Cycle.id == Project.cycle_id).where(Cycle.year == 2025)).first()
        or 0
    )
