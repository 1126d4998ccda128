"""Tables to take away: types of cells, no formula; people's data only with a reason, which the log has first."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import select

from pb.accounts.queries import phone_of
from pb.audit.models import Event
from pb.core.errors import Invalid, Refused
from pb.cycles.queries import here_by_id
from pb.db import db
from pb.policy import Role
from pb.site import exports
from pb.site.sheets import Table, comma_separated, lari, xlsx
from tests.conftest import FrozenClock
from tests.factories import World, make_world
from tests.ideas.making import author, handed_in
from tests.pages import CheckedClient
from tests.review.commission_making import Commission

EVIL = ("=1+1", "+1", "-2+3", "@SUM(A1)", "\tx", '=HYPERLINK("http://evil","x")', "\r=1")


def sheet(body: bytes) -> Any:
    return load_workbook(io.BytesIO(body)).active


def test_cells_have_the_types_of_what_they_hold() -> None:
    table = Table(
        "იდეები [1]",
        ["სათაური", "თანხა", "დღე", "რიცხვი"],
        [["წყარო", lari(450_050), date(2026, 5, 20), 7], [None] * 4],
    )
    found = sheet(xlsx(table))
    assert [c.value for c in found[1]] == ["სათაური", "თანხა", "დღე", "რიცხვი"]
    text, money, day, number = found[2]
    assert (text.data_type, text.value) == ("s", "წყარო")
    assert (money.data_type, money.value) == ("n", 4500.5)
    assert (day.is_date, day.value.date()) == (True, date(2026, 5, 20))
    assert (number.data_type, number.value) == ("n", 7)
    assert [c.value for c in found[3]] == [None] * 4


@pytest.mark.parametrize("evil", EVIL)
def test_no_text_is_a_formula(evil: str) -> None:
    table = Table(evil, [evil], [[evil]])
    for row in sheet(xlsx(table)).iter_rows():
        for cell in row:
            assert cell.data_type == "s"
            assert str(cell.value).strip() == evil.strip()
    for delimiter in (";", ","):
        for (cell,) in csv.reader(
            io.StringIO(comma_separated(table, delimiter).decode("utf-8-sig"), newline=""),
            delimiter=delimiter,
        ):
            assert cell == "'" + evil


@given(st.text(max_size=60))
def test_any_text_opens(text: str) -> None:
    table = Table("x", ["a"], [[text]])
    cell = sheet(xlsx(table)).cell(2, 1)
    assert cell.data_type == "s" or (not text and cell.value is None)
    comma_separated(table).decode("utf-8-sig")


def test_sums_in_both_csv() -> None:
    table = Table("x", ["a"], [[Decimal("4500.50")]])
    assert "4500,50" in comma_separated(table, ";").decode()
    assert "4500.50" in comma_separated(table, ",").decode()


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(app)


def test_tables_hold_nobodys_data(app: Flask, world: World, clock: FrozenClock) -> None:
    citizen = author()
    idea = handed_in(world, citizen, title="=1+1", surname="გვარიშვილი")
    client: Any = app.test_client()
    assert isinstance(client, CheckedClient)
    client.sign_in_as(world.staff[Role.OFFICER].id)
    for lang in ("ka", "en"):
        client.page(f"{world.url}/tables?lang={lang}")
    body = client.get(f"{world.url}/tables/ideas.xlsx").data
    found = sheet(body)
    assert (found.cell(2, 2).data_type, found.cell(2, 2).value) == ("s", "=1+1")
    assert found.cell(2, 8).value == (idea.cost_tetri or 0) / 100
    texts = " ".join(str(c.value) for row in found.iter_rows() for c in row)
    assert "ნინო გ." in texts
    number = phone_of(citizen.account_id or 0)
    for path in ("ideas.csv", "ideas.comma.csv", "projects.csv", "messages.csv"):
        texts += client.get(f"{world.url}/tables/{path}").data.decode("utf-8-sig")
    assert "გვარიშვილი" not in texts
    assert number not in texts
    assert number[4:] not in texts
    for wrong in ("people.xlsx", "ideas.exe", "ideas.x.csv", "nothing.csv", "ideas.comma.xlsx"):
        assert client.get(f"{world.url}/tables/{wrong}").status_code == 404


def test_peoples_data_goes_out_after_the_log_knows(app: Flask, world: World, clock: FrozenClock) -> None:
    citizen = author()
    handed_in(world, citizen, surname="გვარიშვილი")
    here, admin = here_by_id(world.cycle.id, now=clock()), world.actor(Role.ADMINISTRATOR)
    with pytest.raises(Invalid):
        exports.people(here=here, reason="  ა  ", actor=admin, now=clock())
    for role in set(Role) - {Role.ADMINISTRATOR}:
        with pytest.raises(Refused):
            exports.people(here=here, reason="ტრენინგზე მოწვევა", actor=world.actor(role), now=clock())
    client: Any = app.test_client()
    client.sign_in_as(world.staff[Role.ADMINISTRATOR].id)
    address = f"{world.url}/tables/people"
    assert client.get(address).status_code == 405
    assert client.send(address, {"reason": "", "form": "csv"}).status_code == 422
    assert db.session.scalars(select(Event).where(Event.kind == "PeopleExported")).first() is None
    answer = client.send(address, {"reason": "ტრენინგზე მოწვევა ტელეფონით", "form": "csv"})
    assert answer.headers["Cache-Control"] == "no-store"
    assert "გვარიშვილი" in answer.data.decode("utf-8-sig")
    assert phone_of(citizen.account_id or 0) in answer.data.decode("utf-8-sig")
    (event,) = db.session.scalars(select(Event).where(Event.kind == "PeopleExported"))
    assert (event.actor_id, event.is_public) == (admin.account_id, False)
    assert event.data == {"reason": "ტრენინგზე მოწვევა ტელეფონით", "people": 1}
    said = json.dumps([e.data for e in db.session.scalars(select(Event))], ensure_ascii=False)
    assert "გვარიშვილი" not in said


def test_scores_once_they_are_open(app: Flask, clock: FrozenClock) -> None:
    commission = Commission(app, projects=2)
    clock.set(2026, 9, 24)
    client: Any = app.test_client()
    address = f"{commission.world.url}/tables/scores.xlsx"

    def status(role: Role) -> int:
        client.sign_in_as(commission.world.staff[role].id)
        return int(client.get(address).status_code)

    commission.score_all()
    assert status(Role.CHAIR) == 403
    commission.open()
    assert status(Role.ADMINISTRATOR) == 403, "sealed for the office until the publication"
    assert status(Role.CHAIR) == 200
    found = sheet(client.get(address).data)
    assert [(found.cell(row, 1).data_type, found.cell(row, 1).value) for row in (2, 3)] == [("n", 1)] * 2, (
        "a tie"
    )
    assert found.cell(2, 4).data_type == "n"


def test_what_a_member_is_recused_from_stays_hidden(app: Flask, clock: FrozenClock) -> None:
    commission = Commission(app, projects=2)
    clock.set(2026, 9, 24)
    member, first = commission.members[0], commission.projects[0]
    commission.declare(member, first, "family")
    for project in commission.projects:
        for one in commission.members:
            if not (one == member and project is first):
                commission.submit(one, project)
    commission.open()
    here = here_by_id(commission.world.cycle.id, now=clock())
    with app.test_request_context():
        seen = [[row[1] for row in exports.scores(here, actor).rows] for actor in (commission.chair, member)]
    hidden = set(seen[0]) - set(seen[1])
    assert len(seen[0]) == 2
    assert {str(number)[-1] for number in hidden} == {str(first.number)}
