"""What authors do with their ideas: draft, hand in, change, answer, take back. One transaction each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from pb.audit.log import record
from pb.core.errors import Closed, Invalid, Missing
from pb.core.workflow import IdeaState, move_idea
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.ideas import content, events, guardians, records
from pb.ideas.content import Person
from pb.ideas.joined import group_of
from pb.ideas.models import Idea, IdeaAuthor
from pb.ideas.telling import tell_authors
from pb.policy import Action, Actor, authorise


@command
def begin_draft(
    *,
    cycle_id: int,
    person: Person,
    actor: Actor,
    now: datetime,
    account_id: int | None = None,
    language: str = "ka",
    channel: str = "web",
) -> Idea:
    """A draft of ``person``, who may be somebody else than the actor when an operator writes.

    An empty draft of the same author is taken again, so that a form sent twice leaves one. Raises Problems,
    Closed("idea_limit").
    """
    here = here_by_id(cycle_id, now=now, lock=True)
    authorise(actor, Action.HAND_IN_IDEA, town_id=here.town.id, status=here.status)
    owner = records.author_account(actor, account_id, here.town.id)
    known = records.checked_person(person, here)
    records.require_room(here.rules, cycle_id, owner)
    if channel != "web" and channel not in here.rules.channels:
        raise Closed("channel_not_open", channel=channel)
    idea = _empty_draft(cycle_id, owner)
    if idea is None:
        idea = Idea(
            cycle_id=cycle_id, state=IdeaState.DRAFT.value, language=language, channel=channel, notes={},
            created_at=now, updated_at=now, version=1,
        )  # fmt: skip
        author = IdeaAuthor(account_id=owner)
        idea.authors.append(author)
    records.store_person(idea.authors[0], known)
    idea.author_label, idea.updated_at = known.label, now
    idea.unit_id, idea.village = known.unit_id, known.village  # most ideas concern the author's own place
    db.session.add(idea)
    db.session.flush()
    return idea


def _empty_draft(cycle_id: int, account_id: int) -> Idea | None:
    return db.session.scalar(
        select(Idea)
        .join(IdeaAuthor, IdeaAuthor.idea_id == Idea.id)
        .where(
            Idea.cycle_id == cycle_id,
            Idea.state == IdeaState.DRAFT.value,
            IdeaAuthor.account_id == account_id,
            Idea.title == "",
            Idea.problem == "",
            Idea.solution == "",
        )
        .order_by(Idea.id)
        .limit(1)
    )


@command
def save_draft(
    *,
    idea_id: int,
    changes: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    version: int | None = None,
    partial: bool = False,
    language: str = "ka",
) -> Idea:
    """Store fields of a draft (names in content.FIELDS). ``partial``: what is required may still be empty.

    Raises Problems; Invalid("changed_meanwhile") when the draft is no more at ``version``;
    Closed("wrong_state") once it was handed in.
    """
    idea, here = records.open_idea(idea_id, Action.EDIT_IDEA, actor, now)
    if idea.state != IdeaState.DRAFT:
        raise Closed("wrong_state", action=Action.EDIT_IDEA, state=idea.state)
    required = () if partial else content.REQUIRED
    records.change(idea, changes, here=here, version=version, required=required, spoken=language, now=now)
    return idea


@command
def edit_idea(
    *,
    idea_id: int,
    changes: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    version: int | None = None,
    language: str = "ka",
) -> Idea:
    """Change an idea that was handed in (or returned) and keep the new text as a revision.

    Possible until an officer takes it up or the phase closes. Raises as ``save_draft``.
    """
    idea, here = records.open_idea(idea_id, Action.SEE_OWN, actor, now)
    authorise(actor, changing(idea), town_id=here.town.id, status=here.status, thing=idea)
    if idea.state == IdeaState.DRAFT:
        raise Closed("wrong_state", action=Action.EDIT_IDEA, state=idea.state)
    required = content.REQUIRED
    if records.change(idea, changes, here=here, version=version, required=required, spoken=language, now=now):
        _changed(idea, here, actor, now)
    return idea


def changing(idea: Idea) -> Action:
    """The act that changing this idea is: an answer to the officer's notes, or an edit."""
    return Action.ANSWER_RETURN if idea.state == IdeaState.RETURNED else Action.EDIT_IDEA


def _changed(idea: Idea, here: Here, actor: Actor, now: datetime) -> None:
    revision = records.add_revision(idea, actor, now)
    _record(events.IdeaChanged(records.number_of(here, idea), revision), idea, here, actor, now)


def _record(act: events.IdeaAct, idea: Idea, here: Here, actor: Actor, now: datetime) -> None:
    record(act, subject_id=idea.id, by=actor, at=now, town_id=here.town.id, cycle_id=idea.cycle_id)


@command
def save_person(*, idea_id: int, person: Person, actor: Actor, now: datetime) -> Idea:
    """Correct who hands the idea in (the actor's own row); the public label follows. Raises Problems."""
    idea, here = records.open_idea(idea_id, Action.SEE_OWN, actor, now)
    authorise(actor, changing(idea), town_id=here.town.id, status=here.status, thing=idea)
    author = next(row for row in idea.authors if row.account_id == actor.account_id)
    known = records.checked_person(person, here)
    if known == records.person_of(author):
        return idea
    records.store_person(author, known)
    idea.waiting_since = None  # another guardian may be named now: handed in again, that one is asked
    idea.author_label = records.label_of(idea.authors)
    records.store_derived(idea, idea.language, now)
    return idea


@command
def submit_idea(*, idea_id: int, consent: bool, actor: Actor, now: datetime) -> Idea:
    """Hand the draft in: it gets its number and its first revision. Sent again, it gives the same idea.

    Raises Problems for what is missing, Invalid("consent_needed"), Closed("idea_limit").
    """
    cycle_id = db.session.scalar(select(Idea.cycle_id).where(Idea.id == idea_id))
    if cycle_id is None:
        raise Missing("no_such_page")
    here = here_by_id(cycle_id, now=now, lock=True)  # numbers and limits are given one at a time
    idea = records.locked_idea(idea_id)
    authorise(actor, Action.SEE_OWN, town_id=here.town.id, thing=idea)
    if idea.state != IdeaState.DRAFT and idea.number is not None:
        return idea
    authorise(actor, Action.EDIT_IDEA, town_id=here.town.id, status=here.status, thing=idea)
    return handed_in(idea, here, consent=consent, actor=actor, now=now)


def handed_in(idea: Idea, here: Here, *, consent: bool, actor: Actor, now: datetime) -> Idea:
    """Within a command: give the checked draft its number, its first revision and its message.

    While the guardian of a young author has not agreed it stays a draft that waits, without a number.
    """
    values = records.values_of(idea)
    content.raise_any(
        content.field_problems(values, here.rules, records.unit_ids(here.town.id), required=content.REQUIRED)
    )
    for author in idea.authors:
        records.checked_person(records.person_of(author), here)
        records.require_room(here.rules, idea.cycle_id, author.account_id, author.person_hash)
        if not consent:
            raise Invalid("consent_needed", field="consent")
        author.consent_at = author.consent_at or now
    if any(guardians.is_waited_for(author) for author in idea.authors):
        guardians.wait(idea, here, actor, now)
        return idea
    idea.waiting_since = None
    cycle = here.the_cycle
    cycle.last_idea_number += 1
    idea.number = cycle.last_idea_number
    idea.state = move_idea(idea.state, "submit").value
    idea.submitted_at = idea.updated_at = now
    idea.version += 1
    records.add_revision(idea, actor, now)
    _record(events.IdeaHandedIn(records.number_of(here, idea), idea.channel), idea, here, actor, now)
    tell_authors(idea, "idea_received", here=here, now=now)
    return idea


@command
def hand_in(
    *,
    cycle_id: int,
    person: Person,
    fields: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    account_id: int | None = None,
    channel: str = "web",
    language: str = "ka",
    consent: bool = True,
) -> Idea:
    """A whole idea at once, for operators and seeding. ``fields``: names of content.FIELDS, the required ones
    given. Raises Problems for all of it, Closed("idea_limit").
    """
    here = here_by_id(cycle_id, now=now, lock=True)
    authorise(actor, Action.HAND_IN_IDEA, town_id=here.town.id, status=here.status)
    owner = records.author_account(actor, account_id, here.town.id)
    if channel != "web" and channel not in here.rules.channels:
        raise Closed("channel_not_open", channel=channel)
    known = records.checked_person(person, here)
    idea = Idea(
        cycle_id=cycle_id, state=IdeaState.DRAFT.value, language=language, channel=channel, notes={},
        author_label=known.label, created_at=now, updated_at=now, version=0,
        title="", problem="", solution="", beneficiaries="",
        unit_id=known.unit_id, village="", place="", category="",
    )  # fmt: skip
    author = IdeaAuthor(account_id=owner)
    records.store_person(author, known)
    idea.authors.append(author)
    with db.session.no_autoflush:
        whole = {**records.values_of(idea), **fields}
        required = content.REQUIRED
        records.change(idea, whole, here=here, version=None, required=required, spoken=language, now=now)
    db.session.add(idea)
    db.session.flush()
    return handed_in(idea, here, consent=consent, actor=actor, now=now)


@command
def answer_return(*, idea_id: int, actor: Actor, now: datetime) -> Idea:
    """Send a returned idea back to the office as it now stands. Sent again, nothing changes."""
    idea, here = records.open_idea(idea_id, Action.SEE_OWN, actor, now)
    if idea.state == IdeaState.SUBMITTED and idea.times_returned:
        return idea
    authorise(actor, Action.ANSWER_RETURN, town_id=here.town.id, status=here.status, thing=idea)
    idea.state = move_idea(idea.state, "resubmit").value
    idea.notes = {}
    idea.version += 1
    idea.updated_at = now
    revision = records.add_revision(idea, actor, now)
    _record(events.IdeaAnswered(records.number_of(here, idea), revision), idea, here, actor, now)
    return idea


@command
def withdraw_idea(*, idea_id: int, actor: Actor, now: datetime) -> None:
    """Take an idea back: it is public no more. A draft is deleted with all that belongs to it.

    Who has co-authors leaves it to them instead: Closed("leave_instead"); a joint idea is split first.
    """
    idea, here = records.open_idea(idea_id, Action.WITHDRAW_IDEA, actor, now)
    if len(group_of(idea.id)) > 1:
        raise Closed("split_first")
    if len(idea.author_ids) > 1:
        raise Closed("leave_instead")
    if idea.state == IdeaState.DRAFT:
        db.session.delete(idea)
        return
    idea.state = move_idea(idea.state, "withdraw").value
    idea.version += 1
    idea.updated_at = now
    _record(events.IdeaWithdrawn(records.number_of(here, idea)), idea, here, actor, now)
