"""The chair's acts while sheets come in: accept a sheet that leaves criteria out, extend the term. Each is one
transaction.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from pb.core.errors import Closed, Invalid, Missing, Refused
from pb.core.phases import Phase, Window
from pb.cycles.queries import Here, here_by_id
from pb.cycles.versions import add_calendar
from pb.db import command, db
from pb.policy import Action, Actor, authorise
from pb.projects.models import Project
from pb.projects.records import number_of
from pb.review import queries_commission, queries_ranking, queries_scoring
from pb.review.events_scoring import GapAccepted, ScoringExtended
from pb.review.models import ScoreSheet
from pb.review.models_scoring import AcceptedGap
from pb.review.presiding import presiding, require_presiding
from pb.review.shortfalls import lacking
from pb.review.snapshots import lock_commission, note, recompute

REASON_MIN, REASON_MAX = 20, 500


def enter(cycle_id: int, action: Action, actor: Actor, now: datetime) -> Here:
    """Where it stands, once every other act of this commission is over."""
    lock_commission(cycle_id)
    here = here_by_id(cycle_id, now=now)
    authorise(actor, action, town_id=here.town.id, status=here.status)
    return here


def reason_of(words: str) -> str:
    """A reason in one line. Raises Invalid on "reason"."""
    words = " ".join(words.split())
    if len(words) < REASON_MIN:
        raise Invalid("reason_too_short", field="reason", limit=REASON_MIN)
    if len(words) > REASON_MAX:
        raise Invalid("too_long", field="reason", limit=REASON_MAX)
    return words


@command
def accept_gap(*, sheet_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """Accept that a submitted sheet leaves criteria out: from now on it counts, the weights of the criteria it judges
    scaled up to the whole. Accepting twice is one act.

    Nobody accepts the own sheet: then, and where the chair is recused from the project, the vice-chair does. Writes
    GapAccepted (and RankingRecomputed once the scores are open). Raises Missing, Refused("not_presiding"),
    Closed("decisions_published"), Invalid on ``reason``.
    """
    sheet = db.session.get(ScoreSheet, sheet_id)
    if sheet is None:
        raise Missing("no_such_page")
    here = enter(queries_commission.cycle_of_project(sheet.project_id), Action.ACCEPT_GAP, actor, now)
    sheet = queries_scoring.sheet_for_update(sheet_id)
    assert sheet is not None
    left_out = sum(line.cannot_judge for line in sheet.lines)
    if sheet.state != "submitted" or not left_out:
        raise Missing("no_such_page")
    if not presiding(here).by(actor.account_id, sheet.project_id, besides=sheet.member_id):
        raise Refused("not_presiding")
    if queries_ranking.publication(here.the_cycle.id) is not None:
        raise Closed("decisions_published")
    if db.session.get(AcceptedGap, sheet_id) is not None:
        return
    words = reason_of(reason)
    assert actor.account_id is not None
    db.session.add(AcceptedGap(sheet_id=sheet_id, reason=words, by=actor.account_id, at=now))
    db.session.flush()
    project = db.session.get_one(Project, sheet.project_id)
    note(
        GapAccepted(number=number_of(project), criteria=left_out, reason=words),
        here, project.id, actor, now,
    )  # fmt: skip
    recompute(here, actor, now)


@command
def extend_scoring(
    *, cycle_id: int, until: datetime | None, reason: str, actor: Actor, now: datetime
) -> None:
    """Move the end of the term for scoring, because a project lacks its quorum; the other dates stay.

    ``until``: UTC, before the objections begin and within the review. Makes a new version of the calendar. Writes
    CalendarSaved and ScoringExtended. Raises Refused("not_presiding"), Closed("scores_opened" | "quorum_is_there"),
    Invalid on ``until`` and ``reason``.
    """
    here = enter(cycle_id, Action.EXTEND_SCORING, actor, now)
    require_presiding(here, actor)
    assert here.calendar is not None
    if queries_ranking.is_open(cycle_id):
        raise Closed("scores_opened")
    if not lacking(here):
        raise Closed("quorum_is_there")
    if until is None:
        raise Invalid("required", field="until")
    words = reason_of(reason)
    calendar, present, until = here.calendar, here.calendar.window("scoring"), until.astimezone(UTC)
    limit = calendar.closes(Phase.REVIEW)
    if "objections" in calendar.windows:
        limit = min(limit, calendar.windows["objections"].opens)
    if until <= max(now, present.closes):
        raise Invalid("not_an_extension", field="until", closes_at=max(now, present.closes))
    if until > limit:
        raise Invalid("extension_too_far", field="until", limit_at=limit)
    windows = {**calendar.windows, "scoring": Window(present.opens, until)}
    add_calendar(here.the_cycle, replace(calendar, windows=windows), words, actor, now)
    note(ScoringExtended(until=until.isoformat(), reason=words), here, cycle_id, actor, now)
