"""The way from the roll to the opened box: which step is done, which can be taken now, and why another
cannot yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import select

from pb.core.phases import Gate, Phase
from pb.cycles.models import PassedGate
from pb.cycles.queries import Here
from pb.db import db
from pb.voting.custodians import custodians_of, lacking
from pb.voting.obligations import open_obligations
from pb.voting.posting import unexplained_code
from pb.voting.queries_people import roll_in_force
from pb.voting.rounds import round_of


@dataclass(frozen=True)
class Step:
    """One step. ``state``: done, todo, doing or blocked; ``why``: code of what it waits for; ``detail``:
    numbers.
    """

    name: str
    state: str
    why: str = ""
    detail: dict[str, Any] | None = None


def steps_of(here: Here) -> list[Step]:
    """The steps, in order: until the vote, and from the close to the opened box."""
    cycle_id, status = here.the_cycle.id, here.status
    roll, vote = roll_in_force(cycle_id), round_of(cycle_id)
    locked = Gate.BALLOT_LOCKED.value in set(
        db.session.scalars(select(PassedGate.gate).where(PassedGate.cycle_id == cycle_id))
    )
    settings = current_app.extensions["pb_settings"]
    appointed = custodians_of(cycle_id)
    lack = lacking(settings, appointed) or ("" if settings.keys_dir else "keys_dir")
    tried = vote is not None and vote.trial_opened_at is not None
    closed = vote is not None and vote.closed_at is not None
    destroyed = vote is not None and vote.destroyed_at is not None
    opened = vote is not None and vote.opened_at is not None
    settled = closed and vote is not None and (destroyed or not open_obligations(vote))
    unexplained = vote is not None and unexplained_code(vote) is not None
    voting = status is not None and status.phase is Phase.VOTING and status.is_open
    over = status is not None and status.phase in (Phase.RESULTS, Phase.IMPLEMENTATION)
    return [
        Step("roll", "done" if roll else "todo", detail={"size": roll.size} if roll else None),
        Step("locked", "done" if locked else "blocked", "" if locked else "commission"),
        Step("custodians", "done" if vote or (appointed and not lack) else "todo", lack, {"number": len(appointed)}),
        _step("prepared", vote is not None, locked and not lack, lack if locked else "locked"),
        _step("trial", tried, vote is not None, "prepared"),
        Step("voting", "done" if over and tried else "doing" if voting and tried else "blocked",
             "" if over or (voting and tried) else _why_not_voting(roll is not None, tried)),
        _step("close", closed, over and tried and not unexplained, "unexplained" if unexplained else "voting"),
        _step("settle", destroyed or (closed and settled), closed, "close"),
        _step("destroy", destroyed, settled, "settle" if closed else "close"),
        _step("open", opened, destroyed, "destroy"),
    ]  # fmt: skip


def _step(name: str, done: bool, possible: bool, why: str) -> Step:
    return Step(name, "done") if done else Step(name, "todo") if possible else Step(name, "blocked", why)


def _why_not_voting(roll: bool, tried: bool) -> str:
    if not roll:
        return "roll"
    return "opening" if tried else "trial"
