"""The short way of a demonstration: close and open in one go, by one person, with the keys that it made itself.

In earnest each step takes two people, and custodians away from here: pb.voting.commands_steps.
"""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from sqlalchemy import select

from pb.config import Settings
from pb.core.errors import Closed, Invalid, Refused
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.policy import Action, Actor, authorise
from pb.voting.closing import close_now, destroy_now, finish_destroying
from pb.voting.custodians import keys_by_ourselves
from pb.voting.gatekeeping import refuse_broken
from pb.voting.models import BoxBallot, VotingRound
from pb.voting.opened import Progress, counted, store_opened
from pb.voting.queries_ceremony import voided
from pb.voting.rounds import the_round
from pb.voting.sealing import PAIRS, open_ballot


@command
def close_box(*, cycle_id: int, actor: Actor, now: datetime) -> int:
    """End the vote of a demonstration by one person; gives the number of ballots in the box.

    Writes and raises as ``closing.close_now``; Closed("wrong_phase"), Refused("two_people") in production.
    """
    here = here_by_id(cycle_id, now=now)
    authorise(actor, Action.CLOSE_BOX, town_id=here.town.id, status=here.status)
    _demonstration()
    return close_now(the_round(cycle_id, lock=True), here, actor, now)


def open_box(
    *, cycle_id: int, actor: Actor, now: datetime, progress: Progress | None = None
) -> tuple[int, int]:
    """Destroy the link key of a demonstration's round, and open its box with the keys made here; (all, invalid).

    Writes and raises as ``closing.destroy_now`` and ``opened.store_opened``; Closed("box_not_closed" |
    "wrong_phase"), Refused("two_people") in production, Refused("custodians_missing") where people have the keys.
    Gives the numbers again when it was opened before.
    """
    _destroy(cycle_id=cycle_id, actor=actor, now=now)
    finish_destroying()
    return _open(cycle_id=cycle_id, actor=actor, now=now, progress=progress)


@command
def _destroy(*, cycle_id: int, actor: Actor, now: datetime) -> None:
    here, row = _closed(cycle_id, actor, now)
    keys_by_ourselves(_settings(), row.label, row.custodians)
    destroy_now(row, here, actor, now)


@command
def _open(*, cycle_id: int, actor: Actor, now: datetime, progress: Progress | None) -> tuple[int, int]:
    here, row = _closed(cycle_id, actor, now)
    if row.opened_at is not None:
        return counted(row.id)
    refuse_broken(row)
    return store_opened(row, open_by_ourselves(row), here, actor, now, progress)


def open_by_ourselves(row: VotingRound) -> dict[str, bytes | None]:
    """What the ballots say that were not voided, by the keys that a demonstration made: by commitment, None where
    no pair can open one. Raises Refused("custodians_missing").
    """
    keys, out = keys_by_ourselves(_settings(), row.label, row.custodians), voided(row.id)
    found = db.session.execute(
        select(BoxBallot.commitment, BoxBallot.sealed).where(BoxBallot.round_id == row.id)
    )
    contents: dict[str, bytes | None] = {}
    for hashed, sealed in found:
        if hashed in out:
            continue
        contents[hashed] = None
        for pair in PAIRS:
            try:
                contents[hashed] = open_ballot(sealed, pair, (keys[pair[0]], keys[pair[1]]), row.label)
                break
            except Invalid:
                continue
    return contents


def _closed(cycle_id: int, actor: Actor, now: datetime) -> tuple[Here, VotingRound]:
    here = here_by_id(cycle_id, now=now)
    authorise(actor, Action.CLOSE_BOX, town_id=here.town.id, status=here.status)
    _demonstration()
    row = the_round(cycle_id, lock=True)
    if row.closed_at is None:
        raise Closed("box_not_closed")
    return here, row


def _demonstration() -> None:
    if not _settings().is_demonstration:
        raise Refused("two_people")


def _settings() -> Settings:
    settings: Settings = current_app.extensions["pb_settings"]
    return settings
