"""Counts that the worker does: each stage a short transaction of its own, the counting itself in none.

An order that a crash left unfinished is begun again from the beginning; the same ballots and rules give the
same bytes, and the same bytes are stored once, so that neither a second worker nor a second time does harm.
"""

from __future__ import annotations

import logging
from datetime import datetime

from pb import clock
from pb.accounts.queries import actor_by_id
from pb.core.errors import DomainError
from pb.cycles.queries import here_by_id
from pb.db import command, db
from pb.policy import Actor
from pb.results import beside, counting, queries
from pb.results.boxes import profile_bytes
from pb.results.models import CountComparison
from pb.results.records import store
from pb.voting.rounds import the_round

log = logging.getLogger(__name__)

ATTEMPTS = 3  # times that an order is begun before it is given up
_given_up: set[int] = set()  # results whose comparison failed in this process: not tried every second


def count_due(*, now: datetime) -> int | None:
    """Do the oldest count that waits; gives the id of its result, or None: none waits, or it failed."""
    order_id = queries.order_due(now)
    if order_id is None or not _begin(order_id=order_id, now=now):
        return None
    try:
        cycle_id = queries.order_by_id(order_id).cycle_id
        here = here_by_id(cycle_id, now=now)
        rules = here.rules.counting
        data = profile_bytes(here, the_round(cycle_id))
        db.session.rollback()  # the ballots are read: nothing is kept waiting while they are counted
        _enter(order_id=order_id, stage="counting")
        counted = counting.count_bytes(data, rules)
        return _finish(order_id=order_id, data=data, counted=counted, now=clock.now())
    except DomainError as error:
        log.warning("the count of order %s was refused: %s", order_id, error.code)
        _fail(order_id=order_id, reason=error.code, now=clock.now())
        return None


@command
def _begin(*, order_id: int, now: datetime) -> bool:
    order = queries.order_by_id(order_id, lock=True)
    if order.finished_at is not None:  # another worker was quicker
        return False
    if order.attempts >= ATTEMPTS:
        order.stage, order.reason, order.finished_at = "failed", "count_failed", now
        return False
    order.attempts += 1
    order.stage = "reading"
    return True


@command
def _enter(*, order_id: int, stage: str) -> None:
    order = queries.order_by_id(order_id, lock=True)
    if order.finished_at is None:
        order.stage = stage


@command
def _finish(*, order_id: int, data: bytes, counted: counting.Counted, now: datetime) -> int | None:
    cycle_id = queries.order_by_id(order_id).cycle_id
    here = here_by_id(cycle_id, now=now, lock=True)
    order = queries.order_by_id(order_id, lock=True)
    if order.finished_at is not None:
        return order.result_id
    known = queries.count_by_fingerprint(cycle_id, counted.fingerprint)
    if known is None and queries.published_row(cycle_id) is not None:
        order.stage, order.reason, order.finished_at = "failed", "already_published_result", now
        return None
    asked_by = actor_by_id(order.asked_by) if order.asked_by is not None else Actor()
    result = known or store(here, data, counted, asked_by, now)
    order.stage, order.result_id, order.finished_at = "done", result.id, now
    return result.id


@command
def _fail(*, order_id: int, reason: str, now: datetime) -> None:
    order = queries.order_by_id(order_id, lock=True)
    if order.finished_at is None:
        order.stage, order.reason, order.finished_at = "failed", reason, now


def compare_due(*, now: datetime) -> int | None:
    """Put beside the oldest count that lacks it what it gives to the voters and what other rules would have chosen;
    gives the count's id. A count on which this fails stands without, until a worker is started anew.
    """
    result_id = queries.result_without_comparison(_given_up)
    if result_id is None:
        return None
    try:
        profile, document = queries.texts_of(result_id)
        db.session.rollback()
        made = beside.document_of(profile.encode(), document)
    except Exception:
        _given_up.add(result_id)
        raise
    _keep(result_id=result_id, document=made, now=now)
    return result_id


@command
def _keep(*, result_id: int, document: bytes, now: datetime) -> None:
    if db.session.get(CountComparison, result_id) is None:
        fingerprint = counting.fingerprint(document)
        row = CountComparison(
            result_id=result_id, document=document.decode(), fingerprint=fingerprint, computed_at=now
        )
        db.session.add(row)
