"""What an installation in production must not have of a demonstration, and what it says of the vote."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from pb.accounts.models import Account
from pb.core.errors import Refused
from pb.db import db, is_sqlite, writing
from pb.installation import Installation, current, require_mode_once_reachable, turn_clock
from pb.policy import Role
from pb.voting.commands_round import prepare_round
from tests.conftest import FrozenClock, start
from tests.factories import EARLY, World, make_cycle, make_world
from tests.pages import CheckedClient
from tests.results.making import without_vote
from tests.voting.making import REVIEW, lock_ballot, make_ballot


@pytest.fixture
def production(tmp_path: Path, clock: FrozenClock) -> Iterator[Flask]:
    """The application in production mode, on SQLite."""
    app = start(f"sqlite:///{tmp_path / 'test.sqlite'}", clock, "production")
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def world(production: Flask) -> World:
    return make_world(production)


@pytest.fixture
def staff(production: Flask, world: World) -> CheckedClient:
    """A browser in which an administrator is signed in, with the second factor that production asks for."""
    with writing():
        db.session.get_one(Account, world.staff[Role.ADMINISTRATOR].id).totp_confirmed_at = EARLY
    client = production.test_client()
    assert isinstance(client, CheckedClient)
    client.sign_in_as(world.staff[Role.ADMINISTRATOR].id)
    return client


def test_nothing_of_the_demonstration_is_there(staff: CheckedClient, world: World) -> None:
    assert staff.get("/demo").status_code == 404
    for address in ("/demo/clock", f"/demo/sign-in/{world.staff[Role.CHAIR].id}"):
        assert staff.send(address, {"to": "now"}).status_code == 404
    for address in ("/", f"{world.url}/", "/about", "/account"):
        page = staff.page(f"{address}?lang=en")
        assert "test mode" not in page.text
        assert "/demo" not in page.links


def test_an_administrator_without_a_second_factor_sets_one_up_first(production: Flask, world: World) -> None:
    client = production.test_client()
    client.sign_in_as(world.staff[Role.ADMINISTRATOR].id)  # type: ignore[attr-defined]
    for address in ("/account", "/terjola/staff", f"{world.url}/board"):
        assert client.get(address).location == "/account/second-factor"


def test_the_clock_cannot_be_turned(production: Flask, clock: FrozenClock) -> None:
    with pytest.raises(Refused, match="not_a_demonstration"):
        turn_clock(to=clock() + timedelta(days=1))
    with pytest.raises(DBAPIError, match="clock_only_in_demonstrations"), writing() as session:
        session.execute(text("UPDATE installation SET rehearsal_offset = 60"))


def test_no_vote_is_prepared_and_the_page_says_why(
    production: Flask, staff: CheckedClient, world: World, clock: FrozenClock
) -> None:
    make_ballot(world)
    lock_ballot(world)
    clock.set(2026, 10, 9)
    with pytest.raises(Refused, match="custodians_few"):
        prepare_round(cycle_id=world.cycle.id, actor=world.actor(Role.ADMINISTRATOR), now=REVIEW)
    assert "Three custodians must be appointed" in staff.page(f"{world.url}/box?lang=en").text


def test_publication_says_what_a_vote_needs(
    production: Flask, staff: CheckedClient, world: World, clock: FrozenClock
) -> None:
    clock.set(2026, 1, 20)
    make_cycle(world.town, 2027, published=False)
    make_cycle(world.town, 2028, published=False, **without_vote())
    binding = "the dates are binding"  # the page shows what is published, not what is missing
    with_vote = staff.page("/terjola/admin/2027/publish?lang=en").text
    assert binding in with_vote
    assert "three custodians with keys of their own" in with_vote
    without = staff.page("/terjola/admin/2028/publish?lang=en").text
    assert binding in without
    assert "three custodians with keys of their own" not in without


def test_a_server_that_starts_waits_for_its_database(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    """gunicorn ends all its processes when one cannot start; a database that is being restarted must not do that."""
    asked = []

    def answer() -> Installation | None:
        asked.append(True)
        if len(asked) < 3:
            raise OperationalError("SELECT", None, Exception("the database system is starting up"))
        return current()

    monkeypatch.setattr("pb.installation.current", answer)
    if is_sqlite():  # which says so of a missing table, too
        with pytest.raises(OperationalError):
            require_mode_once_reachable(app.extensions["pb_settings"], pause=0.0)
        return
    require_mode_once_reachable(app.extensions["pb_settings"], pause=0.0)
    assert len(asked) == 3
    asked.clear()
    with pytest.raises(OperationalError):
        require_mode_once_reachable(app.extensions["pb_settings"], tries=2, pause=0.0)
    assert len(asked) == 2
