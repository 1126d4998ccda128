"""Opening towns, their units, contact data and centres, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pb.audit.models import Event
from pb.core.errors import DomainError, Invalid, Missing, Problems, Refused
from pb.db import db
from pb.places import commands, queries
from pb.places.municipalities import municipalities, municipality, stored_units
from pb.places.unit_table import UnitRow, decoded, read_units
from pb.policy import Actor, Role
from tests.factories import World, make_staff, make_world

NOW = datetime(2026, 1, 20, 8, 0, tzinfo=UTC)
OFFICER = {"name": {"ka": "სანიმუშო", "en": "Sample"}, "phone": "0 000", "mail": ""}
CONTACT: dict[str, Any] = {
    "accent": "wine", "hotline": "0 000", "hotline_hours": {"ka": "დღისით", "en": "by day"},
    "address": {"ka": "ქუჩა 1", "en": "Street 1"}, "protection_officer": OFFICER,
}  # fmt: skip
INSTALLER = Actor(is_installer=True)


def open_town(slug: str = "terjola", **values: Any) -> int:
    given = {**CONTACT, "number_prefix": "TJ", "actor": INSTALLER, "now": NOW, **values}
    return commands.open_town(slug=slug, **given)


def units(slug: str = "terjola") -> tuple[UnitRow, ...]:
    return read_units(stored_units(slug) or "")


def test_the_list_of_municipalities() -> None:
    assert len(municipalities()) == 64
    assert [m.name["ka"] for m in municipalities()] == sorted(m.name["ka"] for m in municipalities())
    terjola = municipality("terjola")
    assert terjola is not None
    assert (terjola.genitive_ka, terjola.name["en"]) == ("თერჯოლის", "Terjola")
    assert municipality("../../etc") is None
    assert stored_units("../../etc") is None
    assert not {m.slug for m in municipalities()} & commands.RESERVED


def test_terjola_opens_with_its_19_units(app: Flask) -> None:
    town_id = open_town(units=units())
    town = queries.town_by_id(town_id)
    assert town is not None
    assert (town.slug, town.genitive_ka, town.full_name["en"]) == (
        "terjola",
        "თერჯოლის",
        "Terjola Municipality",
    )
    rows = queries.units_of(town_id)
    assert len(rows) == 19
    assert [row.position for row in rows] == list(range(1, 20))
    assert (rows[0].slug, rows[0].kind, rows[0].name["en"]) == ("terjola", "town", "Terjola (town)")
    assert rows[1].villages[1] == {"ka": "ზედა ალისუბანი", "en": "Zeda Alisubani"}
    kinds = list(db.session.scalars(select(Event.kind).order_by(Event.id)))
    assert kinds == ["TownOpened", "UnitsImported"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"slug": "atlantis"}, "no_such_municipality"),
        ({"slug": "terjola", "number_prefix": "KH"}, "town_exists"),
        ({"slug": "khoni"}, "prefix_taken"),
        ({"slug": "khoni", "number_prefix": "თჯ"}, "bad_prefix"),
        ({"slug": "khoni", "number_prefix": "T1"}, "bad_prefix"),
        ({"slug": "khoni", "number_prefix": "KH", "accent": "pink"}, "bad_accent"),
        ({"slug": "khoni", "number_prefix": "KH", "protection_officer": {}}, "problems"),
    ],
)
def test_what_cannot_be_opened(app: Flask, values: dict[str, Any], code: str) -> None:
    open_town()
    with pytest.raises(DomainError) as caught:
        open_town(**values)
    assert caught.value.code == code
    assert [town.slug for town in queries.towns()] == ["terjola"]


def test_only_the_installer_opens(app: Flask) -> None:
    world = make_world(app)
    for actor in (world.actor(Role.ADMINISTRATOR), Actor(), Actor(world.citizen.id)):
        with pytest.raises(Refused):
            open_town("khoni", actor=actor)


HEAD = "slug,unit_ka,unit_en,kind,genitive_ka,villages_ka,villages_en\n"


def test_every_fault_of_a_file_is_named_by_its_row() -> None:
    text = HEAD + ("a,ა,A,village,ა,,\nB b,,B,village,ბ,,\n,გ,Upper Village,hamlet,,,\n\na,ა,A,village,ა,,\n")
    with pytest.raises(Problems) as caught:
        read_units(text)
    assert [(p.code, p.params["row"]) for p in caught.value.problems] == [
        ("unit_cell_empty", 3), ("unit_bad_slug", 3), ("unit_cell_empty", 4), ("unit_bad_kind", 4),
        ("unit_repeated", 5),
    ]  # fmt: skip


def test_a_file_as_spreadsheets_write_it() -> None:
    line = ';ᲖᲔᲓᲐ;Zeda Village;village;ზედას;"ა; ბ";A\n'
    (row,) = read_units(decoded(("\ufeff" + HEAD.replace(",", ";") + line).encode()))
    assert (row.slug, row.name["ka"]) == ("zeda-village", "ზედა")
    assert row.villages == ({"ka": "ა", "en": "A"}, {"ka": "ბ", "en": ""})


@pytest.mark.parametrize(
    ("raw", "code"),
    [(b"", "unit_columns_missing"), (HEAD.encode(), "unit_file_empty"), ("ა".encode("utf-16"), "not_utf8")],
)
def test_files_that_are_none(raw: bytes, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_units(decoded(raw))
    assert caught.value.code == code


def test_a_second_import_renames_adds_and_reorders_but_never_removes(app: Flask) -> None:
    world = make_world(app)
    actor = world.actor(Role.ADMINISTRATOR)
    ids = {unit.slug: unit.id for unit in world.town.units}

    def row(slug: str, name: str) -> UnitRow:
        return UnitRow(slug, "village", {"ka": "სოფელი", "en": name}, "სოფლის", ())

    rows = [row("new", "New"), row("unit-3", "Third"), row("unit-1", "First"), row("unit-2", "Second")]
    assert commands.import_units(town_id=world.town.id, rows=rows, actor=actor, now=NOW) == (1, 3)
    after = queries.units_of(world.town.id)
    assert [unit.name["en"] for unit in after] == ["New", "Third", "First", "Second"]
    assert {unit.slug: unit.id for unit in after if unit.slug in ids} == ids
    with pytest.raises(Problems) as caught:
        commands.import_units(town_id=world.town.id, rows=rows[:2], actor=actor, now=NOW)
    assert [p.code for p in caught.value.problems] == ["unit_missing_from_file"] * 2
    assert len(queries.units_of(world.town.id)) == 4


@pytest.fixture
def two(app: Flask) -> tuple[World, World]:
    return make_world(app), make_world(app, "khoni")


def centre(world: World, actor: Actor, **values: Any) -> int:
    words = {"ka": "სიტყვა", "en": "word"}
    given = {"centre_id": None, "unit_id": None, "name": words, "address": words, "hours": words, "phone": ""}
    return commands.save_centre(town_id=world.town.id, actor=actor, now=NOW, **{**given, **values})


def test_centres_belong_to_their_town(two: tuple[World, World]) -> None:
    here, there = two
    actor, stranger = here.actor(Role.ADMINISTRATOR), there.actor(Role.ADMINISTRATOR)
    centre_id = centre(here, actor)
    with pytest.raises(Refused):
        centre(here, stranger)
    with pytest.raises(Missing):
        centre(there, stranger, centre_id=centre_id)
    with pytest.raises(Missing):
        commands.remove_centre(town_id=there.town.id, centre_id=centre_id, actor=stranger, now=NOW)
    with pytest.raises(Invalid):
        centre(here, actor, unit_id=there.town.units[0].id)
    with pytest.raises(Problems):
        centre(here, actor, name={"ka": "მხოლოდ ქართულად", "en": " "})
    commands.remove_centre(town_id=here.town.id, centre_id=centre_id, actor=actor, now=NOW)
    assert queries.centres_of(here.town.id) == []


def test_contact_data_are_the_administrators(two: tuple[World, World]) -> None:
    here, there = two
    for actor in (there.actor(Role.ADMINISTRATOR), here.actor(Role.OFFICER), Actor()):
        with pytest.raises(Refused):
            commands.save_town(town_id=here.town.id, actor=actor, now=NOW, **CONTACT)
    commands.save_town(town_id=here.town.id, actor=here.actor(Role.ADMINISTRATOR), now=NOW, **CONTACT)
    town = queries.town_by_id(here.town.id)
    assert town is not None
    assert (town.accent, town.hotline) == ("wine", "0 000")
    (event,) = db.session.scalars(select(Event).where(Event.kind == "TownChanged"))
    assert not event.is_public
    assert "accent" in event.data["fields"]


def test_staff_made_for_nowhere_has_no_power(app: Flask) -> None:
    world = make_world(app)
    nobody = make_staff(None)
    with pytest.raises(Refused):
        centre(world, Actor(nobody.id))
