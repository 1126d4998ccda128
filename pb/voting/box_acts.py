"""Steps of two persons on the box: one proposes, another decides in an own session, within a day, and in between
nothing of the step changes (a trigger holds that). What a step then does, the command that decides it knows.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from pb.audit.log import record
from pb.core.errors import Closed, Missing, Refused
from pb.cycles.queries import Here
from pb.db import db
from pb.policy import Actor
from pb.voting.events import BoxStepDecided, BoxStepProposed
from pb.voting.models import VotingRound
from pb.voting.models_ceremony import BoxAct

GOOD_FOR = timedelta(hours=24)


def propose(
    row: VotingRound,
    kind: str,
    here: Here,
    actor: Actor,
    now: datetime,
    *,
    subject: str = "",
    reason: str = "",
) -> BoxAct:
    """Store a proposal, within a command. Writes BoxStepProposed (public). Raises Closed("step_pending")."""
    for old in db.session.scalars(
        select(BoxAct).where(BoxAct.round_id == row.id, BoxAct.kind == kind, BoxAct.outcome.is_(None))
    ):
        if old.expires_at <= now:
            old.outcome, old.decided_at = "expired", now
    db.session.flush()
    act = BoxAct(
        round_id=row.id, kind=kind, subject=subject, reason=reason, proposed_by=actor.account_id,
        proposed_at=now, expires_at=now + GOOD_FOR, outcome=None,
    )  # fmt: skip
    db.session.add(act)
    try:
        db.session.flush()
    except IntegrityError as error:  # the index that allows one open proposal of a step
        raise Closed("step_pending") from error
    record(
        BoxStepProposed(f"box_{kind}"),
        subject_id=act.id,
        by=actor,
        at=now,
        town_id=here.town.id,
        cycle_id=row.cycle_id,
    )
    return act


def decide(row: VotingRound, act: BoxAct, outcome: str, here: Here, actor: Actor, now: datetime) -> None:
    """Note the decision, within the command that then does it. ``outcome``: approved, rejected, withdrawn.

    Writes BoxStepDecided (public). Raises Closed("step_decided" | "step_expired"), Refused("own_step" |
    "not_your_step").
    """
    if act.outcome is not None:
        raise Closed("step_decided")
    own = act.proposed_by == actor.account_id
    if own and outcome != "withdrawn":
        raise Refused("own_step")
    if not own and outcome == "withdrawn":
        raise Refused("not_your_step")
    if act.expires_at <= now and outcome == "approved":
        raise Closed("step_expired")
    act.outcome, act.decided_by, act.decided_at = outcome, actor.account_id, now
    db.session.flush()
    record(
        BoxStepDecided(f"box_{act.kind}", f"step_{outcome}"),
        subject_id=act.id, by=actor, at=now, town_id=here.town.id, cycle_id=row.cycle_id,
    )  # fmt: skip


def locked_act(row: VotingRound, act_id: int) -> BoxAct:
    """A step of the round, read again under lock. Raises Missing."""
    act = db.session.execute(
        select(BoxAct)
        .where(BoxAct.id == act_id, BoxAct.round_id == row.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if act is None:
        raise Missing("no_such_page")
    return act
