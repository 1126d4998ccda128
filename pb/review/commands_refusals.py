"""Refusals of ideas to which nobody objected in time become final; the worker's."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from pb.appeals import queries as appeals
from pb.appeals.terms import term_is_over
from pb.core.workflow import IdeaState
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.ideas.commands_review import move
from pb.ideas.models import Idea
from pb.ideas.records import locked_idea
from pb.review.models import EligibilityCheck


def _past_their_term(here: Here, now: datetime) -> list[int]:
    """Ids of the refused ideas whose term for an objection is over and that no objection is open on."""
    refused = (
        select(EligibilityCheck)
        .join(Idea, Idea.id == EligibilityCheck.idea_id)
        .where(Idea.cycle_id == here.the_cycle.id, Idea.state == IdeaState.INELIGIBLE.value)
        .order_by(EligibilityCheck.id)
    )
    last = {row.idea_id: row for row in db.session.scalars(refused)}
    return [
        idea_id
        for idea_id, check in last.items()
        if term_is_over(check.at, here.rules, now)
        and ((row := appeals.standing("idea_refused", check.id)) is None or row.state == "draft")
    ]


@command
def let_refusals_stand(*, cycle_id: int, now: datetime) -> int:
    """Make them final; gives their number. Nothing to do: 0. Not while the contest is paused or halted.

    Writes IdeaRefusalFinal.
    """
    here = here_by_id(cycle_id, now=now, lock=True)
    if here.status is None or here.status.paused or here.status.halted:
        return 0
    done = 0
    for idea_id in _past_their_term(here, now):
        if locked_idea(idea_id).state == IdeaState.INELIGIBLE:
            move(idea_id=idea_id, act="let_refusal_stand", actor=None, now=now)
            done += 1
    return done


def refusals_due(*, now: datetime) -> int:
    """The same for every cycle; for the worker. Writes nothing when no term is over."""
    cycles = db.session.scalars(
        select(Idea.cycle_id)
        .where(Idea.state == IdeaState.INELIGIBLE.value)
        .distinct()
        .order_by(Idea.cycle_id)
    ).all()
    heres = [here_by_id(cycle_id, now=now) for cycle_id in cycles]
    due = [here.the_cycle.id for here in heres if here.rulebook is not None and _past_their_term(here, now)]
    return sum(let_refusals_stand(cycle_id=cycle_id, now=now) for cycle_id in due)
