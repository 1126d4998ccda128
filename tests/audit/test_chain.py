"""The chain: sealed in order, by one writer, and every tampering is found."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from dataclasses import dataclass
from typing import ClassVar

import pytest
from flask import Flask
from sqlalchemy import text

from pb.audit import commands, queries
from pb.audit.chain import BEGINNING
from pb.audit.log import Act, record
from pb.db import db, is_sqlite, writing
from pb.policy import Actor
from tests.conftest import FrozenClock
from tests.factories import make_staff, make_world
from tests.pages import CheckedClient


@dataclass(frozen=True)
class SomethingDone(Act):
    subject: ClassVar[str] = "thing"
    public: ClassVar[bool] = True
    note: str
    sum_tetri: int = 0


def happen(clock: FrozenClock, count: int, by: Actor | None = None, **values: int) -> None:
    with writing():
        for n in range(count):
            record(SomethingDone(f"რამ {n}", n), subject_id=n, by=by, at=clock(), **values)


def seal(clock: FrozenClock) -> None:
    while commands.seal_due(now=clock(), limit=7):
        pass


def tamper(*statements: str) -> None:
    """As somebody would who reaches the database itself: the triggers are dropped first."""
    with writing() as session:
        for table in ("event", "event_chain"):
            for verb in ("update", "delete"):
                on = "" if is_sqlite() else f" ON {table}"
                session.execute(text(f"DROP TRIGGER forbid_{verb}_{table}{on}"))
        if not is_sqlite():
            session.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            session.execute(text(statement))


def test_an_untouched_chain_holds(app: Flask, clock: FrozenClock) -> None:
    happen(clock, 20)
    assert queries.verify().unsealed == 20
    seal(clock)
    verdict = queries.verify()
    assert (verdict.length, verdict.broken, verdict.unsealed) == (20, None, 0)
    happen(clock, 3)
    seal(clock)
    assert queries.verify(head=verdict.head).head_found
    assert queries.verify().length == 23


@pytest.mark.parametrize(
    ("statement", "broken", "reason"),
    [
        ('UPDATE event SET data = \'{"note": "x", "sum_tetri": 1}\' WHERE id = 5', 5, "changed"),
        ("UPDATE event SET actor_id = NULL WHERE id = 5", 5, "changed"),
        ("UPDATE event SET kind = 'Other' WHERE id = 12", 12, "changed"),
        ("UPDATE event SET is_public = NOT is_public WHERE id = 1", 1, "changed"),
        ("UPDATE event_chain SET hash = 'ff' WHERE position = 7", 7, "changed"),
        ("DELETE FROM event_chain WHERE position = 4", 4, "link_missing"),
    ],
)
def test_tampering_is_found(app: Flask, clock: FrozenClock, statement: str, broken: int, reason: str) -> None:
    happen(clock, 15, by=Actor(make_staff(None).id))
    seal(clock)
    tamper(statement)
    verdict = queries.verify()
    assert (verdict.broken, verdict.reason, verdict.length) == (broken, reason, broken - 1)


def test_a_missing_event_is_found(sqlite_app: Flask, clock: FrozenClock) -> None:
    happen(clock, 9)
    seal(clock)
    db.session.rollback()
    with sqlite3.connect(str(db.engine.url.database)) as file:  # foreign keys are off here
        file.execute("DROP TRIGGER forbid_delete_event")
        file.execute("DELETE FROM event WHERE id = 6")
    verdict = queries.verify()
    assert (verdict.broken, verdict.reason) == (6, "event_missing")


def test_a_cut_end_is_found_by_a_noted_head(app: Flask, clock: FrozenClock) -> None:
    happen(clock, 9)
    seal(clock)
    head = queries.verify().head
    tamper("DELETE FROM event_chain WHERE position >= 8", "DELETE FROM event WHERE id >= 8")
    assert queries.verify().broken is None
    assert not queries.verify(head=head).head_found


def test_two_sealers_make_one_chain(app: Flask, clock: FrozenClock) -> None:
    happen(clock, 60)
    failures: list[BaseException] = []

    def run() -> None:
        with app.app_context():
            try:
                for _ in range(30):
                    commands.seal_due(now=clock(), limit=3)
            except BaseException as error:
                failures.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    verdict = queries.verify()
    assert (verdict.length, verdict.broken, verdict.unsealed) == (60, None, 0)


def test_the_database_refuses_to_change_the_log(app: Flask, clock: FrozenClock) -> None:
    happen(clock, 1)
    seal(clock)
    for statement in (
        "UPDATE event SET kind = 'x'",
        "DELETE FROM event",
        "UPDATE event_chain SET hash = 'x'",
        "DELETE FROM event_chain",
    ):
        with pytest.raises(Exception, match="forbidden"), writing() as session:
            session.execute(text(statement))


def test_public_page_and_download(sqlite_app: Flask, clock: FrozenClock) -> None:
    world = make_world(sqlite_app)
    happen(clock, 55, by=Actor(world.citizen.id), cycle_id=world.cycle.id, town_id=world.town.id)
    seal(clock)
    happen(clock, 1, cycle_id=world.cycle.id, town_id=world.town.id)
    client = CheckedClient(sqlite_app)
    page = client.page(f"{world.url}/log")
    assert "56" in page.text
    assert page.text.count("SomethingDone") == 50
    assert client.page(f"{world.url}/log?page=2").text.count("SomethingDone") == 6
    client.page(f"{world.url}/log?page=99&lang=en")
    data = client.get(f"{world.url}/log.json").get_json()
    assert len(data["entries"]) == 55
    assert data["entries"][0]["previous"] == BEGINNING
    for entry in data["entries"]:
        assert hashlib.sha256((entry["previous"] + entry["record"]).encode()).hexdigest() == entry["hash"]
    assert data["head"]["hash"] == data["entries"][-1]["hash"]
    assert f'"by":{world.citizen.id}' not in str(data)


def test_what_is_not_public_is_not_there(sqlite_app: Flask, clock: FrozenClock) -> None:
    @dataclass(frozen=True)
    class Secret(Act):
        subject: ClassVar[str] = "thing"

    world = make_world(sqlite_app)
    with writing():
        record(Secret(), subject_id=1, by=None, at=clock(), cycle_id=world.cycle.id, town_id=world.town.id)
    seal(clock)
    client = CheckedClient(sqlite_app)
    assert "Secret" not in client.get(f"{world.url}/log").get_data(as_text=True)
    assert client.get(f"{world.url}/log.json").get_json()["entries"] == []
