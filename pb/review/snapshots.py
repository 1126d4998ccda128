"""Computing the ranking from the sheets that count, and keeping it. Called inside commands that hold the
commission's lock.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pb.audit.log import Act, record
from pb.cycles.queries import Here
from pb.db import db, one_at_a_time
from pb.policy import Actor
from pb.review import queries_commission, queries_ranking, queries_scoring
from pb.review.events_commission import RankingRecomputed
from pb.review.models import RankingSnapshot
from pb.review.ranking_document import build, serialise


def lock_commission(cycle_id: int) -> None:
    """Wait for every other act of the same commission: nobody submits while the scores are being opened."""
    one_at_a_time(f"commission of cycle {cycle_id}")


def share_commission(cycle_id: int) -> None:
    """Go on beside other members who save and submit; wait only for acts that ask for the commission alone."""
    one_at_a_time(f"commission of cycle {cycle_id}", shared=True)


def note(act: Act, here: Here, subject_id: int, actor: Actor, now: datetime) -> None:
    """Add the event to the log."""
    record(act, subject_id=subject_id, by=actor, at=now, town_id=here.town.id, cycle_id=here.the_cycle.id)


def take_snapshot(here: Here, opened_at: datetime, now: datetime) -> RankingSnapshot:
    """Compute the ranking and store it under the next number."""
    cycle = here.the_cycle
    assert cycle.rulebook_version is not None
    projects = queries_commission.scored_projects(here)
    ranked = queries_ranking.ranked_of(here, projects)
    before = queries_ranking.newest_snapshot(cycle.id)
    number = before.number + 1 if before else 1
    text, fingerprint = serialise(
        build(
            town=here.town.slug,
            year=cycle.year,
            snapshot=number,
            opened_at=opened_at.isoformat(),
            rulebook_version=cycle.rulebook_version.version,
            rules=here.rules,
            projects=ranked,
            lots=queries_scoring.drawn_lots(cycle.id),
            assignment=_assignment(cycle.id),
        )
    )
    row = RankingSnapshot(cycle_id=cycle.id, number=number, document=text, fingerprint=fingerprint, at=now)
    db.session.add(row)
    db.session.flush()
    return row


def _assignment(cycle_id: int) -> dict[str, Any] | None:
    row = queries_scoring.newest_round(cycle_id)
    return {"number": row.number, "seed": row.seed, "sha256": row.fingerprint} if row else None


def recompute(here: Here, actor: Actor, now: datetime) -> None:
    """The ranking anew, if the scores are open already. Writes RankingRecomputed."""
    opening = queries_ranking.opened(here.the_cycle.id)
    if opening is None:
        return
    db.session.flush()
    row = take_snapshot(here, opening.at, now)
    note(
        RankingRecomputed(snapshot=row.number, fingerprint=row.fingerprint),
        here,
        here.the_cycle.id,
        actor,
        now,
    )
