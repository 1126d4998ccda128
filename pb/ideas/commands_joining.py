"""Joining ideas: proposed by authors or officers, done by all authors together.

Nobody's support is moved: people are counted once over all ideas of a group (pb.talking.queries_supports).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from pb.audit.log import record
from pb.core.errors import Closed, Invalid, Missing, Refused
from pb.core.workflow import IdeaState
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.ideas import content, events, guardians, records
from pb.ideas.commands_review import move
from pb.ideas.joined import group_of
from pb.ideas.models import Idea, IdeaAuthor
from pb.ideas.models_joining import Joining, JoiningAnswer, JoiningPart
from pb.ideas.telling import tell
from pb.policy import Action, Actor, Role, authorise

MOST_IDEAS = 6
REASON_LIMIT = 500
SLIP_LIMIT = 120
MERGEABLE = frozenset({"submitted", "in_check", "returned", "eligible"})


@command
def propose_joining(
    *, cycle_id: int, lead_id: int, idea_ids: Sequence[int], reason: str, actor: Actor, now: datetime
) -> Joining:
    """Propose that ``idea_ids`` go on under ``lead_id``. An author of one of them counts as having agreed.

    Authors are told and asked. Writes JoiningProposed (and, where one person wrote them all, IdeaMerged). Raises
    Refused, Closed, Invalid on ``others`` (required, too_many_ideas, unknown_idea, already_joining) and ``reason``.
    """
    here = here_by_id(cycle_id, now=now, lock=True)  # one proposal at a time: an idea is in one alone
    lead = _idea_here(cycle_id, lead_id)
    others = [_idea_here(cycle_id, idea_id) for idea_id in dict.fromkeys(idea_ids) if idea_id != lead_id]
    if not others:
        raise Invalid("required", field="others")
    if len(others) >= MOST_IDEAS:
        raise Invalid("too_many_ideas", field="others", most=MOST_IDEAS)
    mine = [idea for idea in (lead, *others) if actor.account_id in idea.author_ids]
    authorise(
        actor, Action.JOIN_IDEAS, town_id=here.town.id, status=here.status, thing=mine[0] if mine else lead
    )
    reason = content.clean_text(reason)
    if not reason:
        raise Invalid("required", field="reason")
    if len(reason) > REASON_LIMIT:
        raise Invalid("too_long", field="reason", limit=REASON_LIMIT)
    for idea in (lead, *others):
        if idea.state not in MERGEABLE:
            raise Invalid("not_joinable", field="others", number=records.number_of(here, idea))
        if _is_taken(idea.id, as_lead=idea is lead):
            raise Invalid("already_joining", field="others", number=records.number_of(here, idea))
    joining = Joining(
        cycle_id=cycle_id, lead_id=lead.id, state="open", reason=reason, proposed_by=actor.account_id,
        by_officer=not mine, proposed_at=now,
    )  # fmt: skip
    joining.parts = [JoiningPart(idea_id=idea.id) for idea in others]
    db.session.add(joining)
    db.session.flush()
    numbers = [records.number_of(here, idea) for idea in others]
    proposed = events.JoiningProposed(records.number_of(here, lead), ", ".join(numbers))
    for idea in (lead, *others):
        record(proposed, subject_id=idea.id, by=actor, at=now, town_id=here.town.id, cycle_id=cycle_id)
    for author in _authors(joining):
        if author.account_id is not None and author.account_id == actor.account_id:
            _add_answer(joining, author, True, "page", now)
    asked = {a.account_id for a in _authors(joining) if a.account_id is not None} - {actor.account_id}
    page = f"ideas/joining/{joining.id}"
    tell(
        [a for a in asked if a is not None], "joining_proposed", here=here, number=lead.number or 0, page=page,
        now=now,
    )  # fmt: skip
    _join_if_all_agree(joining, here, actor, now)
    return joining


def _idea_here(cycle_id: int, idea_id: int) -> Idea:
    idea = records.locked_idea(idea_id)
    if idea.cycle_id != cycle_id or idea.number is None:
        raise Invalid("unknown_idea", field="others")
    return idea


def _is_taken(idea_id: int, *, as_lead: bool) -> bool:
    """Whether the idea stands in another proposal, or leads a group and so cannot become a part of one."""
    part = select(JoiningPart.id).where(JoiningPart.idea_id == idea_id, JoiningPart.left_at.is_(None))
    leads = select(Joining.id).where(Joining.lead_id == idea_id, Joining.state == "open")
    return (
        db.session.scalar(part.limit(1)) is not None
        or db.session.scalar(leads.limit(1)) is not None
        or (not as_lead and len(group_of(idea_id)) > 1)
    )


def locked_joining(joining_id: int, now: datetime) -> tuple[Joining, Here]:
    """The proposal under the cycle's lock. Raises Missing."""
    cycle_id = db.session.scalar(select(Joining.cycle_id).where(Joining.id == joining_id))
    if cycle_id is None:
        raise Missing("no_such_page")
    here = here_by_id(cycle_id, now=now, lock=True)
    joining = db.session.get_one(Joining, joining_id, populate_existing=True)
    return joining, here


def _ideas(joining: Joining) -> list[Idea]:
    return [records.locked_idea(joining.lead_id)] + [
        records.locked_idea(part.idea_id)
        for part in joining.parts
        if part.left_at is None or joining.state == "ended"
    ]


def _authors(joining: Joining) -> list[IdeaAuthor]:
    """Everybody who must agree: the authors of all the ideas, those of ideas joined before among them."""
    return [author for idea in _ideas(joining) for author in idea.authors]


def _add_answer(
    joining: Joining, author: IdeaAuthor, agrees: bool, how: str, now: datetime, *, slip: str = "",
    operator_id: int | None = None,
) -> None:  # fmt: skip
    if author.id in {answer.author_id for answer in joining.answers}:
        return
    joining.answers.append(
        JoiningAnswer(author_id=author.id, agrees=agrees, how=how, slip=slip, operator_id=operator_id, at=now)
    )
    db.session.flush()


@command
def answer_joining(*, joining_id: int, agrees: bool, actor: Actor, now: datetime) -> Joining:
    """An author's own word on the page. One no ends the proposal; the last yes joins the ideas. Twice is one act.

    Writes JoiningAnswered, and IdeaMerged for each idea or JoiningEnded. Raises Refused, Closed, Missing.
    """
    joining, here = locked_joining(joining_id, now)
    own = [author for author in _authors(joining) if author.account_id == actor.account_id]
    if actor.account_id is None or not own:
        raise Refused("sign_in_first" if actor.account_id is None else "not_allowed")
    authorise(actor, Action.ANSWER_JOINING, town_id=here.town.id, status=here.status, thing=own[0].idea)
    for author in own:
        _say(joining, author, agrees, "page", here, actor, now)
    return joining


@command
def answer_joining_for(
    *, joining_id: int, author_id: int, account_id: int | None, slip: str, actor: Actor, now: datetime
) -> Joining:
    """An operator takes down the yes of an author: ``account_id`` is the account whose phone the code proved, or the
    author signed (``slip``: where the paper is kept).

    Writes JoiningAnswered. Raises Refused("other_number"), Invalid on ``slip`` (slip_needed), Closed, Missing.
    """
    joining, here = locked_joining(joining_id, now)
    authorise(actor, Action.ASSIST_JOINING, town_id=here.town.id, status=here.status)
    author = next((row for row in _authors(joining) if row.id == author_id), None)
    if author is None:
        raise Missing("no_such_page")
    if actor.account_id == author.account_id:
        raise Refused("not_allowed")
    slip = content.clean_line(slip)[:SLIP_LIMIT]
    if account_id is not None and author.account_id != account_id:
        raise Refused("other_number")
    if account_id is None and not slip:
        raise Invalid("slip_needed", field="slip")
    how = "text_code" if account_id is not None else "signed_slip"
    _say(joining, author, True, how, here, actor, now, slip=slip, operator_id=actor.account_id)
    return joining


def _say(
    joining: Joining, author: IdeaAuthor, agrees: bool, how: str, here: Here, actor: Actor, now: datetime, *,
    slip: str = "", operator_id: int | None = None,
) -> None:  # fmt: skip
    if joining.state != "open" or author.id in {answer.author_id for answer in joining.answers}:
        return
    _add_answer(joining, author, agrees, how, now, slip=slip, operator_id=operator_id)
    lead = records.locked_idea(joining.lead_id)
    said = events.JoiningAnswered(records.number_of(here, lead), "yes" if agrees else "no", how)
    record(said, subject_id=lead.id, by=actor, at=now, town_id=here.town.id, cycle_id=joining.cycle_id)
    if agrees:
        _join_if_all_agree(joining, here, actor, now)
    else:
        _end(joining, here, actor, now)


def _end(joining: Joining, here: Here, actor: Actor | None, now: datetime) -> None:
    joining.state, joining.closed_at = "ended", now
    lead = records.locked_idea(joining.lead_id)
    ended = events.JoiningEnded(records.number_of(here, lead))
    for idea in _ideas(joining):
        record(ended, subject_id=idea.id, by=actor, at=now, town_id=here.town.id, cycle_id=joining.cycle_id)
    for part in joining.parts:
        part.left_at = part.left_at or now
    db.session.flush()


@command
def call_off_joining(*, joining_id: int, actor: Actor, now: datetime) -> None:
    """Whoever proposed it thinks better of it, before all have agreed. Writes JoiningEnded."""
    joining, here = locked_joining(joining_id, now)
    proposer = joining.proposed_by == actor.account_id
    if not proposer and not (joining.by_officer and actor.has(here.town.id, Role.OFFICER)):
        raise Refused("sign_in_first" if actor.account_id is None else "not_allowed")
    if joining.state == "joined":
        raise Closed("not_from_this_state", state=IdeaState.MERGED_INTO.value, act="call_off")
    if joining.state == "open":
        _end(joining, here, actor, now)


def _join_if_all_agree(joining: Joining, here: Here, actor: Actor, now: datetime) -> None:
    agreed = {answer.author_id for answer in joining.answers if answer.agrees}
    if {author.id for author in _authors(joining)} - agreed:
        return
    lead, *others = _ideas(joining)
    if lead.state not in MERGEABLE:
        raise Closed("not_from_this_state", state=lead.state, act="merge")
    for idea, part in zip(others, [p for p in joining.parts if p.left_at is None], strict=True):
        part.admitted = idea.state == IdeaState.ELIGIBLE
        move(idea_id=idea.id, act="merge", actor=actor, now=now, other_id=lead.id)
        _bring_authors(idea, lead)
    joining.state, joining.closed_at = "joined", now
    lead.author_label = records.label_of(lead.authors)
    lead.version += 1
    lead.updated_at = now
    db.session.flush()


def _bring_authors(idea: Idea, lead: Idea) -> None:
    """The authors of an idea become authors of the joint one, too; they stay those of their own."""
    known = lead.author_ids
    for author in idea.authors:
        if guardians.is_waited_for(author) or (author.account_id is not None and author.account_id in known):
            continue
        copy = IdeaAuthor(
            **{name: getattr(author, name) for name in _COPIED}, idea_id=lead.id, joined_from_id=idea.id
        )
        lead.authors.append(copy)
    db.session.flush()


_COPIED = (
    "account_id", "person_hash", "kind", "name_sealed", "surname_sealed", "unit_id", "village_sealed", "age_band",
    "guardian_sealed", "guardian_phone_sealed", "organisation", "consent_at",
)  # fmt: skip
