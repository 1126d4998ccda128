"""Acts on conflicts that others than the member do: a citizen challenges, who presides decides or records what was
discovered. Each is one transaction.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from pb.core.errors import Closed, Invalid, Missing, Refused
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.ideas.content import clean_text
from pb.policy import Action, Actor, authorise
from pb.projects.models import Project
from pb.projects.queries import project_for_update
from pb.projects.records import number_of
from pb.review import queries_commission, queries_conflicts, queries_ranking
from pb.review.events_conflicts import ChallengeDecided, MemberChallenged
from pb.review.models_conflicts import ChallengeDecision, MemberChallenge
from pb.review.panel_members import CHALLENGE, CONFLICTS, DETAILS_MAX, DETAILS_MIN
from pb.review.presiding import presiding
from pb.review.recusing import put_down
from pb.review.snapshots import lock_commission, note

WORDS_MIN, WORDS_MAX = 30, 2000


def _enter(project_id: int, action: Action, actor: Actor, now: datetime) -> tuple[Project, Here]:
    cycle_id = queries_commission.cycle_of_project(project_id)
    lock_commission(cycle_id)
    project, here = project_for_update(project_id), here_by_id(cycle_id, now=now)
    authorise(actor, action, town_id=here.town.id, status=here.status, thing=project)
    if queries_ranking.publication(cycle_id) is not None:
        raise Closed("decisions_published")
    return project, here


def _words(text: str, field: str) -> str:
    words = clean_text(text)
    if len(words) < WORDS_MIN:
        raise Invalid("reason_too_short", field=field, limit=WORDS_MIN)
    if len(words) > WORDS_MAX:
        raise Invalid("too_long", field=field, limit=WORDS_MAX)
    return words


@command
def challenge_member(*, project_id: int, member_id: int, words: str, actor: Actor, now: datetime) -> int:
    """Say why a member should not score a project; gives the challenge's id. The same person asks once.

    Possible until the decisions are published. Writes MemberChallenged (without who and what). Raises Missing,
    Refused, Closed, Invalid on "member" ("unknown_member", "own_conflict": a member declares it), "project",
    "words" ("challenged_already").
    """
    project, here = _enter(project_id, Action.CHALLENGE_MEMBER, actor, now)
    assert actor.account_id is not None
    if member_id not in queries_commission.panel_of(here).everybody:
        raise Invalid("unknown_member", field="member")
    if member_id == actor.account_id:
        raise Invalid("own_conflict", field="member")
    row = MemberChallenge(
        cycle_id=here.the_cycle.id,
        member_id=member_id,
        project_id=project.id,
        words=_words(words, "words"),
        by=actor.account_id,
        at=now,
    )
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Invalid("challenged_already", field="words") from error
    note(MemberChallenged(number=number_of(project)), here, project.id, actor, now)
    return row.id


@command
def decide_challenge(
    *, challenge_id: int, upheld: bool | None, reason: str, actor: Actor, now: datetime
) -> None:
    """Uphold or dismiss a challenge, with a reason that is published. Upheld, the member is recused from the project;
    a submitted sheet becomes void, and an open ranking is computed anew.

    Who presides decides, never about a challenge of themselves. Writes ChallengeDecided (and what ``put_down``
    writes). Raises Missing, Refused("not_presiding"), Closed("challenge_decided"), Invalid on "upheld", "reason".
    """
    row = db.session.get(MemberChallenge, challenge_id)
    if row is None:
        raise Missing("no_such_page")
    project, here = _enter(row.project_id, Action.DECIDE_CHALLENGE, actor, now)
    assert actor.account_id is not None
    if not presiding(here).by(actor.account_id, project.id, besides=row.member_id):
        raise Refused("not_presiding")
    if queries_conflicts.decision_of(row.id) is not None:
        raise Closed("challenge_decided")
    if upheld is None:
        raise Invalid("choose_answer", field="upheld")
    reason = _words(reason, "reason")
    db.session.add(
        ChallengeDecision(challenge_id=row.id, upheld=upheld, reason=reason, by=actor.account_id, at=now)
    )
    db.session.flush()
    outcome = "challenge_upheld" if upheld else "challenge_dismissed"
    note(ChallengeDecided(number=number_of(project), outcome=outcome), here, project.id, actor, now)
    if upheld and not queries_commission.panel_of(here).kind(row.member_id, project.id):
        put_down(here, project, row.member_id, CHALLENGE, reason[:DETAILS_MAX], actor, now)


@command
def record_conflict(
    *, project_id: int, member_id: int, kind: str, details: str, actor: Actor, now: datetime
) -> int:
    """Who presides records a conflict that was discovered and that the member did not declare; gives its id.

    Writes what ``put_down`` writes. Raises Missing, Refused, Closed, Invalid on "member", "kind", "details".
    """
    project, here = _enter(project_id, Action.DECIDE_CHALLENGE, actor, now)
    if not presiding(here).by(actor.account_id, project.id, besides=member_id):
        raise Refused("not_presiding")
    panel = queries_commission.panel_of(here)
    if member_id not in panel.everybody:
        raise Invalid("unknown_member", field="member")
    if panel.kind(member_id, project.id):
        raise Invalid("recused_already", field="member")
    if kind not in CONFLICTS:
        raise Invalid("unknown_conflict", field="kind")
    details = clean_text(details)
    if len(details) < DETAILS_MIN:
        raise Invalid("too_short", field="details", limit=DETAILS_MIN)
    if len(details) > DETAILS_MAX:
        raise Invalid("too_long", field="details", limit=DETAILS_MAX)
    return put_down(here, project, member_id, kind, details, actor, now).id
