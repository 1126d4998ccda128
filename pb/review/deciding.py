"""Taking a decision on a project: what it needs, and writing it down. Called inside commands that hold the commission's
lock, by the chair's acts and by a vote that was carried.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pb.core.errors import Closed, Invalid
from pb.core.workflow import ProjectState
from pb.cycles.queries import Here
from pb.db import db
from pb.policy import Actor
from pb.projects.models import Project
from pb.projects.queries import project_for_update
from pb.projects.records import number_of
from pb.review import queries_commission as queries
from pb.review import queries_ranking
from pb.review.events_commission import DecisionRecorded, RankingFollowed
from pb.review.models import Decision, RankingSnapshot
from pb.review.queries_session import reconciliation
from pb.review.snapshots import note

OUTCOMES = ("on_ballot", "reserve", "not_shortlisted")
DEPARTURE_REASON = 100  # characters
REASON_MAX = 3000


@dataclass(frozen=True)
class By:
    """By whose act a decision comes about, who chaired, in which session, and by which question, if one was voted."""

    actor: Actor
    account_id: int | None
    sitting_id: int
    question_id: int | None = None


def ready(here: Here) -> RankingSnapshot:
    """The ranking that decisions follow. Raises Closed("scores_sealed", "decisions_published", "not_reconciled")."""
    snapshot = queries_ranking.newest_snapshot(here.the_cycle.id)
    if snapshot is None:
        raise Closed("scores_sealed")
    if queries_ranking.publication(here.the_cycle.id) is not None:
        raise Closed("decisions_published")
    if reconciliation(here.the_cycle.id) is None:
        raise Closed("not_reconciled")
    return snapshot


def checked(here: Here, project: Project, outcome: str, reason: str) -> tuple[RankingSnapshot, str, bool]:
    """The ranking, the reason in plain form, and whether ``outcome`` departs from what the ranking proposes. Raises
    what ``ready`` raises, Closed("wrong_state", "decide_below_quorum"), Invalid on "outcome" and "reason".
    """
    snapshot = ready(here)
    entry = queries_ranking.entries_of(snapshot).get(project.number)
    reason = reason.replace("\r\n", "\n").strip()
    if project.state != ProjectState.FROZEN:
        raise Closed("wrong_state", state=project.state)
    if entry is None:
        raise Closed("decide_below_quorum", number=number_of(project))
    if outcome not in OUTCOMES:
        raise Invalid("choose_outcome", field="outcome")
    departs = outcome != entry["proposal"]
    if departs and len(reason) < DEPARTURE_REASON:
        raise Invalid("departure_needs_reason", field="reason", limit=DEPARTURE_REASON)
    if len(reason) > REASON_MAX:
        raise Invalid("too_long", field="reason", limit=REASON_MAX)
    return snapshot, reason, departs


def decide(here: Here, project: Project, outcome: str, reason: str, by: By, now: datetime) -> Decision:
    """Write a decision down (``project`` locked). Writes DecisionRecorded. Raises what ``checked`` raises."""
    snapshot, reason, departs = checked(here, project, outcome, reason)
    assert by.account_id is not None
    row = Decision(
        project_id=project.id,
        snapshot_id=snapshot.id,
        sitting_id=by.sitting_id,
        question_id=by.question_id,
        outcome=outcome,
        departs=departs,
        reason=reason,
        decided_by=by.account_id,
        at=now,
    )
    db.session.add(row)
    db.session.flush()
    event = DecisionRecorded(number=number_of(project), outcome=outcome, departs=departs)
    note(event, here, project.id, by.actor, now)
    return row


def follow(here: Here, by: By, now: datetime, may: Callable[[Project], bool]) -> int:
    """Decide as the shortlist rule proposes on every project that ``may`` let through and that has no decision on the
    present ranking; gives their number. Departures decided on an older ranking are left to be thought over. Writes
    RankingFollowed, DecisionRecorded each. Raises what ``ready`` raises.
    """
    snapshot, cycle_id = ready(here), here.the_cycle.id
    done, entries = queries_ranking.decisions(cycle_id), queries_ranking.entries_of(snapshot)
    followed = 0
    for project in queries.scored_projects(here):
        last = done.get(project.id)
        settled = last is not None and (last.snapshot_id == snapshot.id or last.departs)
        if (
            settled
            or project.number not in entries
            or project.state != ProjectState.FROZEN
            or not may(project)
        ):
            continue
        decide(here, project_for_update(project.id), entries[project.number]["proposal"], "", by, now)
        followed += 1
    if followed:
        note(RankingFollowed(projects=followed), here, cycle_id, by.actor, now)
    return followed
