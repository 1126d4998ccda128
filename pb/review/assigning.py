"""Who scores which project, drawn and kept. Called inside commands that hold the commission's lock."""

from __future__ import annotations

from datetime import datetime

from pb.core import assignment
from pb.cycles.queries import Here
from pb.db import db
from pb.policy import Actor
from pb.review import queries_commission, queries_scoring
from pb.review.events_scoring import MembersDrawn
from pb.review.models_scoring import Assignment, AssignmentRound
from pb.review.panel_members import Panel
from pb.review.snapshots import note


def allowed_on(here: Here, panel: Panel) -> dict[int, tuple[int, ...]]:
    """Who may be drawn for each project: members without a conflict, who neither wrote it, helped with it nor checked
    its ideas (S4).
    """
    return {
        project.id: tuple(m for m in panel.members if not panel.kind(m, project.id))
        for project in queries_commission.scored_projects(here)
    }


def draw_members(
    here: Here, seed: str, before: dict[int, tuple[int, ...]], actor: Actor, now: datetime
) -> None:
    """Draw and store under the next number, unless nothing changed; ``before``: what stays as far as it may. Writes
    MembersDrawn.
    """
    cycle_id, places = here.the_cycle.id, here.rules.scoring.members_per_project
    allowed = allowed_on(here, queries_commission.panel_of(here))
    drawn = assignment.assign(allowed, places, seed, before)
    fingerprint = assignment.fingerprint(drawn)
    last = queries_scoring.newest_round(cycle_id)
    if before and last is not None and last.fingerprint == fingerprint:
        return
    row = AssignmentRound(
        cycle_id=cycle_id, number=last.number + 1 if last else 1, seed=seed, fingerprint=fingerprint,
        by=actor.account_id, at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    db.session.add_all(
        Assignment(round_id=row.id, project_id=project, member_id=member)
        for project, members in drawn.items()
        for member in members
    )
    db.session.flush()
    note(MembersDrawn(round=row.number, seed=seed, fingerprint=fingerprint), here, cycle_id, actor, now)


def refill(here: Here, actor: Actor, now: datetime) -> None:
    """Fill the places that a recusal or an ended seat left vacant, with the same seed; nothing without a draw."""
    last = queries_scoring.newest_round(here.the_cycle.id)
    if last is not None:
        draw_members(here, last.seed, queries_scoring.assigned(here.the_cycle.id), actor, now)
