"""What an operator does for somebody who cannot hand in alone: write down, read back, hand in with that consent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pb.audit.log import record
from pb.core.errors import Closed, Invalid, Missing
from pb.core.workflow import IdeaState
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.ideas import content, events, guardians, queries_help, records
from pb.ideas.commands import handed_in
from pb.ideas.content import Person
from pb.ideas.models import Idea, IdeaAuthor
from pb.ideas.models_attached import IdeaHelp
from pb.places.queries import centre_of
from pb.policy import Action, Actor, AtCentre, authorise

SLIP_LIMIT = 120
CHANNELS = ("centre", "hotline", "paper")


@command
def write_down(
    *,
    cycle_id: int,
    person: Person,
    fields: Mapping[str, Any],
    channel: str,
    centre_id: int | None,
    actor: Actor,
    now: datetime,
    idea_id: int | None = None,
    language: str = "ka",
) -> Idea:
    """A draft in somebody's words, new or (``idea_id``) corrected. Its person has no account until the consent.

    The same form sent twice leaves one draft. Raises Problems for all that is wrong with person and fields,
    Closed("channel_not_open"), Invalid on ``channel`` and ``centre_id``.
    """
    here = here_by_id(cycle_id, now=now, lock=True)
    authorise(actor, Action.ASSIST_IDEA, town_id=here.town.id, status=here.status)
    if channel not in CHANNELS:
        raise Invalid("required", field="channel")
    if channel not in here.rules.channels:
        raise Closed("channel_not_open", channel=channel)
    if centre_id is not None:
        if centre_of(here.town.id, centre_id) is None:
            raise Invalid("no_such_centre", field="centre_id")
        at = AtCentre(centre_id)
        authorise(actor, Action.ASSIST_IDEA, town_id=here.town.id, status=here.status, thing=at)
    known = records.checked_person(person, here)
    idea = _draft(here, idea_id, actor, now) if idea_id is not None else None
    if idea is None:
        idea = Idea(cycle_id=cycle_id, state=IdeaState.DRAFT.value, notes={}, created_at=now, version=0,
                    title="", problem="", solution="", beneficiaries="", groups="", village="", place="",
                    category="")  # fmt: skip
        idea.authors.append(IdeaAuthor())
        idea.help = IdeaHelp(operator_id=actor.account_id, begun_at=now)
    records.store_person(idea.authors[0], known)
    idea.author_label, idea.channel, idea.updated_at = known.label, channel, now
    assert idea.help is not None
    idea.help.centre_id = centre_id
    with db.session.no_autoflush:
        records.change(
            idea, {**records.values_of(idea), **fields}, here=here, version=None, required=content.REQUIRED,
            spoken=language, now=now,
        )  # fmt: skip
        same = queries_help.same_draft(idea) if idea_id is None else None
    if same is not None:
        return same
    db.session.add(idea)
    db.session.flush()
    return idea


@command
def hand_in_for(*, idea_id: int, account_id: int | None, slip: str, actor: Actor, now: datetime) -> Idea:
    """Hand in what was read back. Consent: the code that came to the person's phone (``account_id``: the account
    that it proved), or a signed paper (``slip``: where it is kept). Sent again, it gives the same idea.

    Writes HelpGiven beside IdeaHandedIn. Raises Problems, Invalid("slip_needed"), Closed("idea_limit").
    """
    cycle_id = records.locked_idea(idea_id).cycle_id
    here = here_by_id(cycle_id, now=now, lock=True)
    idea = records.locked_idea(idea_id)
    if idea.number is not None and idea.help is not None and idea.help.operator_id == actor.account_id:
        return idea
    idea = _draft(here, idea_id, actor, now)
    assert idea.help is not None
    slip = content.clean_line(slip)[:SLIP_LIMIT]
    if account_id is None and not slip:
        raise Invalid("slip_needed", field="slip")
    if account_id == actor.account_id:
        raise Invalid("own_phone", field="phone")
    idea.authors[0].account_id = account_id
    idea.help.consent = "text_code" if account_id is not None else "signed_slip"
    idea.help.slip = slip
    db.session.flush()
    if slip and guardians.is_waited_for(idea.authors[0]):  # the paper has a line for the guardian
        guardians.give(idea.authors[0], "signed_slip", now, slip=slip, operator_id=actor.account_id)
    done = handed_in(idea, here, consent=True, actor=actor, now=now)
    if done.number is None:
        return done
    act = events.HelpGiven(records.number_of(here, done), done.channel, idea.help.consent)
    record(act, subject_id=idea.id, by=actor, at=now, town_id=here.town.id, cycle_id=cycle_id)
    return done


@command
def drop_written(*, idea_id: int, actor: Actor, now: datetime) -> None:
    """The person thought better of it: nothing stays of what was written down."""
    idea = records.locked_idea(idea_id)
    here = here_by_id(idea.cycle_id, now=now)
    db.session.delete(_draft(here, idea_id, actor, now))


def _draft(here: Here, idea_id: int, actor: Actor, now: datetime) -> Idea:
    """The operator's own draft. Raises Missing for anybody else's, Closed("wrong_state") once it was handed in."""
    idea = records.locked_idea(idea_id)
    authorise(actor, Action.ASSIST_IDEA, town_id=here.town.id, status=here.status)
    if idea.cycle_id != here.the_cycle.id or idea.help is None or idea.help.operator_id != actor.account_id:
        raise Missing("no_such_page")
    if idea.state != IdeaState.DRAFT:
        raise Closed("wrong_state", action=Action.ASSIST_IDEA, state=idea.state)
    return idea
