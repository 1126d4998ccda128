"""The guardians of young authors: whether one has agreed, the code that proves it, and asking them."""

from __future__ import annotations

import hmac
import re
from datetime import datetime

from sqlalchemy import select

from pb.accounts.personal import keyed_hash, unseal
from pb.audit.log import record
from pb.core.georgian import search_fold
from pb.cycles.queries import Here
from pb.db import db
from pb.ideas import content, events
from pb.ideas.codes import signs_of
from pb.ideas.models import Idea, IdeaAuthor
from pb.ideas.models_authors import GuardianConsent
from pb.ideas.telling import text_to
from pb.policy import Actor


def consent_of(author: IdeaAuthor) -> GuardianConsent | None:
    """What the guardian of an author said or was asked; None for who needs none, and for another guardian's."""
    if author.id is None or not content.needs_guardian(author.age_band):
        return None
    row = db.session.get(GuardianConsent, author.id)
    return row if row is not None and row.person_hash == _person_hash(author) else None


def is_waited_for(author: IdeaAuthor) -> bool:
    """Whether an author is too young to stand alone and no guardian has agreed yet."""
    if not content.needs_guardian(author.age_band) or author.joined_from_id is not None:
        return False  # who came with a joined idea had been allowed there
    consent = consent_of(author)
    return consent is None or consent.answer != "agreed"


def _person_hash(author: IdeaAuthor) -> str:
    """The guardian whom the author named: with another name or number it is another consent."""
    named = f"{search_fold(unseal(author.guardian_sealed))} {unseal(author.guardian_phone_sealed)}"
    return keyed_hash("guardian_person", named)


def ask(author: IdeaAuthor, idea: Idea, here: Here, now: datetime) -> GuardianConsent:
    """Note, within a command, that the guardian is asked; a text message goes out where there is a number.

    Asked again for the same guardian, the code stays the same.
    """
    row = db.session.get(GuardianConsent, author.id)
    if row is None:
        row = GuardianConsent(author_id=author.id, person_hash=_person_hash(author), asked_at=now, slip="")
        db.session.add(row)
    elif row.person_hash != _person_hash(author) or row.answer == "refused":
        row.person_hash, row.asked_at = _person_hash(author), now
        row.answer = row.answered_at = row.how = row.operator_id = None
        row.slip = ""
    db.session.flush()
    phone = unseal(author.guardian_phone_sealed)
    if phone and row.answer is None:
        page = f"ideas/guardian/{code_of(row)}"
        text_to(phone, "guardian_asked", idea.language, here=here, page=page, now=now)
    return row


def wait(idea: Idea, here: Here, actor: Actor, now: datetime) -> None:
    """Within a command: the draft waits for its authors' guardians, who are asked. Writes GuardianAsked."""
    waiting = [author for author in idea.authors if is_waited_for(author)]
    for author in waiting:
        ask(author, idea, here, now)
    idea.waiting_since = idea.asked_at = idea.updated_at = now
    idea.version += 1
    record(
        events.GuardianAsked("", len(waiting)), subject_id=idea.id, by=actor, at=now, town_id=here.town.id,
        cycle_id=idea.cycle_id,
    )  # fmt: skip


def give(
    author: IdeaAuthor, how: str, now: datetime, *, slip: str = "", operator_id: int | None = None
) -> None:
    """Note, within a command, that the guardian agrees."""
    row = db.session.get(GuardianConsent, author.id)
    if row is None:
        row = GuardianConsent(author_id=author.id, asked_at=now, person_hash="", slip="")
        db.session.add(row)
    row.person_hash, row.answer, row.answered_at = _person_hash(author), "agreed", now
    row.how, row.slip, row.operator_id = how, slip, operator_id
    db.session.flush()


def code_of(row: GuardianConsent) -> str:
    """„g12-k7pm-4xq9-2hdw“: derived from the person asked and the moment, so that a new guardian has a new one."""
    return signs_of("guardian", f"g{row.author_id}", f"{row.person_hash} {row.asked_at.isoformat()}")


def consent_by_code(cycle_id: int, typed: str) -> tuple[GuardianConsent, IdeaAuthor, Idea] | None:
    """The question that a code answers, within a cycle; None whatever is wrong with it."""
    match = re.match("g([0-9]{1,9})-", typed.strip().lower())
    if match is None:
        return None
    found = db.session.execute(
        select(GuardianConsent, IdeaAuthor, Idea)
        .join(IdeaAuthor, IdeaAuthor.id == GuardianConsent.author_id)
        .join(Idea, Idea.id == IdeaAuthor.idea_id)
        .where(GuardianConsent.author_id == int(match[1]), Idea.cycle_id == cycle_id)
    ).one_or_none()
    if found is None or not hmac.compare_digest(code_of(found[0]), typed.strip().lower()):
        return None
    return (found[0], found[1], found[2]) if consent_of(found[1]) is not None else None
