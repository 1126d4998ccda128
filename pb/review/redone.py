"""Decisions taken anew after an objection to the preliminary list: which are due, and taking one. Both are kept."""

from __future__ import annotations

from datetime import datetime

from pb.appeals import queries as appeals
from pb.appeals.models import Objection
from pb.appeals.numbers import numbered
from pb.core.errors import Closed, Invalid, Problem, Problems
from pb.core.workflow import ProjectState
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.policy import Action, Actor, authorise
from pb.projects.queries import project_for_update
from pb.projects.records import number_of
from pb.review import queries_commission, queries_ranking
from pb.review.commands_decision import DEPARTURE_REASON, OUTCOMES, REASON_MAX
from pb.review.events_commission import DecisionRecorded
from pb.review.models import Decision
from pb.review.presiding import require_presiding
from pb.review.snapshots import lock_commission, note

KIND = "project_listed"


def granted(cycle_id: int) -> dict[int, Objection]:
    """By project id, the objections for which the commission decides anew, done already or not."""
    listed = queries_ranking.decisions(cycle_id, redone=False)
    right = appeals.granted(KIND, [row.id for row in listed.values()])
    return {project_id: right[row.id] for project_id, row in listed.items() if row.id in right}


def waiting(cycle_id: int) -> dict[int, Objection]:
    """Those of them that still wait for it."""
    done = queries_ranking.decisions(cycle_id)
    return {
        project_id: objection
        for project_id, objection in granted(cycle_id).items()
        if done[project_id].objection_id != objection.id
    }


def obstacles(here: Here) -> list[Problem]:
    """What keeps the list from being final: open objections, and decisions that are to be taken anew."""
    cycle_id = here.the_cycle.id
    open_ones = [
        Problem("objection_open", None, {"number": numbered(here, n)}) for n in appeals.open_numbers(cycle_id)
    ]
    due = waiting(cycle_id)
    late = [p for p in queries_commission.scored_projects(here) if p.id in due]
    return open_ones + [Problem("project_to_redecide", None, {"number": number_of(p)}) for p in late]


def require_settled(here: Here) -> None:
    """Problems("objection_open", "project_to_redecide") while anything keeps the list from being final."""
    if found := obstacles(here):
        raise Problems(found)


@command
def redo_decision(*, project_id: int, outcome: str, reason: str, actor: Actor, now: datetime) -> int:
    """What the commission decides anew on a project whose objection was upheld; gives the decision's id. The newest
    counts, all are kept, and until the list is final it can be changed.

    ``reason``: of 100 characters, since it answers the objection; published with the final list, as is the decision.
    Writes DecisionRecorded (sealed). Raises Missing, Refused("recused_chair"), Closed("decisions_published",
    "nothing_to_redecide"), Invalid on "outcome" and "reason".
    """
    cycle_id = queries_commission.cycle_of_project(project_id)
    lock_commission(cycle_id)
    here = here_by_id(cycle_id, now=now, lock=True)
    project = project_for_update(project_id)
    authorise(actor, Action.DECIDE_PROJECT, town_id=here.town.id, status=here.status, thing=project)
    if queries_ranking.confirmation(cycle_id) is not None:
        raise Closed("decisions_published")
    objection, snapshot = granted(cycle_id).get(project.id), queries_ranking.newest_snapshot(cycle_id)
    if objection is None or snapshot is None or project.state != ProjectState.DECIDED:
        raise Closed("nothing_to_redecide")
    require_presiding(here, actor, project.id)
    assert actor.account_id is not None
    reason = reason.replace("\r\n", "\n").strip()
    if outcome not in OUTCOMES:
        raise Invalid("choose_outcome", field="outcome")
    if len(reason) < DEPARTURE_REASON:
        raise Invalid("reason_too_short", field="reason", limit=DEPARTURE_REASON)
    if len(reason) > REASON_MAX:
        raise Invalid("too_long", field="reason", limit=REASON_MAX)
    entry = queries_ranking.entries_of(snapshot)[project.number]
    departs = outcome != entry["proposal"]
    first = queries_ranking.decisions(cycle_id, redone=False)[project.id]  # its session is the row's, too
    row = Decision(
        project_id=project.id, snapshot_id=snapshot.id, outcome=outcome, departs=departs, reason=reason,
        objection_id=objection.id, sitting_id=first.sitting_id, decided_by=actor.account_id, at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    said = DecisionRecorded(number=number_of(project), outcome=outcome, departs=departs)
    note(said, here, project.id, actor, now)
    return row.id
