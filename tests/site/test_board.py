"""The staff board counts what really waits, and the administrator of the installation finds the first step."""

from __future__ import annotations

from flask import Flask

from pb.accounts.models import Account
from pb.cycles.board_parts import Entry, line
from pb.db import writing
from pb.policy import Action, Role
from pb.review.commands_eligibility import take_up
from tests.conftest import FrozenClock
from tests.factories import make_staff, make_world
from tests.ideas.making import handed_in
from tests.pages import CheckedClient


def test_the_board_counts_ideas_that_wait(sqlite_app: Flask) -> None:
    world = make_world(sqlite_app)
    handed_in(world)
    client = sqlite_app.test_client()
    assert isinstance(client, CheckedClient)
    client.sign_in_as(world.staff[Role.OFFICER].id)
    assert "1 Eligibility of ideas" in client.page(f"{world.url}/board?lang=en").text


def test_the_administrator_of_the_installation_is_led_to_open_a_town(sqlite_app: Flask) -> None:
    installer = make_staff(None)
    with writing() as session:
        session.get_one(Account, installer.id).is_installer = True
    client = sqlite_app.test_client()
    assert isinstance(client, CheckedClient)
    assert "/admin/towns/new" not in client.page("/").html
    client.sign_in_as(installer.id)
    for address in ("/", "/account"):
        assert "/admin/towns/new" in client.page(address).html


def test_the_board_says_who_has_what_and_what_is_late(sqlite_app: Flask, clock: FrozenClock) -> None:
    world = make_world(sqlite_app)
    first, _second = handed_in(world), handed_in(world)
    officer = world.actor(Role.OFFICER)
    take_up(idea_id=first.id, actor=officer, now=clock())
    clock.set(2026, 6, 20)
    client = sqlite_app.test_client()
    assert isinstance(client, CheckedClient)
    client.sign_in_as(world.staff[Role.ADMINISTRATOR].id)
    page = client.page(f"{world.url}/board?lang=en").text
    assert f"With: {officer.display_name} – 1; nobody yet – 1" in page
    assert "Late: 2" in page


def test_a_feature_adds_a_line_for_those_who_may(sqlite_app: Flask) -> None:
    world = make_world(sqlite_app)
    made = Entry("ბილიკი", "/somewhere", "", 7, 2, (("ნინო", 7),))
    line(sqlite_app, Action.MANAGE_STAFF, lambda here, actor, now: [made])
    client = sqlite_app.test_client()
    assert isinstance(client, CheckedClient)
    for role, seen in ((Role.ADMINISTRATOR, True), (Role.OFFICER, False)):
        client.sign_in_as(world.staff[role].id)
        assert ("ბილიკი" in client.page(f"{world.url}/board").text) is seen
