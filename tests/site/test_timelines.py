"""One timeline, the same on the page of an idea and on that of its project."""

from __future__ import annotations

import pytest
from flask import Flask

from pb.ideas.commands_review import begin_check, return_idea
from pb.policy import Role
from tests.conftest import FrozenClock
from tests.factories import make_world
from tests.ideas.making import handed_in
from tests.pages import CheckedClient
from tests.projects.making import invited


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_who_has_it_now_and_until_when(sqlite_app: Flask, clock: FrozenClock, lang: str) -> None:
    world = make_world(sqlite_app)
    client: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    idea, officer = handed_in(world), world.actor(Role.OFFICER)
    begin_check(idea_id=idea.id, actor=officer, now=clock())
    text = client.page(f"{world.url}/ideas/1?lang={lang}").text
    assert {"ka": "ახლა: მუნიციპალიტეტში", "en": "Now: With the municipality"}[lang] in text
    return_idea(idea_id=idea.id, notes={"title": "გაარკვიეთ"}, actor=officer, now=clock())
    text = client.page(f"{world.url}/ideas/1?lang={lang}").text
    assert {"ka": "ახლა: ავტორთან", "en": "Now: With the author"}[lang] in text
    assert {"ka": "ვადა: 2026 წლის 4 ივნისი", "en": "up to and including 4 June 2026"}[lang] in text


def test_the_project_tells_the_way_of_its_idea(sqlite_app: Flask) -> None:
    world = make_world(sqlite_app)
    client: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    number = invited(world).number
    told = [client.page(f"{world.url}/{page}/{number}").text for page in ("ideas", "projects")]
    for text in told:
        assert "ახლა: ავტორთან" in text
        assert f"TE-2026-000{number}" in text
