"""Pages of towns, public and administrative, in both languages."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask

from pb.accounts.models import Account
from pb.db import writing
from pb.places import queries
from pb.places.municipalities import stored_units
from pb.policy import Role
from tests.cycles.filled import filled
from tests.factories import World, make_staff, make_world

LANGS = ("ka", "en")


@pytest.fixture
def world(sqlite_app: Flask) -> World:
    return make_world(sqlite_app)


@pytest.fixture
def client(world: World) -> Any:
    client = world.app.test_client()
    client.sign_in_as(world.staff[Role.ADMINISTRATOR].id)
    return client


@pytest.fixture
def installer(sqlite_app: Flask) -> Account:
    account = make_staff(None)
    with writing():
        account.is_installer = True
    return account


def submit(client: Any, url: str, expect: int = 302, **changes: Any) -> Any:
    data = {**filled(client.page(url).html), **changes}
    response = client.send(url, data)
    assert response.status_code == expect, response.text[:3000]
    return response


CENTRE = {
    "name_ka": "ცენტრი", "name_en": "Centre", "address_ka": "სოფელი", "address_en": "Village",
    "hours_ka": "დღისით", "hours_en": "By day", "phone": "0 001",
}  # fmt: skip


@pytest.mark.parametrize("lang", LANGS)
def test_centres_and_privacy(world: World, client: Any, lang: str) -> None:
    submit(client, "/terjola/admin/centres/new", unit_id=str(world.town.units[1].id), **CENTRE)
    client.page("/terjola/admin/centres")
    client.sign_out()
    page = client.page(f"/terjola/centres?lang={lang}")
    assert CENTRE[f"name_{lang}"] in page.text
    assert "0 001" in page.text
    officer = client.page(f"/terjola/privacy?lang={lang}")
    assert world.town.protection_officer["name"][lang] in officer.text
    assert "dpo@example.org" in officer.text


@pytest.mark.parametrize("lang", LANGS)
def test_pages_of_administration(world: World, client: Any, lang: str) -> None:
    submit(client, "/terjola/admin/centres/new", **CENTRE)
    client.page("/terjola/admin/centres")
    (centre,) = queries.centres_of(world.town.id)
    for path in ("town", "units", "centres", "centres/new", f"centres/{centre.id}"):
        client.page(f"/terjola/admin/{path}?lang={lang}")


def test_centres_are_changed_and_removed(world: World, client: Any) -> None:
    submit(client, "/terjola/admin/centres/new", 422, **{**CENTRE, "name_en": ""})
    submit(client, "/terjola/admin/centres/new", **CENTRE)
    (centre,) = queries.centres_of(world.town.id)
    url = f"/terjola/admin/centres/{centre.id}"
    submit(client, url, phone="0 002")
    assert queries.centres_of(world.town.id)[0].phone == "0 002"
    assert client.get(url.replace("terjola", "khoni")).status_code == 404
    assert client.send(f"{url}/remove").status_code == 302
    assert queries.centres_of(world.town.id) == []


def test_contact_data_are_changed(world: World, client: Any) -> None:
    page = submit(client, "/terjola/admin/town", 422, officer_en="")
    assert "#officer_ka" in page.text
    submit(client, "/terjola/admin/town", hotline="0 800", accent="plum")
    client.sign_out()
    page = client.page("/terjola/2026/")
    assert "0 800" in page.text
    assert "accent-plum" in page.html


def test_units_are_imported_with_faults_by_row(world: World, client: Any) -> None:
    head = "slug,unit_ka,unit_en,kind,genitive_ka\n"
    rows = "".join(f"unit-{n},სოფელი {n},Village {n},village,სოფლის\n" for n in range(1, 5))
    bad = rows.replace("unit-4,სოფელი 4", "unit-4,")

    def send(text: str) -> Any:
        return client.send(
            "/terjola/admin/units?lang=en", {"units": (io.BytesIO(text.encode()), "units.csv")}
        )

    response = send(head + bad)
    assert response.status_code == 422
    assert "Row 5: the column unit_ka is empty." in response.text
    assert len(queries.units_of(world.town.id)) == 3
    assert send(head + rows).status_code == 302
    assert len(queries.units_of(world.town.id)) == 4


@pytest.mark.parametrize("lang", LANGS)
def test_the_installer_opens_a_municipality(world: World, client: Any, installer: Account, lang: str) -> None:
    client.sign_in_as(installer.id)
    url = "/admin/towns/new"
    assert "khoni" in client.page(f"{url}?lang={lang}").html
    assert 'value="terjola"' not in client.page(url).html  # it is open already
    khoni = f"{url}?municipality=khoni"
    fields = {"officer_ka": "სანიმუშო", "officer_en": "Sample", "officer_phone": "0 000"}
    submit(client, khoni, 422, number_prefix="kh", **fields)
    submit(client, khoni, 422, number_prefix="KH")
    submit(client, khoni, number_prefix="KH", **fields)
    town = next(town for town in queries.towns() if town.slug == "khoni")
    assert len(queries.units_of(town.id)) == len((stored_units("khoni") or "").splitlines()) - 1
    client.page(f"/khoni/?lang={lang}")
    submit(client, f"{url}?municipality=zestaponi", 422, number_prefix="ZE", **fields)  # no units are known


def test_others_do_not_open_towns(world: World, client: Any) -> None:
    for role in Role:
        client.sign_in_as(world.staff[role].id)
        assert client.get("/admin/towns/new").status_code == 403
    client.sign_out()
    assert client.get("/admin/towns/new").status_code in (302, 403)


def test_only_the_own_administrators_manage_a_town(world: World, client: Any) -> None:
    other = make_world(world.app, "khoni")
    paths = ("town", "units", "centres", "centres/new")
    for account in (other.staff[Role.ADMINISTRATOR], world.staff[Role.OFFICER], world.citizen):
        client.sign_in_as(account.id)
        for path in paths:
            assert client.get(f"/terjola/admin/{path}").status_code == 403, path
            assert client.send(f"/terjola/admin/{path}", CENTRE).status_code in (403, 405), path
    assert queries.centres_of(world.town.id) == []
