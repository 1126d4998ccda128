"""Opened scores stay closed to whoever is recused from the project or competes with it, on every page."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from pb.db import db
from pb.review import commands_decision as deciding
from tests.conftest import FrozenClock
from tests.pages import CheckedClient
from tests.review.commission_making import REVIEW, Commission, frozen_project

LANGUAGES = ("ka", "en")


@pytest.fixture
def client(sqlite_app: Flask, clock: FrozenClock) -> CheckedClient:
    clock.set(2026, 9, 24, 8)
    return sqlite_app.test_client()  # type: ignore[return-value]


@pytest.fixture
def commission(sqlite_app: Flask) -> Commission:
    """Three projects; the first two compete; the first member's family wrote the first, the chair is recused from
    the third. What must not leak: 80.00 and 20.00.
    """
    c = Commission(sqlite_app, projects=0, members=6)
    c.projects = [
        frozen_project(c.world, n, unit=0, category=c.rules.categories[0 if n < 3 else 1].id)
        for n in (1, 2, 3)
    ]
    db.session.rollback()
    c.declare(c.members[0], c.projects[0], "family")
    c.declare(c.chair, c.projects[2], "employment")
    for project, value in zip(c.projects, (4, 1, 3), strict=True):
        for actor in c.members:
            if (actor.account_id, project.number) in (
                (c.members[0].account_id, 1),
                (c.members[0].account_id, 2),
            ):
                continue
            if actor.account_id == c.chair.account_id and project.number == 3:
                continue
            c.submit(actor, project, value)
    c.open()
    return c


def text_of(client: CheckedClient, url: str) -> str:
    texts = [re.sub(r"\s+", " ", client.get(f"{url}?lang={lang}").text) for lang in LANGUAGES]
    return " ".join(texts)


def test_a_recused_member_sees_no_score_of_the_pool(commission: Commission, client: CheckedClient) -> None:
    c, scores = commission, f"{commission.world.url}/commission/scores"
    client.sign_in_as(c.accounts[1].id)
    seen = text_of(client, scores)
    assert all(number in seen for number in ("80.00", "80,00", "20.00", "20,00", "60.00"))
    client.sign_in_as(c.accounts[0].id)
    seen = text_of(client, scores)
    assert "60.00" in seen
    for number in ("80.00", "80,00", "20.00", "20,00"):
        assert number not in seen
    assert "You are recused from these projects" in seen
    for number in (1, 2):
        title = c.projects[number - 1].title
        assert title in seen
        assert f'id="p-{number}"' not in client.get(scores).text


def test_a_recused_chair_sees_none_either(commission: Commission, client: CheckedClient) -> None:
    c, at = commission, f"{commission.world.url}/commission"
    deciding.follow_ranking(cycle_id=c.world.cycle.id, actor=c.chair, now=REVIEW)
    db.session.rollback()
    client.sign_in_as(c.accounts[-1].id)
    for page in ("scores", "decisions", "publish"):
        seen = text_of(client, f"{at}/{page}")
        assert "80.00" in seen or page == "publish"
        assert "60.00" not in seen, page
        assert "60,00" not in seen, page
    refused = client.get(f"{at}/3/decision")
    assert refused.status_code == 403
    assert "60,00" not in refused.text
    assert client.get(f"{at}/1/decision").status_code == 200
