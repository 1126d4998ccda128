"""Ideas from a spreadsheet: every fault by its row, duplicates said, and nothing imported before it is confirmed."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import select

from pb.accounts.personal import unseal
from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Refused
from pb.cycles.queries import here_by_id
from pb.db import db
from pb.ideas import commands_import as importing
from pb.ideas.import_table import HEADINGS, MOST_ROWS
from pb.ideas.models import Idea
from pb.ideas.models_import import IdeaImport
from pb.messages.models import InboxMessage, OutgoingMessage
from pb.policy import Role
from tests.conftest import FrozenClock
from tests.factories import World, make_world
from tests.pages import CheckedClient


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(app)


def row(world: World, **changes: Any) -> dict[str, Any]:
    category = dict(here_by_id(world.cycle.id).rules.categories[0].name)["ka"]
    unit = world.town.units[0].name["ka"]
    known = {
        "first_name": "ციალა", "surname": "ნიმუშაძე", "age": "67", "home_unit": unit, "title": "წყაროს გამართვა",
        "problem": "წყარო დაზიანებულია და სოფელი უწყლოდ რჩება.", "solution": "მილის შეცვლა და აუზის შეკეთება.",
        "unit": unit, "category": category, "cost": "4 500,50", "slip": "საქაღალდე 3, ფურცელი 12",
    }  # fmt: skip
    return {**known, **changes}


def as_csv(*rows: dict[str, Any], delimiter: str = ";", english: bool = False) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow([names[1 if english else 0] for names in HEADINGS.values()])
    writer.writerows([[r.get(name, "") for name in HEADINGS] for r in rows])
    return ("\ufeff" + out.getvalue()).encode()


def as_xlsx(*rows: dict[str, Any]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([names[0] for names in HEADINGS.values()])
    for one in rows:
        sheet.append([one.get(name) for name in HEADINGS])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def keep(world: World, raw: bytes, clock: FrozenClock) -> IdeaImport:
    kept = importing.keep_import(
        cycle_id=world.cycle.id, raw=raw, actor=world.actor(Role.ADMINISTRATOR), now=clock()
    )
    db.session.rollback()
    return db.session.get_one(IdeaImport, kept)


def checked(world: World, raw: bytes, clock: FrozenClock) -> list[importing.Checked]:
    return importing.report(keep(world, raw, clock), here_by_id(world.cycle.id, now=clock()))


def faults(world: World, clock: FrozenClock, *rows: dict[str, Any]) -> list[list[tuple[str | None, str]]]:
    return [[(p.field, p.code) for p in found.problems] for found in checked(world, as_csv(*rows), clock)]


def ideas() -> list[Idea]:
    db.session.rollback()
    return list(db.session.scalars(select(Idea).order_by(Idea.id)))


def test_checked_then_imported_once(world: World, clock: FrozenClock) -> None:
    admin = world.actor(Role.ADMINISTRATOR)
    table = keep(world, as_xlsx(row(world, age=67, cost=4500.5), row(world, title="")), clock)
    assert ideas() == [], "a check makes no idea"
    assert "ნიმუშაძე".encode() not in (table.file_sealed or b"")
    for wrong in (None, 0, 2):
        with pytest.raises(Invalid) as refused:
            importing.run_import(import_id=table.id, count=wrong, actor=admin, now=clock())
        assert refused.value.code == "other_rows"
    assert importing.run_import(import_id=table.id, count=1, actor=admin, now=clock()) == 1
    (idea,) = ideas()
    assert (idea.number, idea.state, idea.channel, idea.title) == (1, "submitted", "paper", "წყაროს გამართვა")
    assert (idea.cost_tetri, idea.author_label) == (450_050, "ციალა ნ.")
    (author,) = idea.authors
    assert (author.account_id, author.age_band, unseal(author.name_sealed)) == (None, "60-", "ციალა ნიმუშაძე")
    assert idea.help is not None
    assert (idea.help.consent, idea.help.slip) == ("signed_slip", "საქაღალდე 3, ფურცელი 12")
    assert db.session.get_one(IdeaImport, table.id).file_sealed is None
    with pytest.raises(Closed):
        importing.run_import(import_id=table.id, count=1, actor=admin, now=clock())
    assert db.session.scalars(select(OutgoingMessage)).first() is None, "nobody to write to"
    assert db.session.scalars(select(InboxMessage)).first() is None
    said = json.dumps([e.data for e in db.session.scalars(select(Event))], ensure_ascii=False)
    assert "ნიმუშაძე" not in said


@pytest.mark.parametrize("english", [False, True])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_kinds_of_csv(world: World, clock: FrozenClock, delimiter: str, english: bool) -> None:
    (found,) = checked(world, as_csv(row(world), delimiter=delimiter, english=english), clock)
    assert found.problems == ()


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"first_name": ""}, ("first_name", "required")),
        ({"age": "9"}, ("age", "too_young")),
        ({"age": "many"}, ("age", "required")),
        ({"age": "15"}, ("guardian", "guardian_needed")),
        ({"home_unit": "ნარნია"}, ("home_unit", "unknown_unit")),
        ({"unit": "ნარნია"}, ("unit", "unknown_unit")),
        ({"category": "კოსმოსი"}, ("category", "unknown_category")),
        ({"title": "ა" * 81}, ("title", "too_long")),
        ({"problem": ""}, ("problem", "required")),
        ({"slip": ""}, ("slip", "slip_needed")),
        ({"cost": "ბევრი"}, ("cost", "not_money")),
        ({"problem": "ა" * 5000}, ("problem", "too_long")),
    ],
)
def test_faults_are_said_by_row_and_column(
    world: World, clock: FrozenClock, changes: dict[str, Any], fault: tuple[str, str]
) -> None:
    good, bad = faults(world, clock, row(world), row(world, surname="სხვაძე", **changes))
    assert good == []
    assert fault in bad or any(field == fault[0] for field, _code in bad), bad


def test_duplicates_are_said_and_stay_out(world: World, clock: FrozenClock) -> None:
    admin = world.actor(Role.ADMINISTRATOR)
    first = keep(world, as_csv(row(world)), clock)
    importing.run_import(import_id=first.id, count=1, actor=admin, now=clock())
    again, other, twice, alike = checked(
        world,
        as_csv(
            row(world, title="Wყაროს გამართვა".replace("W", "წ")),
            row(world, surname="სხვაძე"),
            row(world, surname="სხვაძე"),
            row(world, surname="მესამე", title="წყაროს გამართვა სოფელში"),
        ),
        clock,
    )
    assert [(p.code, p.params) for p in again.problems] == [
        ("handed_in_already", {"number": f"{world.town.number_prefix}-2026-0001"})
    ]
    assert other.problems == ()
    assert [p.code for p in twice.problems] == ["twice_in_table"]
    assert (alike.problems, alike.alike) == ((), (f"{world.town.number_prefix}-2026-0001",))


def test_the_limit_of_ideas_counts_within_the_file(world: World, clock: FrozenClock) -> None:
    most = here_by_id(world.cycle.id, now=clock()).rules.max_ideas_per_author
    found = faults(world, clock, *(row(world, title=f"იდეა ნომერი {n}") for n in range(most + 1)))
    assert found[:most] == [[]] * most
    assert found[most] == [("surname", "idea_limit")]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "table_columns"),
        (b"PK\x03\x04 no workbook", "table_unreadable"),
        ("სახელი;გვარი\nა;ბ".encode(), "table_columns"),
        ("სახელი".encode("utf-16"), "table_not_text"),
        (b"x" * (3 * 1024 * 1024 + 1), "table_large"),
    ],
)
def test_files_that_are_no_table(world: World, clock: FrozenClock, raw: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        keep(world, raw, clock)
    assert (refused.value.code, refused.value.field) == (code, "file")


def test_empty_and_too_many(world: World, clock: FrozenClock) -> None:
    for raw, code in ((as_csv(), "table_empty"), (as_csv(*[row(world)] * (MOST_ROWS + 1)), "table_rows")):
        with pytest.raises(Invalid) as refused:
            keep(world, raw, clock)
        assert refused.value.code == code


def test_files_are_erased_after_a_day(world: World, clock: FrozenClock) -> None:
    table = keep(world, as_csv(row(world)), clock)
    assert importing.erase_due(now=clock() + timedelta(hours=23)) == 0
    assert importing.erase_due(now=clock() + timedelta(hours=25)) == 1
    db.session.rollback()
    assert db.session.get_one(IdeaImport, table.id).file_sealed is None


def test_who_and_when(world: World, clock: FrozenClock) -> None:
    for role in set(Role) - {Role.ADMINISTRATOR}:
        with pytest.raises(Refused):
            importing.keep_import(
                cycle_id=world.cycle.id, raw=as_csv(row(world)), actor=world.actor(role), now=clock()
            )
    clock.set(2026, 8, 1)
    with pytest.raises(Closed):
        keep(world, as_csv(row(world)), clock)


def test_pages(app: Flask, world: World, clock: FrozenClock) -> None:
    client: Any = app.test_client()
    assert isinstance(client, CheckedClient)
    client.sign_in_as(world.staff[Role.ADMINISTRATOR].id)
    base = f"{world.url}/import"
    for lang in ("ka", "en"):
        client.page(f"{base}?lang={lang}")
    assert client.get(f"{base}/form.csv").data.startswith(b"\xef\xbb\xbf")
    raw = as_csv(row(world), row(world, surname="სხვაძე", category="კოსმოსი"))
    answer = client.send(base, {"file": (io.BytesIO(raw), "ideas.csv")}, content_type="multipart/form-data")
    assert answer.status_code == 302
    address = answer.headers["Location"]
    for lang in ("ka", "en"):
        page = client.page(f"{address}?lang={lang}")
    assert "Import 1 idea" in page.text
    assert "Stays out" in page.text
    answer = client.send(address, {"count": "2"})
    assert answer.status_code == 422
    assert client.send(address, {"count": "1"}).status_code == 302
    assert len(ideas()) == 1
    client.page(f"{address}?lang=en")
    client.sign_in_as(world.staff[Role.OFFICER].id)
    assert client.get(address).status_code == 403
