"""Examining: somebody who was not at work on the decision answers the objection. One transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from pb.appeals import events, queries
from pb.appeals.commands import note, tell
from pb.appeals.kinds import KINDS, OUTCOMES
from pb.appeals.models import REASON_MIN, Objection
from pb.appeals.numbers import number_words
from pb.core.errors import Closed, Missing, Problem, Problems
from pb.cycles import holds
from pb.cycles.queries import here_by_id
from pb.db import command, db
from pb.ideas import content
from pb.policy import Action, Actor, authorise

REASON_MAX = 4000


@command
def decide(
    *,
    objection_id: int,
    outcome: str,
    answer: str,
    actor: Actor,
    now: datetime,
    accepted: Collection[str] = (),
) -> None:
    """Answer an objection, once: upheld, upheld in part (``accepted``: the contested points found right) or rejected.

    What follows is the kind's: an idea is eligible or stays refused, a decision goes back to be taken anew. ``answer``
    is published. The next phase waits no more. Tells the authors. Writes ObjectionDecided and what follows. Raises
    Missing, Refused, Closed("objection_decided", "objection_withdrawn"), Problems on "outcome", "answer", "accepted".
    """
    given = db.session.get(Objection, objection_id)
    if given is None:
        raise Missing("no_such_page")
    here = here_by_id(given.cycle_id, now=now, lock=True)
    row = queries.locked(objection_id)
    if row.state in ("decided", "withdrawn"):
        authorise(actor, Action.SEE_OBJECTIONS, town_id=here.town.id)
        raise Closed(f"objection_{row.state}")
    case = queries.case_of(row)
    authorise(actor, Action.EXAMINE_OBJECTION, town_id=here.town.id, thing=case)
    answer = content.clean_text(answer)
    right = [point for point in row.points if point in accepted] if outcome == "partly" else []
    problems = []
    if outcome not in OUTCOMES or (outcome == "partly" and len(row.rests_on) < 2):
        problems.append(Problem("choose_outcome_of_objection", "outcome"))
    if outcome == "partly" and len(row.rests_on) > 1 and not 0 < len(right) < len(row.rests_on):
        problems.append(Problem("choose_accepted", "accepted"))
    if len(answer) < REASON_MIN:
        problems.append(Problem("reason_too_short", "answer", {"limit": REASON_MIN}))
    elif len(answer) > REASON_MAX:
        problems.append(Problem("too_long", "answer", {"limit": REASON_MAX}))
    if problems:
        raise Problems(problems)
    row.outcome, row.accepted, row.answer = outcome, right, answer
    row.state, row.decided_by, row.decided_at = "decided", actor.account_id, now
    db.session.flush()
    holds.release(thing="objection", thing_id=row.id, now=now)
    kind = KINDS[row.kind]
    note(events.decided(kind.thing, number_words(here, row), f"objection_{outcome}"), here, row, actor, now)
    if outcome == "rejected":
        kind.reject(here, row, actor, now)
    else:
        kind.uphold(here, row, actor, now)
    tell(f"objection_{outcome}", row, here, now)
