"""A guardian's yes or no: by the code of the text message, or on paper that an operator holds in hand."""

from __future__ import annotations

from datetime import datetime, timedelta

from pb.audit.log import record
from pb.core.errors import Closed, Invalid, Missing
from pb.core.workflow import IdeaState
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.ideas import commands, content, events, guardians, passes, records
from pb.ideas.models import Idea
from pb.policy import RULES, Action, Actor, authorise

SLIP_LIMIT = 120
ASK_AGAIN_AFTER = timedelta(minutes=30)


def _locked(cycle_id: int, idea_id: int, now: datetime) -> tuple[Idea, Here]:
    here = here_by_id(cycle_id, now=now, lock=True)
    return records.locked_idea(idea_id), here


@command
def answer_as_guardian(*, cycle_id: int, code: str, agrees: bool, now: datetime) -> Idea:
    """The answer of whoever holds the code. With the last guardian's yes a waiting idea is handed in.

    Writes GuardianAnswered (and IdeaHandedIn). Raises Missing, Closed("wrong_phase", "idea_limit").
    """
    found = guardians.consent_by_code(cycle_id, code)
    if found is None:
        raise Missing("no_such_page")
    idea, here = _locked(cycle_id, found[2].id, now)
    found = guardians.consent_by_code(cycle_id, code)
    if found is None:
        raise Missing("no_such_page")
    row, author, _idea = found
    if row.answer is not None:
        return idea
    if agrees:
        guardians.give(author, "text_code", now)
    else:
        row.answer, row.answered_at = "refused", now
        if idea.state == IdeaState.DRAFT:
            idea.waiting_since = None
    _record(agrees, "text_code", idea, here, None, now)
    return _settled(idea, here, agrees, now)


@command
def guardian_signed(*, cycle_id: int, draft_code: str, slip: str, actor: Actor, now: datetime) -> Idea:
    """An operator holds the paper that the guardian signed. ``draft_code``: on the paper, and on the author's page.

    Writes GuardianAnswered. Raises Invalid on ``code`` (no_such_draft, nobody_waits) and ``slip`` (slip_needed),
    Refused, Closed.
    """
    here = here_by_id(cycle_id, now=now)
    authorise(actor, Action.ASSIST_IDEA, town_id=here.town.id, status=here.status)
    found = passes.draft_of(cycle_id, draft_code)
    slip = content.clean_line(slip)[:SLIP_LIMIT]
    if not slip:
        raise Invalid("slip_needed", field="slip")
    idea, here = _locked(cycle_id, found.id, now)
    waiting = [author for author in idea.authors if guardians.is_waited_for(author)]
    if not waiting:
        raise Invalid("nobody_waits", field="code")
    for author in waiting:
        guardians.give(author, "signed_slip", now, slip=slip, operator_id=actor.account_id)
    _record(True, "signed_slip", idea, here, actor, now)
    return _settled(idea, here, True, now)


def _record(agrees: bool, how: str, idea: Idea, here: Here, actor: Actor | None, now: datetime) -> None:
    number = records.number_of(here, idea) if idea.number is not None else ""
    act = events.GuardianAnswered(number, "yes" if agrees else "no", how)
    record(act, subject_id=idea.id, by=actor, at=now, town_id=here.town.id, cycle_id=idea.cycle_id)


def _settled(idea: Idea, here: Here, agrees: bool, now: datetime) -> Idea:
    """What a yes leads to: a waiting draft is handed in, an author is shown."""
    idea.version += 1
    idea.updated_at = now
    if not agrees:
        return idea
    idea.author_label = records.label_of(idea.authors)
    if idea.waiting_since is None or any(guardians.is_waited_for(author) for author in idea.authors):
        return idea
    if not RULES[Action.HAND_IN_IDEA].fits(here.status):
        phase = here.status.phase if here.status else None
        raise Closed("wrong_phase", action=Action.HAND_IN_IDEA, phase=phase)
    return commands.handed_in(idea, here, consent=True, actor=_first_author(idea), now=now)


def _first_author(idea: Idea) -> Actor:
    """In whose name it is handed in: the author had said so before."""
    return Actor(account_id=min(idea.author_ids)) if idea.author_ids else Actor()


@command
def ask_guardian_again(*, idea_id: int, actor: Actor, now: datetime) -> int:
    """Send the text message once more to the guardians who have not answered; gives how many.

    Raises Invalid("guardian_just_asked") within half an hour of the last one.
    """
    idea, here = records.open_idea(idea_id, Action.SEE_OWN, actor, now)
    if not RULES[Action.HAND_IN_IDEA].fits(here.status):
        phase = here.status.phase if here.status else None
        raise Closed("wrong_phase", action=Action.HAND_IN_IDEA, phase=phase)
    waiting = [author for author in idea.authors if guardians.is_waited_for(author)]
    if idea.asked_at is not None and now - idea.asked_at < ASK_AGAIN_AFTER:
        raise Invalid("guardian_just_asked")
    for author in waiting:
        guardians.ask(author, idea, here, now)
    idea.asked_at = now
    db.session.flush()
    return len(waiting)
