"""The decisions on ideas that can be objected to, and what follows when the objection is right."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy import select

from pb.appeals.kinds import IDEA, Contested, Kind, Point
from pb.appeals.models import Objection
from pb.audit.models import Event
from pb.core.rulebook import Rulebook
from pb.core.workflow import IDEA_TRANSITIONS, IdeaState
from pb.cycles.models import RulebookVersion
from pb.cycles.queries import Here, parse_rulebook
from pb.db import db
from pb.ideas import commands_review
from pb.ideas.models import Idea, IdeaAuthor
from pb.ideas.records import locked_idea
from pb.policy import Actor
from pb.review import queries_eligibility as queries
from pb.review.models import EligibilityCheck
from pb.review.models_feasibility import Opinion, OpinionRequest

REFUSED = (IdeaState.INELIGIBLE, IdeaState.INELIGIBLE_FINAL)


def authors(idea_id: int) -> frozenset[int]:
    """Accounts of the idea's authors."""
    rows = db.session.scalars(select(IdeaAuthor.account_id).where(IdeaAuthor.idea_id == idea_id))
    return frozenset(row for row in rows if row is not None)


def at_work(idea_id: int, _decision_id: int) -> frozenset[int]:
    """Whoever acted on the idea as an official: checked it, took it up, gave an opinion, moved it."""
    acted = select(Event.actor_id).where(
        Event.subject == "idea",
        Event.subject_id == idea_id,
        Event.kind.in_(
            ("IdeaTakenUp", "IdeaReturned", "IdeaRefused", "IdeaFoundDuplicate", "IdeaMerged", "IdeaAdmitted")
        ),
    )
    given = (
        select(Opinion.given_by)
        .join(OpinionRequest, OpinionRequest.id == Opinion.request_id)
        .where(OpinionRequest.idea_id == idea_id)
    )
    found = {*db.session.scalars(acted), *db.session.scalars(given)}
    return queries.checkers_of(idea_id) | frozenset(one for one in found if one is not None)


def points_of(rules: Rulebook, check: EligibilityCheck) -> tuple[Point, ...]:
    """The checks that a finding says are not met."""
    bad = {line["check"] for line in check.lines if line["passed"] is False}
    return tuple(Point(one.id, dict(one.text)) for one in rules.checklist if one.id in bad)


def _rules_of(check: EligibilityCheck) -> Rulebook:
    version = db.session.get(RulebookVersion, check.rulebook_id)
    assert version is not None
    return parse_rulebook(version.document)


def _by_check(
    code: str, states: Collection[str], outcome: str, here: Here, number: int, now: datetime
) -> Contested | None:
    idea = queries.idea_by_number(here.the_cycle.id, number)
    if idea is None or idea.state not in states:
        return None
    checks = [check for check in queries.checks_of(idea.id, now) if check.objection_id is None]
    if not checks or checks[-1].outcome != outcome:
        return None
    check = checks[-1]
    return _contested(
        code, idea, check.id, check.at, points_of(_rules_of(check), check), reason=check.public_reason
    )


def _by_event(code: str, state: str, event: str, here: Here, number: int, now: datetime) -> Contested | None:
    idea = queries.idea_by_number(here.the_cycle.id, number)
    if idea is None or idea.state != state:
        return None
    query = select(Event).where(
        Event.subject == "idea", Event.subject_id == idea.id, Event.kind == event, Event.at <= now
    )
    act = db.session.scalars(query.order_by(Event.id.desc()).limit(1)).first()
    if act is None:
        return None
    return _contested(code, idea, act.id, act.at, (), reason=idea.public_reason)


def _contested(
    code: str, idea: Idea, decision_id: int, at: datetime, points: tuple[Point, ...], reason: str
) -> Contested:
    assert idea.number is not None
    return Contested(
        kind=code, thing_id=idea.id, number=idea.number, title=idea.title, language=idea.language,
        decision_id=decision_id, at=at, points=points, author_ids=idea.author_ids, reason=reason,
    )  # fmt: skip


def admit(here: Here, objection: Objection, actor: Actor, now: datetime) -> None:
    """Upheld: the idea is admitted. In part: what was wrong is put right, and the refusal stands on the rest. Either
    way the examiner's finding stands beside the first one.
    """
    wholly = objection.outcome == "upheld"
    _keep_finding(objection, actor, now, outcome="eligible" if wholly else "ineligible")
    act, reason = ("admit_on_objection", "") if wholly else ("confirm_refusal", objection.answer)
    commands_review.move(idea_id=objection.thing_id, act=act, actor=actor, now=now, public_reason=reason)


def _keep_finding(objection: Objection, actor: Actor, now: datetime, *, outcome: str) -> None:
    first = db.session.get(EligibilityCheck, objection.decision_id)
    assert first is not None
    assert actor.account_id is not None
    right = {point["id"] for point in objection.rests_on} if outcome == "eligible" else {*objection.accepted}
    lines = [{**line, "passed": True, "note": ""} if line["check"] in right else line for line in first.lines]
    db.session.add(
        EligibilityCheck(
            idea_id=first.idea_id, revision_id=first.revision_id, rulebook_id=first.rulebook_id,
            officer_id=actor.account_id, outcome=outcome, lines=lines, notes={},
            public_reason="" if outcome == "eligible" else objection.answer, objection_id=objection.id, at=now,
        )
    )  # fmt: skip
    db.session.flush()


def confirm(here: Here, objection: Objection, actor: Actor, now: datetime) -> None:
    """Rejected: the refusal is final."""
    commands_review.move(idea_id=objection.thing_id, act="confirm_refusal", actor=actor, now=now)


def reopen(here: Here, objection: Objection, actor: Actor, now: datetime) -> None:
    """Upheld: the idea goes back into the check, where somebody else decides. If its author has answered or withdrawn
    it meanwhile, that stands.
    """
    if locked_idea(objection.thing_id).state not in IDEA_TRANSITIONS["reopen_on_objection"].origins:
        return
    commands_review.move(idea_id=objection.thing_id, act="reopen_on_objection", actor=actor, now=now)


_COMMON = Kind("", IDEA, lambda *_given: None, authors, at_work, reopen)
KINDS = (
    replace(
        _COMMON, code="idea_refused", find=partial(_by_check, "idea_refused", REFUSED, "ineligible"),
        uphold=admit, reject=confirm,
    ),
    replace(
        _COMMON, code="idea_returned",
        find=partial(_by_check, "idea_returned", (IdeaState.RETURNED,), "returned"),
    ),
    replace(_COMMON, code="idea_lapsed", find=partial(_by_event, "idea_lapsed", IdeaState.LAPSED, "IdeaLapsed")),
    replace(
        _COMMON, code="idea_duplicate",
        find=partial(_by_event, "idea_duplicate", IdeaState.DUPLICATE_OF, "IdeaFoundDuplicate"),
    ),
)  # fmt: skip
