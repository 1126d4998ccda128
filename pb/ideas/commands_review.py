"""What officials do with ideas: the moves between states that are not the author's. One transaction each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from pb.audit.log import record
from pb.core.errors import Closed, Invalid
from pb.core.workdays import TBILISI
from pb.core.workflow import MAX_IDEA_RETURNS, IdeaState, move_idea
from pb.cycles.queries import Here, here_by_id
from pb.db import command
from pb.ideas import content, events, records, terms
from pb.ideas.models import Idea
from pb.ideas.telling import day_words, tell_authors
from pb.ideas.terms import last_day
from pb.ideas.then import refuse_before_later_acts
from pb.policy import Action, Actor

_PLAIN: Mapping[str, Callable[[str], events.IdeaAct]] = {
    "take_up": events.IdeaTakenUp,
    "lapse": events.IdeaLapsed,
    "admit": events.IdeaAdmitted,
    "refuse": events.IdeaRefused,
    "admit_on_objection": events.IdeaAdmittedOnObjection,
    "confirm_refusal": events.IdeaRefusalConfirmed,
    "let_refusal_stand": events.IdeaRefusalFinal,
    "reopen_on_objection": events.IdeaReopened,
    "invite": events.IdeaInvited,
}
_TO_ANOTHER: Mapping[str, Callable[[str, str], events.IdeaAct]] = {
    "merge": events.IdeaMerged,
    "mark_duplicate": events.IdeaFoundDuplicate,
}
# What authors hear of by text message; an invitation is told by the project that it makes.
_TOLD: Mapping[str, str] = {
    "return": "idea_returned",
    "lapse": "idea_lapsed",
    "admit": "idea_admitted",
    "admit_on_objection": "idea_admitted",
    "refuse": "idea_refused",
    "mark_duplicate": "idea_refused",
}
_REFUSALS = frozenset({"refuse", "mark_duplicate"})


@command
def move(
    *,
    idea_id: int,
    act: str,
    actor: Actor | None,
    now: datetime,
    public_reason: str = "",
    notes: Mapping[str, str] | None = None,
    other_id: int | None = None,
) -> Idea:
    """Do ``act`` (a key of core.workflow.IDEA_TRANSITIONS, the author's own acts excepted) and record it.

    The caller has authorised it. ``notes``: what to correct, by field ("" for the whole), needed to
    return; ``public_reason``: needed to refuse or to call a duplicate; ``other_id``: the idea merged into or
    repeated.
    Raises Closed("not_from_this_state" | "returned_too_often"), Invalid("required").
    """
    idea = records.locked_idea(idea_id)
    refuse_before_later_acts(idea, now)
    here = here_by_id(idea.cycle_id, now=now)
    number = records.number_of(here, idea)
    target = move_idea(idea.state, act)
    reason = content.clean_text(public_reason)
    if act in _REFUSALS and not reason:
        raise Invalid("required", field="public_reason")
    done: events.IdeaAct
    if act == "return":
        done = _return(idea, number, notes or {})
    elif act in _TO_ANOTHER:
        done = _TO_ANOTHER[act](number, _point_to(idea, other_id, now))
    else:
        done = _PLAIN[act](number)
    if reason:
        idea.public_reason = reason
    elif act in ("admit", "admit_on_objection", "reopen_on_objection"):
        idea.public_reason, idea.same_as_id = "", None
    idea.state = target.value
    idea.version += 1
    idea.updated_at = now
    record(done, subject_id=idea.id, by=actor, at=now, town_id=here.town.id, cycle_id=idea.cycle_id)
    if act in _TOLD:
        until = {"day": day_words(last_day(now, here.calendar))} if act == "return" else {}
        tell_authors(idea, _TOLD[act], here=here, now=now, **until)
    return idea


@command
def lapse_returned(*, cycle_id: int, now: datetime) -> int:
    """Let the returned ideas lapse whose authors did not answer in time; gives their number. Nothing to do: 0.

    Not while the contest is paused or halted; after a pause the term runs anew. Writes IdeaLapsed.
    """
    here = here_by_id(cycle_id, now=now, lock=True)
    if here.status is None or here.status.paused or here.status.halted:
        return 0
    lapsed = 0
    for idea in _past_their_term(here, now):
        if records.locked_idea(idea.id).state == IdeaState.RETURNED:  # the author may have been quicker
            move(idea_id=idea.id, act="lapse", actor=None, now=now)
            lapsed += 1
    return lapsed


def _past_their_term(here: Here, now: datetime) -> list[Idea]:
    ideas = terms.returned_ideas(here.the_cycle.id)
    last_days, today = terms.answer_by(here, ideas, now), now.astimezone(TBILISI).date()
    return [idea for idea in ideas if idea.id in last_days and last_days[idea.id] < today]


def lapse_due(*, now: datetime) -> int:
    """The same for every cycle; for the worker. Writes nothing when no term is over."""
    heres = [here_by_id(cycle_id, now=now) for cycle_id in terms.returned_cycles()]
    due = [here.the_cycle.id for here in heres if _past_their_term(here, now)]
    return sum(lapse_returned(cycle_id=cycle_id, now=now) for cycle_id in due)


def _return(idea: Idea, number: str, notes: Mapping[str, str]) -> events.IdeaAct:
    if idea.times_returned >= MAX_IDEA_RETURNS:
        raise Closed("returned_too_often", limit=MAX_IDEA_RETURNS)
    kept = {field: content.clean_text(text) for field, text in notes.items() if content.clean_text(text)}
    if not kept:
        raise Invalid("notes_needed", field="notes")
    idea.notes = kept
    idea.times_returned += 1
    return events.IdeaReturned(number, idea.times_returned)


def _point_to(idea: Idea, other_id: int | None, now: datetime) -> str:
    if other_id is None or other_id == idea.id:
        raise Invalid("required", field="other_id")
    other = records.locked_idea(other_id)
    if other.cycle_id != idea.cycle_id or other.number is None:
        raise Invalid("unknown_idea", field="other_id")
    idea.same_as_id = other.id
    return records.number_of(here_by_id(other.cycle_id, now=now), other)


@command
def begin_check(*, idea_id: int, actor: Actor, now: datetime) -> Idea:
    """An officer takes the idea up; from now on its author cannot change it."""
    records.open_idea(idea_id, Action.CHECK_IDEA, actor, now)
    return move(idea_id=idea_id, act="take_up", actor=actor, now=now)


@command
def mark_eligible(*, idea_id: int, actor: Actor, now: datetime) -> Idea:
    """The idea passed every check."""
    records.open_idea(idea_id, Action.CHECK_IDEA, actor, now)
    return move(idea_id=idea_id, act="admit", actor=actor, now=now)


@command
def return_idea(*, idea_id: int, notes: Mapping[str, str], actor: Actor, now: datetime) -> Idea:
    """Back to its author with a note for each field to correct; at most twice."""
    records.open_idea(idea_id, Action.CHECK_IDEA, actor, now)
    return move(idea_id=idea_id, act="return", actor=actor, now=now, notes=notes)


@command
def mark_ineligible(*, idea_id: int, public_reason: str, actor: Actor, now: datetime) -> Idea:
    """The idea failed a check; the reason is public."""
    records.open_idea(idea_id, Action.CHECK_IDEA, actor, now)
    return move(idea_id=idea_id, act="refuse", actor=actor, now=now, public_reason=public_reason)


@command
def mark_duplicate(*, idea_id: int, other_id: int, public_reason: str, actor: Actor, now: datetime) -> Idea:
    """The idea says the same as another one."""
    records.open_idea(idea_id, Action.CHECK_IDEA, actor, now)
    act, reason = "mark_duplicate", public_reason
    return move(idea_id=idea_id, act=act, actor=actor, now=now, public_reason=reason, other_id=other_id)


@command
def mark_invited(*, idea_id: int, actor: Actor | None, now: datetime) -> Idea:
    """The author is invited to work the idea out as a project. The caller has authorised it."""
    return move(idea_id=idea_id, act="invite", actor=actor, now=now)
