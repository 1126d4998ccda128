"""S5: until the scores are opened, whatever anybody gets is the same whatever the others scored.

Two worlds that differ in nothing but what one member wrote on the sheets; every page and file of the cycle is
fetched as everybody else and compared byte for byte, with tokens taken out.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pb.db import db
from pb.policy import Role
from pb.review import commands_commission as commands
from tests import factories
from tests.conftest import FrozenClock, start
from tests.review.commission_making import REVIEW, Commission

TOKENS = re.compile(r'(?:name="csrf_token"[^>]*value="[^"]*")|(?:nonce="?[^" ]*"?)')
QUERIES = ("", "?sort=score&state=frozen&lang=en")
TEXTS = ("text/", "application/json", "application/xml")


World = tuple[Flask, dict[str, int]]


@pytest.fixture
def worlds(tmp_path: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[World]]:
    """The same people and projects twice; one member's sheets say 1 here and 4 there."""
    clock.set(2026, 9, 24, 8)
    made: list[World] = []
    for name, value in (("one", 1), ("other", 4)):
        monkeypatch.setattr(factories, "_serial", itertools.count(1))  # the same made-up addresses in both
        app = start(f"sqlite:///{tmp_path / name}.sqlite", clock)
        app.test_client_class = FlaskClient  # the pages' own rules are held elsewhere
        with app.app_context():
            c = Commission(app, projects=3, members=4)
            teller, *others = c.members
            for project in c.projects[:2]:
                for actor in others:
                    c.submit(actor, project, 3)
                c.submit(teller, project, value)
            c.declare(teller, c.projects[2])
            commands.save_sheet(project_id=c.projects[2].id, lines=c.lines(value), actor=teller, now=REVIEW)
            readers = {role.value: c.world.staff[role].id for role in Role if role is not Role.MEMBER}
            readers |= {"another member": c.accounts[1].id, "a citizen": c.world.citizen.id}
            made.append((app, {**readers, "the member": c.accounts[0].id}))
            db.session.remove()
    yield made
    for app, _ in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def addresses(app: Flask) -> Iterator[str]:
    """Every address of the town and its cycle that can be read."""
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or "town" not in rule.arguments:
            continue
        for n in (1, 3):
            known = {"town": "terjola", "year": 2026, "number": n, "idea": n, "n": 1}
            if rule.arguments <= known.keys():
                values = {name: known[name] for name in rule.arguments}
                yield app.url_map.bind("localhost").build(rule.endpoint, values)


def everything(
    app: Flask, account_id: int | None, queries: tuple[str, ...] = ("",)
) -> dict[str, tuple[int, str, str]]:
    """What one reader gets from each of them: status, where it leads, the text without tokens."""
    client = app.test_client()
    if account_id is not None:
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = f"{account_id}.0", True
    found = {}
    for url in sorted(set(addresses(app))):
        for query in queries:
            answer = client.get(url + query)
            text = answer.get_data(as_text=True) if answer.mimetype.startswith(TEXTS) else ""
            found[url + query] = (answer.status_code, answer.location or "", TOKENS.sub("", text))
    return found


def test_nothing_tells_what_another_member_scored(worlds: list[World]) -> None:
    (one, here), (other, there) = worlds
    assert here == there
    for name, account_id in {"the public": None, **here}.items():
        if name == "the member":
            continue
        queries = QUERIES if name in ("the public", "another member") else ("",)
        first, second = everything(one, account_id, queries), everything(other, account_id, queries)
        assert first.keys() == second.keys()
        different = [url for url in first if first[url] != second[url]]
        assert not different, f"{name}: {different}"


def test_the_comparison_sees_a_difference(worlds: list[World]) -> None:
    """The member's own sheets are not the same, and nothing else that the member reads."""
    (one, here), (other, _) = worlds
    first, second = everything(one, here["the member"]), everything(other, here["the member"])
    different = {url.partition("?")[0] for url in first if first[url] != second[url]}
    sheets = "/terjola/2026/commission"
    assert different == {f"{sheets}/1/sheet", f"{sheets}/3/sheet", f"{sheets}/3/sheet/check"}
