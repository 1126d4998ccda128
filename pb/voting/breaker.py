"""The breaker: where wrong codes outnumber right ones, codes by text message stop for everybody until staff lift it.

Guessing 8 digits with three tries succeeds for one number in thirty million; whoever tries all numbers of a town at
once would have better odds. It looks at how many tries fail, never at whose they are.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from pb.audit.log import record
from pb.core.errors import Closed, Invalid
from pb.cycles.queries import here_by_id
from pb.db import command, db, one_at_a_time
from pb.policy import Action, Actor, authorise
from pb.voting.events_people import CodesPaused, CodesResumed
from pb.voting.models_alarms import CodePause
from pb.voting.models_people import VoterCode

WINDOW = timedelta(minutes=20)  # a code is good for ten; so tries at older ones are seen too
MOST_WRONG = 60  # tries within the window; and more than right ones
TRIES = 3
SHORTEST_REASON = 10


def pause_of(cycle_id: int) -> CodePause | None:
    """The pause in force."""
    return db.session.execute(
        select(CodePause).where(CodePause.cycle_id == cycle_id, CodePause.lifted_at.is_(None))
    ).scalar_one_or_none()


def refuse_paused(cycle_id: int) -> None:
    """Raises Closed("codes_paused") while codes are paused."""
    if pause_of(cycle_id) is not None:
        raise Closed("codes_paused")


def look(cycle_id: int, town_id: int, now: datetime) -> None:
    """Pause the codes if too many fail; within the command that has just counted a wrong one.

    Writes CodesPaused (public).
    """
    lifted = db.session.scalar(select(func.max(CodePause.lifted_at)).where(CodePause.cycle_id == cycle_id))
    since = max(now - WINDOW, lifted) if lifted else now - WINDOW
    wrong, right = db.session.execute(
        select(
            func.coalesce(func.sum(TRIES - VoterCode.tries_left), 0),
            func.count(VoterCode.used_at),
        ).where(VoterCode.cycle_id == cycle_id, VoterCode.created_at > since, VoterCode.created_at <= now)
    ).one()
    if wrong < MOST_WRONG or wrong <= right:
        return
    one_at_a_time(f"code_pause {cycle_id}")
    if pause_of(cycle_id) is not None:
        return
    pause = CodePause(cycle_id=cycle_id, at=now, wrong=wrong, right=right)
    db.session.add(pause)
    db.session.flush()
    record(
        CodesPaused(wrong, right), subject_id=pause.id, by=None, at=now, town_id=town_id, cycle_id=cycle_id
    )


@command
def lift_pause(*, cycle_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """Let codes be sent and proved again; only what fails from now on counts. Writes CodesResumed (public).

    Does nothing when none is in force. Raises Refused, Closed("wrong_phase"), Invalid on ``reason``:
    reason_short.
    """
    here = here_by_id(cycle_id, now=now)
    authorise(actor, Action.LIFT_PAUSE, town_id=here.town.id, status=here.status)
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST_REASON:
        raise Invalid("reason_short", field="reason", least=SHORTEST_REASON)
    one_at_a_time(f"code_pause {cycle_id}")
    pause = pause_of(cycle_id)
    if pause is None:
        return
    pause.lifted_at, pause.lifted_by = now, actor.account_id
    record(
        CodesResumed(reason), subject_id=pause.id, by=actor, at=now, town_id=here.town.id, cycle_id=cycle_id
    )
