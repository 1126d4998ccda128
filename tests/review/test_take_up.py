"""Beginning the check of several ideas: by a number that is confirmed, never one's own, never somebody else's."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from pb.core.errors import Invalid
from pb.db import db
from pb.ideas.models import Idea
from pb.policy import Role
from pb.review.commands_eligibility import take_up, take_up_many
from tests.conftest import FrozenClock
from tests.factories import make_world
from tests.ideas.making import author, handed_in
from tests.pages import CheckedClient
from tests.projects.making import IDEAS


def state(idea: Idea) -> str:
    db.session.rollback()
    return db.session.get_one(Idea, idea.id).state


def test_what_is_left_out(app: Flask, clock: FrozenClock) -> None:
    clock.moment = IDEAS
    world, other = make_world(app), make_world(app, slug="khoni")
    officer = world.actor(Role.OFFICER)
    mine, good, taken, foreign = (
        handed_in(world, officer),
        handed_in(world),
        handed_in(world),
        handed_in(other),
    )
    take_up(idea_id=taken.id, actor=officer, now=IDEAS)
    ids = [mine.id, good.id, taken.id, foreign.id, 10**6]
    assert take_up_many(cycle_id=world.cycle.id, idea_ids=ids, actor=officer, now=IDEAS) == 1
    assert [state(i) for i in (mine, good, taken, foreign)] == [
        "submitted",
        "in_check",
        "in_check",
        "submitted",
    ]
    with pytest.raises(Invalid):
        take_up_many(cycle_id=world.cycle.id, idea_ids=ids, actor=officer, now=IDEAS)


def test_pages(sqlite_app: Flask, clock: FrozenClock) -> None:
    clock.moment = IDEAS
    world = make_world(sqlite_app)
    ideas = [handed_in(world, author()) for _ in range(3)]
    client: Any = sqlite_app.test_client()
    assert isinstance(client, CheckedClient)
    client.sign_in_as(world.staff[Role.OFFICER].id)
    address = f"{world.url}/queue/take-up"
    assert "Take up several" in client.page(f"{world.url}/queue?lang=en").text
    for lang in ("ka", "en"):
        client.page(f"{address}?lang={lang}")
    assert client.send(address, {}).status_code == 422
    answer = client.send(f"{address}?lang=en", {"idea": [str(i.id) for i in ideas[:2]]})
    assert "Begin the check of 2 ideas?" in re.sub(r"\s+", " ", answer.text)
    assert {state(i) for i in ideas} == {"submitted"}, "asked first"
    answer = client.send(address, {"idea": [str(i.id) for i in ideas[:2]], "act": "confirm"})
    assert answer.status_code == 302
    assert [state(i) for i in ideas] == ["in_check", "in_check", "submitted"]
    client.sign_in_as(world.staff[Role.ADMINISTRATOR].id)
    assert client.get(address).status_code == 403
