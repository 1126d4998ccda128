"""Acts of the eligibility check: take up, record a finding, read contact data. Each is one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from pb.accounts.queries import account_by_id, phone_of
from pb.appeals.kinds import IDEA
from pb.appeals.queries import of_thing
from pb.audit.log import record
from pb.core.errors import Closed, Invalid, Missing, Problems, Refused
from pb.core.workflow import IdeaState
from pb.cycles.queries import Here
from pb.db import command, db
from pb.ideas import commands_review, content, records
from pb.ideas.models import Idea
from pb.policy import Action, Actor, authorise
from pb.review import checking
from pb.review import queries_eligibility as queries
from pb.review.checking import Finding, Outcome
from pb.review.events_eligibility import ContactDataShown
from pb.review.models import EligibilityCheck

# Where an idea stands when another officer has recorded a finding meanwhile.
DECIDED = frozenset({IdeaState.ELIGIBLE, IdeaState.RETURNED, IdeaState.INELIGIBLE, IdeaState.INVITED})


@command
def take_up(*, idea_id: int, actor: Actor, now: datetime) -> None:
    """Begin the check: from now on the author cannot change the text. Pressing twice is one act.

    Writes IdeaTakenUp. Raises Missing, Refused, Closed("already_checked", "wrong_phase").
    """
    idea, _ = _opened(idea_id, actor, now)
    if idea.state == IdeaState.SUBMITTED:
        commands_review.begin_check(idea_id=idea.id, actor=actor, now=now)


@command
def take_up_many(*, cycle_id: int, idea_ids: Collection[int], actor: Actor, now: datetime) -> int:
    """Begin the check of several ideas of a contest at once; gives how many.

    Own ideas, those of another contest and those that somebody else has begun meanwhile are left out. Writes
    IdeaTakenUp for each. Raises Invalid("nothing_chosen") when none is left.
    """
    done = 0
    for idea_id in sorted(set(idea_ids)):
        try:
            idea, here = _opened(idea_id, actor, now)
        except (Refused, Closed, Missing):
            continue
        if here.the_cycle.id == cycle_id and idea.state == IdeaState.SUBMITTED:
            commands_review.begin_check(idea_id=idea.id, actor=actor, now=now)
            done += 1
    if not done:
        raise Invalid("nothing_chosen")
    return done


@command
def record_check(
    *,
    idea_id: int,
    outcome: Outcome | str,
    findings: Mapping[str, Finding],
    actor: Actor,
    now: datetime,
    notes: Mapping[str, str] | None = None,
    public_reason: str = "",
    revision: int | None = None,
) -> int:
    """Keep the finding on the idea as it stands and move the idea; gives the id of the EligibilityCheck.

    ``findings`` by criterion of the rulebook; ``notes`` by field of the idea (checking.NOTE_FIELDS), for an
    idea that is returned; ``public_reason`` of an ineligible one; ``revision``: the number of the text that
    the officer read. Takes the idea up when nobody has. The first of two officers decides: the second gets
    Closed("already_checked"). Writes the idea's own event. Raises Missing, Refused, Closed("text_changed",
    "wrong_phase"), Problems.
    """
    idea, here = _opened(idea_id, actor, now)
    outcome = Outcome(outcome)
    text = queries.last_revision(idea.id)
    if text is None:
        raise Missing("no_such_page")
    if revision is not None and revision != text.number:
        raise Closed("text_changed")
    answers = {check.id: _clean(findings.get(check.id, Finding())) for check in here.rules.checklist}
    said = {name: content.clean_text((notes or {}).get(name)) for name in checking.NOTE_FIELDS}
    reason = content.clean_text(public_reason)
    if found := checking.problems(here.rules, outcome, answers, said, reason, idea.times_returned):
        raise Problems(found)
    assert here.the_cycle.rulebook_id is not None
    assert actor.account_id is not None
    row = EligibilityCheck(
        idea_id=idea.id,
        revision_id=text.id,
        rulebook_id=here.the_cycle.rulebook_id,
        officer_id=actor.account_id,
        outcome=outcome.value,
        lines=[{"check": name, "passed": a.passed, "note": a.note} for name, a in answers.items()],
        notes={name: words for name, words in said.items() if words} if outcome is Outcome.RETURNED else {},
        public_reason=reason if outcome is Outcome.INELIGIBLE else "",
        at=now,
    )
    db.session.add(row)
    db.session.flush()
    if idea.state == IdeaState.SUBMITTED:
        commands_review.begin_check(idea_id=idea.id, actor=actor, now=now)
    if outcome is Outcome.ELIGIBLE:
        commands_review.mark_eligible(idea_id=idea.id, actor=actor, now=now)
    elif outcome is Outcome.RETURNED:
        words = checking.notes_for_author(here.rules, answers, said, idea.language)
        commands_review.return_idea(idea_id=idea.id, notes=words, actor=actor, now=now)
    else:
        commands_review.mark_ineligible(idea_id=idea.id, public_reason=reason, actor=actor, now=now)
    return row.id


def _clean(finding: Finding) -> Finding:
    return Finding(finding.passed, content.clean_text(finding.note))


def _opened(idea_id: int, actor: Actor, now: datetime) -> tuple[Idea, Here]:
    """The locked idea, once it is known that it may be checked by this actor and that nobody was quicker."""
    idea, here = records.open_idea(idea_id, Action.OPEN_CHECK, actor, now)
    if idea.state in DECIDED and queries.last_check(idea.id, now) is not None:
        raise Closed("already_checked", state=idea.state)
    authorise(actor, Action.CHECK_IDEA, town_id=here.town.id, status=here.status, thing=idea)
    _require_another(idea, actor, now)
    return idea, here


def _require_another(idea: Idea, actor: Actor, now: datetime) -> None:
    """After an upheld objection somebody checks who had not checked before it. Refused("objection_not_yours")."""
    upheld = [row.decided_at for row in of_thing(IDEA, idea.id, now) if row.outcome == "upheld"]
    last = max((at for at in upheld if at is not None), default=None)
    if last is not None and actor.account_id in {c.officer_id for c in queries.checks_of(idea.id, last)}:
        raise Refused("objection_not_yours")


@dataclass(frozen=True)
class Contact:
    """How to reach one author. ``phone`` and ``email`` may be empty; ``guardian`` for those under 16."""

    name: str
    phone: str
    email: str
    village: str
    age_band: str
    organisation: str
    guardian: str


@command
def show_contact(*, idea_id: int, reason: str, actor: Actor, now: datetime) -> tuple[Contact, ...]:
    """The authors' names and numbers. The reading is on the log, with its reason, before anything is given.

    Writes ContactDataShown. Raises Missing, Refused, Invalid("reason_too_short", field="reason").
    """
    idea, here = records.open_idea(idea_id, Action.SEE_CONTACT, actor, now)
    reason = content.clean_line(reason)
    if len(reason) < checking.CONTACT_REASON_MIN:
        raise Invalid("reason_too_short", field="reason", limit=checking.CONTACT_REASON_MIN)
    seen = ContactDataShown(
        number=records.number_of(here, idea), authors=len(idea.authors), reason=reason[: checking.NOTE_MAX]
    )
    record(seen, subject_id=idea.id, by=actor, at=now, town_id=here.town.id, cycle_id=idea.cycle_id)
    found = []
    for author in idea.authors:
        person, owner = records.person_of(author), author.account_id
        account = account_by_id(owner) if owner is not None else None  # None: has no phone
        found.append(
            Contact(
                name=person.full_name,
                phone=phone_of(owner) if owner is not None else "",
                email=(account.email or "") if account else "",
                village=person.village,
                age_band=person.age_band,
                organisation=person.organisation,
                guardian=person.guardian,
            )
        )
    return tuple(found)
