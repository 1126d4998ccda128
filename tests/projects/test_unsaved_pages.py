"""What is typed and not saved: rows that are moved without scripts, and words that outlive a session."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.conftest import FrozenClock
from tests.factories import World, make_world
from tests.ideas.making import author
from tests.pages import CheckedClient
from tests.projects.making import invited, the, written
from tests.projects.test_pages import budget_data, enter


@pytest.fixture
def world(sqlite_app: Flask, clock: FrozenClock) -> World:
    found = make_world(sqlite_app)
    clock.set(2026, 7, 20)
    return found


@pytest.fixture
def visitor(sqlite_app: Flask) -> CheckedClient:
    return sqlite_app.test_client()  # type: ignore[return-value]


def test_rows_are_added_moved_and_removed_without_saving(world: World, visitor: CheckedClient) -> None:
    citizen = author()
    project = invited(world, citizen)
    enter(visitor, citizen)
    url = f"{world.url}/projects/{project.number}/edit/budget"
    assert visitor.get(url).text.count("data-line>") == 4
    answer = visitor.send(url, {**budget_data(base=1), "rows": 4, "act": "more"})
    page = visitor.page(answer.location.partition("#")[0])
    assert page.html.count("data-line>") == 8
    assert 'value="850,5"' in page.html, "as it was typed"
    assert "ჯერ შენახული არ არის" in page.text
    draft = re.search(r'name="version" type="hidden" value="([\d.]+)"', page.html)
    assert draft is not None
    typed = {**budget_data(base=1, version=draft[1]), "rows": 8, "lines-1-price": "ასი"}
    answer = visitor.send(url, {**typed, "act": "up-1"})
    page = visitor.page(answer.location.partition("#")[0])
    assert 'id="lines-0-what" lang="ka" name="lines-0-what" type="text" value="სადენი"' in page.html
    assert 'value="ასი"' in page.html, "what is no number is not lost either"
    answer = visitor.send(url, {**budget_data(base=1), "rows": 8, "act": "remove-0"})
    page = visitor.page(answer.location.partition("#")[0])
    assert 'value="სანათი"' not in page.html
    assert the(project.id).revision.number == 1, "nothing was saved"  # type: ignore[union-attr]


def test_one_georgian_word_is_given_back_after_the_session_ended(
    world: World, visitor: CheckedClient
) -> None:
    citizen = author()
    project = written(world, citizen)
    url = f"{world.url}/projects/{project.number}/edit/team"
    answer = visitor.send(url, {"base": 2, "team": "ელექტრიკოსი"})
    assert answer.status_code == 401
    assert 'name="team" value="ელექტრიკოსი"' in answer.text
    assert visitor.send(url, {"base": 2, "team": ""}).status_code == 302, "a bare press: to the sign-in page"
