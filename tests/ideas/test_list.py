"""Finding: words in any spelling, pages that neither repeat nor skip, the map, units, feeds."""

from __future__ import annotations

import random
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask

from pb import clock
from pb.db import db, writing
from pb.ideas import commands, queries, queries_list
from pb.ideas.models import Idea
from pb.places.models import Unit
from tests.factories import World, make_world
from tests.ideas.making import author, handed_in
from tests.ideas.test_public import many
from tests.pages import CheckedClient


def named(world: World, n: int, ka: str, en: str) -> int:
    """Give a unit of the town its name."""
    with writing() as session:
        unit = session.get_one(Unit, world.town.units[n].id)
        unit.name = {"ka": ka, "en": en}
        return unit.id


def test_a_place_is_found_however_it_is_written(app: Flask) -> None:
    """Also where the text itself does not name it: by the unit in which the idea lies."""
    world = make_world(app)
    quiet = {
        "title": "განათება",
        "problem": "ბნელა",
        "solution": "ბოძი",
        "village": "",
        "place": "",
        "beneficiaries": "",
    }
    terjola, chognari = named(world, 0, "თერჯოლა", "Terjola"), named(world, 1, "ჭოგნარი", "Chognari")
    handed_in(world, **quiet, unit_id=terjola)
    handed_in(world, **quiet, unit_id=chognari)
    handed_in(world, **{**quiet, "title": "წყალი ჭოგნარში და თერჯოლაში"}, unit_id=world.town.units[2].id)
    for words, wanted in (
        (("თერჯოლა", "Terjola", "terjola", "TERJOLA", "Terjola ", "TerJola"), {1, 3}),
        (("ჭოგნარი", "chognari", "Chognari", "Wognari", "ჭოგნარში"[:6]), {2, 3}),
        (("განათება თერჯოლა", "terjola ganateba"), {1}),
        (("ჭოგნარი აბრაკადაბრა",), set()),
    ):
        units = queries.units_of(world.town.id)
        for q in words:
            conditions = queries_list.conditions_of(queries_list.Filters(q=q), units, "TE", 2026)
            page = queries_list.public_page(world.cycle.id, conditions)
            assert {row.number for row in page.rows} == wanted, q


@pytest.mark.parametrize("order", ["new", "old", "cheap"])
def test_pages_neither_repeat_nor_skip_while_ideas_come_and_go(app: Flask, order: str) -> None:
    world = make_world(app)
    many(world, 70)
    dice = random.Random(order)
    with writing() as session:
        for idea in session.query(Idea):
            idea.cost_tetri = dice.choice([None, 0, 100, 100, 5_000])

    def turn(**mark: str) -> queries_list.Page:
        return queries_list.public_page(world.cycle.id, [], order=order, **mark)

    key: dict[str, Any] = {
        "new": lambda r: -r.number,
        "old": lambda r: r.number,
        "cheap": lambda r: (r.cost_tetri if r.cost_tetri is not None else 10**15, r.number),
    }
    page = turn()
    assert (page.first, page.total, page.before) == (1, 70, "")
    seen = list(page.rows)
    while page.after:
        if page.first == 21:  # one on a page already read is taken back, and new ones come
            with writing() as session:
                session.get_one(Idea, seen[3].id).state = "withdrawn"
            many(world, 3)
        page = turn(after=page.after)
        seen += page.rows
    numbers = [row.number for row in seen]
    assert len(set(numbers)) == len(numbers)
    assert set(range(1, 71)) <= set(numbers)
    assert seen == sorted(seen, key=key[order])
    back, read = page, list(page.rows)
    while back.before:
        back = turn(before=back.before)
        read = [*back.rows, *read]
    assert back.first == 1
    assert [row.number for row in read] == [n.number for n in read]
    assert len({row.id for row in read}) == len(read) == back.total


def test_the_list_reads_no_more_of_ten_thousand(app: Flask) -> None:
    """As many queries, and only a page of rows, however many ideas there are and whatever is asked."""
    from tests.ideas.test_public import counted

    world = make_world(app)
    town_id, cycle_id = world.town.id, world.cycle.id
    costs: dict[str, set[int]] = {}
    for size in (40, 400):
        many(world, size - db.session.query(Idea).count())
        for asked in ({}, {"order": "cheap"}, {"q": "problema"}, {"q": "terjola"}):
            filters = queries_list.Filters(**asked)
            with counted() as statements:
                units = queries.units_of(town_id)
                conditions = queries_list.conditions_of(filters, units, "TE", 2026)
                page = queries_list.public_page(cycle_id, conditions, order=filters.order)
            assert len(page.rows) <= queries_list.PER_PAGE
            costs.setdefault(str(asked), set()).add(len(statements))
    assert all(len(found) == 1 for found in costs.values()), costs


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_map_unit_and_feed(sqlite_app: Flask, lang: str) -> None:
    world = make_world(sqlite_app)
    browser: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    browser.set_cookie("lang", lang)
    first, second = world.town.units[0], world.town.units[1]
    nino = author()
    handed_in(world, nino, unit_id=first.id, title="<script>alert(1)</script> & სხვა")
    handed_in(world, unit_id=first.id)
    gone = handed_in(world, nino, unit_id=second.id, title="გამოთხოვილი")
    commands.withdraw_idea(idea_id=gone.id, actor=nino, now=clock.now())
    page = browser.page(f"{world.url}/ideas/map")
    assert f"{world.url}/units/{first.slug}" in page.links
    assert ">2</td>" in page.html
    assert browser.page(f"{world.url}/units/{first.slug}").html.count('class="pb-card"') == 2
    assert "გამოთხოვილი" not in browser.page(f"{world.url}/units/{second.slug}").html
    assert browser.get(f"{world.url}/units/nowhere").status_code == 404
    for address, wanted in (("ideas.atom", 2), (f"ideas.atom?unit={second.slug}", 0)):
        answer = browser.get(f"{world.url}/{address}")
        assert answer.mimetype == "application/atom+xml"
        root = ElementTree.fromstring(answer.data)
        entries = root.findall("{http://www.w3.org/2005/Atom}entry")
        assert len(entries) == wanted
        if entries:
            titles = [entry.findtext("{http://www.w3.org/2005/Atom}title") for entry in entries]
            assert "<script>alert(1)</script> & სხვა" in titles
    assert browser.get(f"{world.url}/ideas.atom?unit=nowhere").status_code == 404
    assert browser.get("/terjola/plan.svg?around=unit-1&pin=10,20").mimetype == "image/svg+xml"
