"""A gateway that fails: codes first, no endless tries, costs counted once, and the worker is woken."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import redis
from flask import Flask
from sqlalchemy import func, select

from pb.cycles.queries import here_by_id
from pb.db import db, writing
from pb.messages import backends, commands, costs, waking
from pb.messages.models import InboxMessage, OutgoingMessage
from pb.messages.models_costs import MessagePrice
from pb.messages.outbox import notify
from pb.site.worker import run
from tests.conftest import FrozenClock, unavailable
from tests.factories import make_citizen, make_world

REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/0")


class Gateway:
    """Takes down what it is given; fails while ``down``."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.calls = 0
        self.down = False

    def send(self, address: str, subject: str, body: str) -> None:
        self.calls += 1
        if self.down:
            raise backends.DeliveryError("http 503")
        self.sent.append(body)


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Gateway:
    made = Gateway()
    monkeypatch.setattr(commands, "backend", lambda *_: made)
    return made


def queue_many(kind: str, count: int, clock: FrozenClock) -> None:
    with writing():
        for n in range(count):
            commands.queue("sms", kind, f"+99555500{n:04d}", "", f"{kind} {n}", clock())


def test_a_code_goes_before_a_thousand_others(app: Flask, clock: FrozenClock, gateway: Gateway) -> None:
    queue_many("bulk", 30, clock)
    queue_many("signin_code", 1, clock)
    commands.deliver_due(now=clock())
    assert gateway.sent[0] == "signin_code 0"
    assert len(gateway.sent) == 31


def test_a_dead_gateway_is_left_alone_for_the_round(app: Flask, clock: FrozenClock, gateway: Gateway) -> None:
    queue_many("bulk", 40, clock)
    gateway.down = True
    assert commands.deliver_due(now=clock()) == 0
    assert gateway.calls == commands.BROKEN_AFTER
    gateway.down = False
    for _ in range(8):
        clock.moment += timedelta(minutes=3, seconds=1)
        commands.deliver_due(now=clock())
    assert sorted(gateway.sent) == sorted(f"bulk {n}" for n in range(40)), "each once, none lost"


def test_the_waits_grow_and_end(clock: FrozenClock) -> None:
    assert list(commands.WAITS) == sorted(set(commands.WAITS))
    assert sum(commands.WAITS, timedelta()) < commands.USEFUL_DEFAULT


def test_costs_are_counted_at_delivery_and_stay_when_rows_go(
    app: Flask, clock: FrozenClock, gateway: Gateway
) -> None:
    world, citizens = make_world(app), [make_citizen("ნინო სანიმუშო"), make_citizen("ლელა სანიმუშო")]
    here = here_by_id(world.cycle.id, now=clock())

    def tell() -> None:
        with writing():
            notify(
                "idea_admitted",
                [c.id for c in citizens],
                {"number": "TJ-2026-0042"},
                here=here,
                page="ideas/42",
                now=clock(),
            )

    tell()
    commands.deliver_due(now=clock())
    with writing():
        db.session.add(MessagePrice(town_id=world.town.id, hundredths=450))
    tell()
    gateway.down = True
    commands.deliver_due(now=clock())
    gateway.down = False
    clock.moment += timedelta(minutes=2)
    commands.deliver_due(now=clock())
    with writing() as session:
        session.execute(OutgoingMessage.__table__.delete())  # type: ignore[attr-defined]
    (cost,) = costs.costs_of(world.cycle.id)
    parts = 2  # „იდეა TJ-2026-0042 დაშვებულია…“ and its link: more than 70 letters, fewer than 135
    assert (cost.messages, cost.parts, cost.unpriced) == (4, 4 * parts, 2 * parts)
    assert cost.hundredths == 2 * parts * 450
    assert costs.in_tetri(cost.hundredths) == 18


@pytest.mark.parametrize(
    ("typed", "hundredths"), [("5", 500), ("4,5", 450), ("4.75", 475), ("0,07", 7), (" 12 ", 1200)]
)
def test_prices(typed: str, hundredths: int) -> None:
    assert costs.parse_price(typed) == hundredths
    assert costs.parse_price(costs.format_price(hundredths)) == hundredths


@pytest.mark.parametrize("typed", ["", "-1", "4,555", "x", "1e3", "٣", "99999", "4,x", "1001"])
def test_what_is_no_price(typed: str) -> None:
    with pytest.raises(Exception, match="bad_price"):
        costs.parse_price(typed)


def test_what_was_given_up_stays_in_the_inbox(app: Flask, clock: FrozenClock, gateway: Gateway) -> None:
    world, citizen = make_world(app), make_citizen("ნინო სანიმუშო")
    gateway.down = True
    with writing():
        notify(
            "idea_admitted",
            [citizen.id],
            {"number": "1"},
            here=here_by_id(world.cycle.id, now=clock()),
            now=clock(),
        )
    for wait in (*commands.WAITS, timedelta()):
        commands.deliver_due(now=clock())
        clock.moment += max(wait, timedelta(hours=12))
    db.session.rollback()
    row = db.session.scalars(select(OutgoingMessage)).one()
    assert (row.next_try_at, row.address_sealed) == (None, None)
    assert row.body_sealed is not None, "staff may send it again"
    assert db.session.scalar(select(func.count()).select_from(InboxMessage)) == 1
    clock.moment += commands.KEPT_UNDELIVERED
    commands.deliver_due(now=clock())
    db.session.rollback()
    assert db.session.scalars(select(OutgoingMessage)).one().body_sealed is None


def test_no_number_in_the_log(
    app: Flask, clock: FrozenClock, gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    gateway.down = True
    queue_many("signin_code", 2, clock)
    commands.deliver_due(now=clock())
    assert "was not delivered" in caplog.text
    assert "99555500" not in caplog.text
    assert "signin_code 0" not in caplog.text


def wait_for(what: Any) -> None:
    for _ in range(200):
        if what():
            return
        time.sleep(0.05)
    pytest.fail("nothing came")


def test_the_worker_is_woken_and_stops(
    app: Flask, clock: FrozenClock, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pb.site.worker.steps", list)
    monkeypatch.setattr("pb.site.worker.PAUSE_SECONDS", 0.2)
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(app, stop))
    thread.start()
    try:
        queue_many("signin_code", 1, clock)
        wait_for(lambda: gateway.sent)
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()


@pytest.fixture
def server() -> redis.Redis:
    client = redis.Redis.from_url(REDIS, socket_connect_timeout=1)
    try:
        client.ping()
    except redis.RedisError:
        unavailable("Redis", "start one and set TEST_REDIS_URL")
    return client


def test_redis_holds_a_sign_and_no_person(app: Flask, clock: FrozenClock, server: redis.Redis) -> None:
    bell = waking.RedisBell(REDIS, f"http://test-{os.getpid()}")
    app.extensions["pb_bell"] = bell
    queue_many("signin_code", 3, clock)
    assert server.lrange(bell._key, 0, -1) == [b"1"]
    assert 0 < server.ttl(bell._key) <= 60  # type: ignore[operator]
    bell.wait(5)
    assert server.lrange(bell._key, 0, -1) == []


def test_without_redis_messages_are_queued_all_the_same(
    app: Flask, clock: FrozenClock, gateway: Gateway
) -> None:
    app.extensions["pb_bell"] = bell = waking.RedisBell("redis://127.0.0.1:1/0", "http://localhost")
    queue_many("signin_code", 1, clock)
    bell.wait(0.01)
    assert commands.deliver_due(now=clock()) == 1


def fail_after_queueing(clock: FrozenClock) -> None:
    with writing():
        commands.queue("sms", "signin_code", "+995555000000", "", "x", clock())
        raise ZeroDivisionError


def test_an_act_that_failed_rings_for_nobody(app: Flask, clock: FrozenClock) -> None:
    rung: list[int] = []

    class Bell(waking.OwnBell):
        def ring(self) -> None:
            rung.append(1)

    app.extensions["pb_bell"] = Bell()
    with pytest.raises(ZeroDivisionError):
        fail_after_queueing(clock)
    with writing():
        pass
    assert rung == []
    queue_many("signin_code", 2, clock)
    assert rung == [1]


def test_settings_choose_the_bell(app: Flask) -> None:
    settings = app.extensions["pb_settings"]
    assert isinstance(waking.bell_of(settings), waking.OwnBell)
    assert isinstance(waking.bell_of(replace(settings, redis_url=REDIS)), waking.RedisBell)
