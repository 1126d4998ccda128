"""The staff board counts what really waits, and the administrator of the installation finds the first step."""

from __future__ import annotations

from flask import Flask

from pb.accounts.models import Account
from pb.db import writing
from pb.policy import Role
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
