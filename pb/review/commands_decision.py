"""The chair's acts: open the scores, record decisions, publish the preliminary list. Each is one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from pb.appeals.terms import objections_until
from pb.core.errors import Closed, Invalid, Missing, Problem, Problems
from pb.core.workflow import ProjectState
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.ideas.telling import day_words
from pb.policy import Action, Actor, authorise
from pb.projects.commands import freeze_projects, set_outcome
from pb.projects.models import Project
from pb.projects.queries import project_for_update
from pb.projects.records import number_of, tell_authors
from pb.review import deciding, queries_ranking, queries_session
from pb.review import queries_commission as queries
from pb.review.chairing import deciding_session
from pb.review.deciding import DEPARTURE_REASON, OUTCOMES, REASON_MAX
from pb.review.events_commission import CommissionDecided, ProjectListed, ScoresUnsealed
from pb.review.models import DecisionsPublished, RankingSnapshot, ScoresOpened
from pb.review.presiding import presiding, require_presiding
from pb.review.queries_duty import sheets_in
from pb.review.shortfalls import lacking, thin
from pb.review.snapshots import lock_commission, note, take_snapshot

MINUTES_MIN, MINUTES_MAX = 3, 200
__all__ = [
    "DEPARTURE_REASON", "OUTCOMES", "REASON_MAX", "follow_ranking", "open_scores", "publish_decisions",
    "record_decision", "undecided", "unminuted",
]  # fmt: skip

# What the authors hear of when the preliminary list becomes public.
TOLD = {
    "on_ballot": "project_listed",
    "reserve": "project_listed_reserve",
    "not_shortlisted": "project_listed_not",
}


def _enter(cycle_id: int, action: Action, actor: Actor, now: datetime) -> Here:
    lock_commission(cycle_id)
    here = here_by_id(cycle_id, now=now)
    authorise(actor, action, town_id=here.town.id, status=here.status)
    return here


@command
def open_scores(*, cycle_id: int, actor: Actor, now: datetime) -> int:
    """Open the sealed scores and compute the ranking; gives the id of its snapshot. Twice is one act.

    Writes ScoresUnsealed. Raises Refused, Closed("nothing_to_score"), Problems("below_quorum" for each
    project that lacks its quorum, "criterion_below_quorum" for each criterion that fewer than three sheets judge),
    Closed("scoring_still_open") while the calendar's scoring window is open and a sheet is missing.
    """
    here = _enter(cycle_id, Action.OPEN_SCORES, actor, now)
    require_presiding(here, actor)
    assert actor.account_id is not None
    assert here.calendar is not None
    if queries_ranking.is_open(cycle_id):
        snapshot = queries_ranking.newest_snapshot(cycle_id)
        assert snapshot is not None
        return snapshot.id
    freeze_projects(cycle_id=cycle_id, now=now)
    projects = queries.scored_projects(here)
    if not projects:
        raise Closed("nothing_to_score")
    if short := lacking(here):
        raise Problems(
            Problem(
                "project_below_quorum", None, {"number": s.number, "sheets": s.sheets, "needed": s.needed}
            )
            for s in short
        )
    if few := thin(here):
        raise Problems(
            Problem(
                "criterion_below_quorum",
                None,
                {"number": n, "criterion": here.rules.rubric.criterion(c).name},
            )
            for n, c in few
        )
    window = here.calendar.windows.get("scoring")
    if window is not None and now < window.closes and (missing := sheets_in(here).missing):
        raise Closed("scoring_still_open", closes_at=window.closes, missing=missing)
    db.session.add(ScoresOpened(cycle_id=cycle_id, at=now, by=actor.account_id))
    db.session.flush()
    snapshot = take_snapshot(here, now, now)
    sheets = sum(len(ids) for ids in queries.submitted(cycle_id).values())
    note(
        ScoresUnsealed(projects=len(projects), sheets=sheets, fingerprint=snapshot.fingerprint),
        here,
        cycle_id,
        actor,
        now,
    )
    return snapshot.id


@command
def record_decision(*, project_id: int, outcome: str, actor: Actor, now: datetime, reason: str = "") -> int:
    """What the commission decided on a project without a vote being asked for; gives the decision's id. The newest one
    counts, all are kept.

    A session must be open and the discussion closed. Anything else than what the shortlist rule proposes is a
    departure and needs a reason of 100 characters, which is published. A chair who is recused from the project hands
    over to another one. Writes DecisionRecorded (sealed). Raises Missing, Refused("recused_chair"),
    Closed("scores_sealed", "not_reconciled", "no_open_session", "session_quorum", "decisions_published",
    "wrong_state"), Invalid.
    """
    cycle_id = queries.cycle_of_project(project_id)
    here = _enter(cycle_id, Action.DECIDE_PROJECT, actor, now)
    project = project_for_update(project_id)
    authorise(actor, Action.DECIDE_PROJECT, town_id=here.town.id, status=here.status, thing=project)
    deciding.ready(here)
    require_presiding(here, actor, project.id)
    by = deciding.By(actor, actor.account_id, deciding_session(here).id)
    return deciding.decide(here, project, outcome, reason, by, now).id


@command
def follow_ranking(*, cycle_id: int, actor: Actor, now: datetime) -> int:
    """Decide as the shortlist rule proposes on every project that has no decision on the present ranking;
    gives their number.

    Left alone are projects decided already, departures that were decided on an older ranking (to be thought
    over), and those the chair is recused from. Writes RankingFollowed, DecisionRecorded each. Raises Refused,
    Closed.
    """
    here = _enter(cycle_id, Action.DECIDE_PROJECT, actor, now)
    deciding.ready(here)
    chair = presiding(here)
    by = deciding.By(actor, actor.account_id, deciding_session(here).id)
    return deciding.follow(here, by, now, lambda project: chair.by(actor.account_id, project.id))


def undecided(here: Here, snapshot: RankingSnapshot) -> list[Project]:
    """The frozen projects without a decision on the present ranking."""
    done = queries_ranking.decisions(here.the_cycle.id)
    return [
        project
        for project in queries.scored_projects(here)
        if project.state == ProjectState.FROZEN
        and (project.id not in done or done[project.id].snapshot_id != snapshot.id)
    ]


@command
def publish_decisions(*, cycle_id: int, minutes: str, actor: Actor, now: datetime) -> dict[str, int]:
    """Make the preliminary list public with its scores and reasons, in one act; gives how many went where. Twice is
    one act.

    ``minutes``: number and date of the minutes of the session, as people cite them. Every session in which one of
    the decisions was taken is closed and has its minutes, which become public with them. From this moment the term
    for objections runs; the list becomes final, and locks the ballot, by ``commands_final.confirm_list`` alone. Where
    no vote is held, what would be selected must be within the money. Tells the authors. Writes CommissionDecided, and
    for each project ProjectListed. Raises Refused, Closed("scores_sealed", "not_reconciled", "minutes_lacking"),
    Problems("project_undecided"), Invalid("minutes_missing", "over_pot").
    """
    here = _enter(cycle_id, Action.PUBLISH_DECISIONS, actor, now)
    require_presiding(here, actor)
    assert actor.account_id is not None
    minutes = minutes.strip()
    if not MINUTES_MIN <= len(minutes) <= MINUTES_MAX:
        raise Invalid("minutes_missing", field="minutes", limit=MINUTES_MAX)
    if queries_ranking.publication(cycle_id) is not None:
        return published_counts(cycle_id)
    snapshot = deciding.ready(here)
    if open_ones := undecided(here, snapshot):
        raise Problems(Problem("project_undecided", None, {"number": number_of(p)}) for p in open_ones)
    outcomes = queries_ranking.decisions(cycle_id)
    sitting_id = _minuted(cycle_id)
    frozen = [p for p in queries.scored_projects(here) if p.state == ProjectState.FROZEN]
    within_the_money(here, [p for p in frozen if outcomes[p.id].outcome == "on_ballot"])
    db.session.add(
        DecisionsPublished(
            cycle_id=cycle_id, at=now, by=actor.account_id, minutes=minutes, sitting_id=sitting_id
        )
    )
    db.session.flush()
    last_day = day_words(objections_until(now, here.rules))
    for project in frozen:
        outcome = outcomes[project.id].outcome
        set_outcome(project_id=project.id, act="decide", actor=actor, now=now)
        note(ProjectListed(number=number_of(project), outcome=outcome), here, project.id, actor, now)
        tell_authors(project, TOLD[outcome], here=here, now=now, day=last_day)
    counts = Counter(outcomes[p.id].outcome for p in frozen)
    found = {outcome: counts[outcome] for outcome in OUTCOMES}
    note(
        CommissionDecided(**found, minutes=minutes, fingerprint=snapshot.fingerprint),
        here,
        cycle_id,
        actor,
        now,
    )
    return found


def within_the_money(here: Here, chosen: Iterable[Project]) -> None:
    """Invalid("over_pot") where no vote is held and the chosen projects cost more than there is."""
    cost = sum(project.cost_tetri for project in chosen)
    if not here.rules.votes_held and cost > here.rules.pot_tetri:
        raise Invalid("over_pot", cost_tetri=cost, pot_tetri=here.rules.pot_tetri)


def unminuted(cycle_id: int) -> list[int]:
    """The sessions (ids) in which a decision that stands was taken and whose minutes are not fixed yet."""
    fixed = queries_session.minutes_of(cycle_id)
    found = {row.sitting_id for row in queries_ranking.decisions(cycle_id).values()}
    return sorted(n for n in found if n is not None and n not in fixed)


def _minuted(cycle_id: int) -> int:
    """The last session with minutes, once none lacks them that decided. Raises Closed("minutes_lacking")."""
    fixed = queries_session.minutes_of(cycle_id)
    if not fixed or unminuted(cycle_id):
        raise Closed("minutes_lacking")
    return max(fixed)


def published_counts(cycle_id: int) -> dict[str, int]:
    """How many projects went where by the published decisions. Raises Missing before."""
    if queries_ranking.publication(cycle_id) is None:
        raise Missing("no_such_page")
    counts = Counter(row.outcome for row in queries_ranking.decisions(cycle_id, redone=False).values())
    return {outcome: counts[outcome] for outcome in OUTCOMES}
