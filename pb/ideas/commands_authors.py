"""Co-authors: invite a mobile number, say yes or no, call back, leave. One transaction each."""

from __future__ import annotations

import hmac
import re
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from pb.accounts.models import Account
from pb.accounts.personal import keyed_hash, seal, unseal
from pb.accounts.queries import phone_of
from pb.audit.log import record
from pb.core.errors import Closed, Invalid, Missing, Refused
from pb.core.georgian import normal_mobile
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.ideas import events, guardians, records
from pb.ideas.codes import signs_of
from pb.ideas.content import Person
from pb.ideas.models import Idea, IdeaAuthor
from pb.ideas.models_authors import AuthorInvitation
from pb.ideas.telling import text_to
from pb.policy import Action, Actor, authorise

GOOD_FOR = timedelta(days=14)
MOST_AUTHORS = 10  # invited ones included
INVITATIONS_A_DAY = 10  # each costs the town a text message


def code_of(row: AuthorInvitation) -> str:
    """„a12-k7pm-4xq9-2hdw“, which the text message brings."""
    return signs_of("coauthor", f"a{row.id}", f"{row.phone_hash} {row.invited_at.isoformat()}")


def invitation_by_code(cycle_id: int, typed: str, now: datetime) -> tuple[AuthorInvitation, Idea] | None:
    """The open invitation that a code names, within a cycle; None whatever is wrong with it."""
    match = re.match("a([0-9]{1,9})-", typed.strip().lower())
    if match is None:
        return None
    found = db.session.execute(
        select(AuthorInvitation, Idea)
        .join(Idea, Idea.id == AuthorInvitation.idea_id)
        .where(
            AuthorInvitation.id == int(match[1]),
            Idea.cycle_id == cycle_id,
            AuthorInvitation.answer.is_(None),
            AuthorInvitation.invited_at <= now,
            AuthorInvitation.expires_at > now,
        )
    ).one_or_none()
    if found is None or not hmac.compare_digest(code_of(found[0]), typed.strip().lower()):
        return None
    return found[0], found[1]


def open_invitations(idea_id: int, now: datetime) -> list[AuthorInvitation]:
    """Who was asked and has not answered, in the order of asking."""
    query = select(AuthorInvitation).where(
        AuthorInvitation.idea_id == idea_id,
        AuthorInvitation.answer.is_(None),
        AuthorInvitation.expires_at > now,
    )
    return list(db.session.scalars(query.order_by(AuthorInvitation.id)))


@command
def invite_author(*, idea_id: int, phone: str, actor: Actor, now: datetime) -> AuthorInvitation:
    """Ask a mobile number to join as co-author; a text message brings the link. Asked twice, it is one invitation.

    Writes CoAuthorInvited. Raises Invalid on ``phone``: bad_mobile, own_number, author_already, too_many_authors,
    too_many_invitations; Refused, Closed.
    """
    idea, here = records.open_idea(idea_id, Action.MANAGE_AUTHORS, actor, now)
    assert actor.account_id is not None
    try:
        number = normal_mobile(phone)
    except Invalid as error:
        raise Invalid(error.code, field="phone") from None
    if number == phone_of(actor.account_id):
        raise Invalid("own_number", field="phone")
    owner = keyed_hash("phone", number)
    taken = select(IdeaAuthor.id).join(Account, Account.id == IdeaAuthor.account_id)
    if db.session.scalar(taken.where(IdeaAuthor.idea_id == idea.id, Account.phone_hash == owner)):
        raise Invalid("author_already", field="phone")
    asked = open_invitations(idea.id, now)
    same = next((row for row in asked if row.phone_hash == owner), None)
    if same is not None:
        return same
    if len(idea.authors) + len(asked) >= MOST_AUTHORS:
        raise Invalid("too_many_authors", field="phone", most=MOST_AUTHORS)
    if _sent_since(idea.id, actor.account_id, now - timedelta(days=1), now) >= INVITATIONS_A_DAY:
        raise Invalid("too_many_invitations", field="phone", most=INVITATIONS_A_DAY)
    _close_expired(idea.id, owner, now)
    row = AuthorInvitation(
        idea_id=idea.id, phone_hash=owner, phone_sealed=seal(number), invited_by=actor.account_id,
        invited_at=now, expires_at=now + GOOD_FOR,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    text_to(
        number, "coauthor_asked", idea.language, here=here, page=f"ideas/coauthor/{code_of(row)}", now=now
    )
    _record(events.CoAuthorInvited(_number(here, idea)), idea, here, actor, now)
    return row


def _sent_since(idea_id: int, account_id: int, since: datetime, now: datetime) -> int:
    query = select(func.count()).where(
        (AuthorInvitation.idea_id == idea_id) | (AuthorInvitation.invited_by == account_id),
        AuthorInvitation.invited_at > since,
        AuthorInvitation.invited_at <= now,
    )
    return db.session.execute(query).scalar_one()


def _close_expired(idea_id: int, owner: str, now: datetime) -> None:
    """An invitation that ran out makes way for a new one to the same number."""
    rows = db.session.scalars(
        select(AuthorInvitation).where(
            AuthorInvitation.idea_id == idea_id,
            AuthorInvitation.phone_hash == owner,
            AuthorInvitation.answer.is_(None),
        )
    )
    for row in rows:
        _answer(row, "called_back", now)
    db.session.flush()


def _answer(row: AuthorInvitation, answer: str, now: datetime) -> None:
    row.answer, row.answered_at, row.phone_sealed = answer, now, None


def _number(here: Here, idea: Idea) -> str:
    return records.number_of(here, idea) if idea.number is not None else ""


def _record(act: events.AuthorsAct, idea: Idea, here: Here, actor: Actor | None, now: datetime) -> None:
    record(act, subject_id=idea.id, by=actor, at=now, town_id=here.town.id, cycle_id=idea.cycle_id)


def _invitation(cycle_id: int, code: str, now: datetime) -> tuple[AuthorInvitation, Idea, Here]:
    """The invitation and its idea, locked and read again. Raises Missing."""
    here = here_by_id(cycle_id, now=now, lock=True)  # limits are given one at a time
    found = invitation_by_code(cycle_id, code, now)
    if found is None:
        raise Missing("no_such_page")
    idea = records.locked_idea(found[1].id)
    db.session.refresh(found[0])
    if found[0].answer is not None:
        raise Missing("no_such_page")
    return found[0], idea, here


def is_for(row: AuthorInvitation, actor: Actor) -> bool:
    """Whether the invitation was sent to the number with which the actor signed in."""
    account = db.session.get(Account, actor.account_id) if actor.account_id is not None else None
    return account is not None and account.phone_hash == row.phone_hash


@command
def confirm_authorship(
    *, cycle_id: int, code: str, person: Person, consent: bool, actor: Actor, now: datetime
) -> Idea:
    """Become an author, with the number that was invited. From now on the person is shown, and the idea counts among
    the person's own (a co-author's ideas are limited as an author's are).

    For somebody below the age the guardian is asked first. Writes CoAuthorConfirmed. Raises Problems for the person,
    Invalid("consent_needed"), Closed("idea_limit"), Refused("other_number"), Missing.
    """
    row, idea, here = _invitation(cycle_id, code, now)
    authorise(actor, Action.CONFIRM_AUTHORSHIP, town_id=here.town.id, status=here.status, thing=idea)
    if not is_for(row, actor):
        raise Refused("other_number")
    known = records.checked_person(person, here)
    if not consent:
        raise Invalid("consent_needed", field="consent")
    if idea.number is not None:
        records.require_room(here.rules, cycle_id, actor.account_id)
    author = IdeaAuthor(account_id=actor.account_id, consent_at=now)
    records.store_person(author, known)
    idea.authors.append(author)
    _answer(row, "confirmed", now)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Missing("no_such_page") from error
    if guardians.is_waited_for(author):
        guardians.ask(author, idea, here, now)
    refresh_label(idea, now)
    _record(events.CoAuthorConfirmed(_number(here, idea)), idea, here, actor, now)
    return idea


@command
def decline_authorship(*, cycle_id: int, code: str, now: datetime) -> None:
    """Say no: whoever holds the code may, without signing in. Writes CoAuthorDeclined. Raises Missing."""
    row, idea, here = _invitation(cycle_id, code, now)
    _answer(row, "declined", now)
    _record(events.CoAuthorDeclined(_number(here, idea)), idea, here, None, now)


@command
def call_back(*, idea_id: int, invitation_id: int, actor: Actor, now: datetime) -> None:
    """Take an invitation back; its link is good no more. Writes CoAuthorCalledBack. Raises Missing."""
    idea, here = records.open_idea(idea_id, Action.MANAGE_AUTHORS, actor, now)
    row = next((one for one in open_invitations(idea.id, now) if one.id == invitation_id), None)
    if row is None:
        raise Missing("no_such_page")
    _answer(row, "called_back", now)
    _record(events.CoAuthorCalledBack(_number(here, idea)), idea, here, actor, now)


@command
def leave_idea(*, idea_id: int, actor: Actor, now: datetime) -> None:
    """Be an author no more; what was stored of the person with it goes. The last author withdraws it instead.

    Who came with an idea that was joined splits that idea off instead. Writes CoAuthorLeft. Raises
    Closed("last_author", "split_instead").
    """
    idea, here = records.open_idea(idea_id, Action.MANAGE_AUTHORS, actor, now)
    own = next(row for row in idea.authors if row.account_id == actor.account_id)
    if own.joined_from_id is not None:
        raise Closed("split_instead")
    if not [row for row in idea.authors if row is not own and row.joined_from_id is None]:
        raise Closed("last_author")
    idea.authors.remove(own)
    db.session.flush()
    refresh_label(idea, now)
    _record(events.CoAuthorLeft(_number(here, idea)), idea, here, actor, now)


def refresh_label(idea: Idea, now: datetime) -> None:
    """Who is shown as author, after somebody came or went."""
    idea.author_label = records.label_of(idea.authors)
    idea.version += 1
    idea.updated_at = now


def masked(row: AuthorInvitation) -> str:
    """„5•• ••• •12“: enough for whoever invited to know it by."""
    number = unseal(row.phone_sealed)
    return f"5•• ••• •{number[-2:]}" if number else ""
