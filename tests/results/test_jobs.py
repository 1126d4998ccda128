"""The worker's counts: one order at a time, done again after a crash, refused with a reason, stored once."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError

from pb import clock as the_clock
from pb.core.errors import Closed
from pb.db import db, writing
from pb.results import commands, counting, jobs, queries
from pb.results.models import CountOrder, CountResult
from pb.site.worker import run_once
from tests.conftest import FrozenClock
from tests.pages import CheckedClient
from tests.results.making import BALLOTS, at, counted, make_box
from tests.voting.making import Vote


def ordered(vote: Vote) -> int:
    order_id = commands.order_count(cycle_id=vote.cycle_id, actor=vote.admin, now=the_clock.now())
    db.session.rollback()
    return order_id


def order(order_id: int) -> CountOrder:
    db.session.rollback()
    return queries.order_by_id(order_id)


def results() -> int:
    return db.session.scalar(select(func.count()).select_from(CountResult)) or 0


def test_an_order_waits_for_the_worker(app: Flask, clock: FrozenClock) -> None:
    vote = make_box(app, clock, BALLOTS[:6])
    first = ordered(vote)
    assert ordered(vote) == first
    assert (order(first).stage, results()) == ("waiting", 0)
    run_once(app)
    with app.app_context():
        assert order(first).stage == "done"
        assert results() == 1
    at(clock, 10, 28)
    assert ordered(vote) == first  # pressed again when all is done: nothing changes
    assert jobs.count_due(now=the_clock.now()) is None


def test_a_crash_leaves_the_count_to_be_done_again(
    app: Flask, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    vote = make_box(app, clock, BALLOTS[:6])
    order_id = ordered(vote)
    count_bytes = counting.count_bytes

    def crash(*_values: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(counting, "count_bytes", crash)
    with pytest.raises(MemoryError):
        jobs.count_due(now=the_clock.now())
    db.session.rollback()
    assert (order(order_id).stage, results()) == ("counting", 0)
    monkeypatch.setattr(counting, "count_bytes", count_bytes)
    result_id = jobs.count_due(now=the_clock.now())
    assert result_id is not None
    assert (order(order_id).stage, order(order_id).result_id) == ("done", result_id)


def test_an_order_that_always_crashes_is_given_up(
    sqlite_app: Flask, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    vote = make_box(sqlite_app, clock, BALLOTS[:6])
    order_id = ordered(vote)

    def crash(*_values: Any) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(counting, "count_bytes", crash)
        for _ in range(jobs.ATTEMPTS):
            with pytest.raises(MemoryError):
                jobs.count_due(now=the_clock.now())
            db.session.rollback()
        assert jobs.count_due(now=the_clock.now()) is None
    assert (order(order_id).stage, order(order_id).reason) == ("failed", "count_failed")
    web: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    web.sign_in_as(vote.admin.account_id or 0)
    assert "broke off several times" in web.page(vote.world.url + "/count?lang=en").text
    assert "რამდენჯერმე შეწყდა" in web.page(vote.world.url + "/count?lang=ka").text
    assert ordered(vote) != order_id  # and the administrator may ask again
    assert jobs.count_due(now=the_clock.now()) is not None


def test_what_the_engine_refuses_is_said(
    sqlite_app: Flask, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    vote = make_box(sqlite_app, clock, BALLOTS[:6])
    order_id = ordered(vote)

    def refuse(*_values: Any) -> None:
        raise Closed("rule_not_available", rule="greedy")

    monkeypatch.setattr(counting, "count_bytes", refuse)
    assert jobs.count_due(now=the_clock.now()) is None
    assert (order(order_id).stage, order(order_id).reason) == ("failed", "rule_not_available")


def test_two_workers_store_one_result(
    app: Flask, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    vote = make_box(app, clock, BALLOTS[:6])
    ordered(vote)
    count_bytes = counting.count_bytes
    inner: list[int | None] = []

    def slow(data: bytes, rules: Any) -> Any:
        """While this worker counts, another one begins and ends the same count."""
        monkeypatch.setattr(counting, "count_bytes", count_bytes)
        inner.append(jobs.count_due(now=the_clock.now()))
        return count_bytes(data, rules)

    monkeypatch.setattr(counting, "count_bytes", slow)
    assert [jobs.count_due(now=the_clock.now())] == inner
    assert results() == 1


def test_a_finished_order_never_changes(app: Flask, clock: FrozenClock) -> None:
    vote = make_box(app, clock, BALLOTS[:6])
    counted(vote)
    with pytest.raises(DBAPIError), writing() as session:
        session.execute(update(CountOrder).values(reason="x"))
    with pytest.raises(DBAPIError), writing() as session:
        session.execute(delete(CountOrder))
