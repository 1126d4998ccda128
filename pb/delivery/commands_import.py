"""Bringing in what became of the winners of former years, whatever the phase."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pb.audit.log import record
from pb.core.errors import Closed
from pb.core.workflow import ProjectState
from pb.db import command, db
from pb.delivery import events, queries
from pb.delivery.models import Milestone
from pb.policy import Action, Actor, authorise
from pb.projects.commands import set_outcome
from pb.projects.queries import project_for_update
from pb.projects.records import number_of

_ACTS: Mapping[str, tuple[str, ...]] = {
    "": (),
    "selected": (),
    "implementing": ("begin_implementation",),
    "done": ("begin_implementation", "finish"),
    "abandoned": ("abandon",),
}


@command
def import_milestones(
    *,
    project_id: int,
    milestones: Sequence[Mapping[str, Any]],
    state: str = "",
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> int:
    """Store the steps of a selected project and move it to ``state``; gives the number of steps stored.

    ``milestones``: [{"title", "due": date, "done_on": date or None, "paid_tetri", "note"}]. A project that
    has milestones already is left as it is. Needs the town's administrator. Writes DeliveryImported,
    ProjectMoved. Raises Refused, Closed("not_under_way"), KeyError for an unknown state.
    """
    acts = _ACTS[state]
    project = project_for_update(project_id)
    authorise(actor, Action.CREATE_CYCLE, town_id=project.cycle.town_id)
    if queries.milestones_of([project_id]):
        return 0
    if project.state != ProjectState.SELECTED:
        raise Closed("not_under_way")
    for one in milestones:
        db.session.add(
            Milestone(
                project_id=project_id,
                title=one["title"],
                due=one["due"],
                done_on=one.get("done_on"),
                paid_tetri=one.get("paid_tetri", 0),
                note=one.get("note", ""),
                updated_at=now,
            )
        )
    db.session.flush()
    event = events.DeliveryImported(
        number_of(project), len(milestones), sum(one.get("paid_tetri", 0) for one in milestones)
    )
    town_id = project.cycle.town_id
    record(event, subject_id=project_id, by=actor, at=now, town_id=town_id, cycle_id=project.cycle_id)
    for act in acts:
        set_outcome(project_id=project_id, act=act, actor=actor, now=now, reason=reason)
    return len(milestones)
