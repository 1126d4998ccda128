"""Keeping the published box as a file: made by the worker once a result is published, and never again."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import undefer

from pb.cycles.queries import here_by_id
from pb.db import command, db
from pb.results import queries
from pb.results.bundle import BALLOTS, TOTALS, lines, packed, read_box
from pb.results.models import BoxBundle, ResultPublished
from pb.voting.models import VotingRound
from pb.voting.rounds import the_round


def bundle_due(*, now: datetime) -> int | None:
    """Make the file of the oldest published box that has none; gives the cycle's id, None where nothing is due."""
    waiting = db.session.scalars(
        select(ResultPublished.cycle_id)
        .join(VotingRound, VotingRound.cycle_id == ResultPublished.cycle_id)
        .outerjoin(BoxBundle, BoxBundle.cycle_id == ResultPublished.cycle_id)
        .where(
            ResultPublished.published_at <= now,
            ResultPublished.result_id.is_not(None),
            VotingRound.opened_at.is_not(None),
            BoxBundle.cycle_id.is_(None),
        )
        .order_by(ResultPublished.cycle_id)
    ).all()
    for cycle_id in waiting:
        # A box that was brought in from elsewhere has no custodians, no board and nothing to check.
        if the_round(cycle_id).custodians:
            make_bundles(cycle_id=cycle_id, now=now)
            return cycle_id
    return None


def make_bundles(*, cycle_id: int, now: datetime) -> None:
    """Write the file of a published box, and the one without ballots where the rulebook keeps those for observers.

    Nothing where it was done, or where nothing is published.
    """
    found = queries.published(cycle_id, now)
    if found is None or found.count is None or stored(cycle_id, BALLOTS) is not None:
        return
    here, row = here_by_id(cycle_id, now=now), the_round(cycle_id)
    result = queries.texts_of(found.count.id)[1]
    kinds = contents_of(here.rules.ballot.read_by)
    bodies = {what: packed(lines(read_box(here, row, result), what)) for what in kinds}
    db.session.rollback()  # all is read: nobody waits while the file is kept
    _keep(cycle_id=cycle_id, bodies=bodies, now=now)


def contents_of(read_by: str) -> tuple[str, ...]:
    """What files there are, by who may read the ballots."""
    return (BALLOTS,) if read_by == "everybody" else (BALLOTS, TOTALS)


@command
def _keep(*, cycle_id: int, bodies: dict[str, bytes], now: datetime) -> None:
    for contains, body in bodies.items():
        if db.session.get(BoxBundle, (cycle_id, contains)) is None:
            fingerprint = hashlib.sha256(body).hexdigest()
            row = BoxBundle(
                cycle_id=cycle_id, contains=contains, body=body, size=len(body),
                fingerprint=fingerprint, made_at=now,
            )  # fmt: skip
            db.session.add(row)


def stored(cycle_id: int, contains: str) -> BoxBundle | None:
    """The kept file, without its body."""
    return db.session.get(BoxBundle, (cycle_id, contains))


def body_of(cycle_id: int, contains: str) -> bytes:
    """The bytes of a file that is kept."""
    query = select(BoxBundle).where(BoxBundle.cycle_id == cycle_id, BoxBundle.contains == contains)
    row = db.session.execute(query.options(undefer(BoxBundle.body)).execution_options(populate_existing=True))
    return row.scalar_one().body
