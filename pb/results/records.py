"""Keeping a count and its publication within a running command; the callers have decided."""

from __future__ import annotations

from datetime import datetime

from pb.audit.log import record
from pb.cycles.queries import Here
from pb.db import db
from pb.policy import Actor
from pb.results import events
from pb.results.counting import Counted
from pb.results.models import CountResult, ResultPublished


def store(
    here: Here, data: bytes, counted: Counted, actor: Actor, now: datetime, counted_at: datetime | None = None
) -> CountResult:
    """Keep a count; ``counted_at``: when it is taken to have happened (default ``now``). Writes
    ResultCounted.
    """
    cycle_id = here.the_cycle.id
    result = CountResult(
        cycle_id=cycle_id,
        rule=counted.result.rule,
        rule_version=counted.result.version,
        inputs_fingerprint=counted.inputs_fingerprint,
        profile=data.decode(),
        document=counted.document.decode(),
        fingerprint=counted.fingerprint,
        counted_at=counted_at or now,
        counted_by=actor.account_id,
    )
    db.session.add(result)
    db.session.flush()
    event = events.ResultCounted(
        result.rule, result.rule_version, result.inputs_fingerprint, result.fingerprint
    )
    record(event, subject_id=cycle_id, by=actor, at=now, town_id=here.town.id, cycle_id=cycle_id)
    return result


def publish(here: Here, result_id: int | None, actor: Actor, at: datetime) -> None:
    """Write the row that makes a result public from ``at`` on; ``result_id`` None: there was no vote."""
    db.session.add(
        ResultPublished(
            cycle_id=here.the_cycle.id, result_id=result_id, published_at=at, published_by=actor.account_id
        )
    )
    db.session.flush()
