"""What the commands on ideas share: the row under lock, storing texts and people, keeping revisions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select

from pb.accounts.personal import keyed_hash, seal, unseal
from pb.core.errors import Closed, Invalid, Missing, Refused
from pb.core.georgian import search_fold
from pb.core.rulebook import Rulebook
from pb.core.workflow import IdeaState
from pb.cycles.queries import Here, here_by_id
from pb.db import db
from pb.ideas import content, guardians
from pb.ideas.content import Person
from pb.ideas.models import Idea, IdeaAuthor, IdeaRevision
from pb.ideas.then import refuse_before_later_acts
from pb.places.models import Unit
from pb.policy import Action, Actor, Role, authorise

# What does not count against an author's limit.
UNCOUNTED = (IdeaState.DRAFT, IdeaState.WITHDRAWN, IdeaState.DUPLICATE_OF)


def locked_idea(idea_id: int) -> Idea:
    """The idea, its row locked, as it stands now. Missing when there is none."""
    idea = db.session.execute(
        select(Idea).where(Idea.id == idea_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if idea is None:
        raise Missing("no_such_page")
    return idea


def open_idea(idea_id: int, action: Action, actor: Actor, now: datetime) -> tuple[Idea, Here]:
    """The locked idea and where it stands, once the actor is known to be allowed ``action`` on it."""
    idea = locked_idea(idea_id)
    here = here_by_id(idea.cycle_id, now=now)
    refuse_before_later_acts(idea, now)
    authorise(actor, action, town_id=here.town.id, status=here.status, thing=idea)
    return idea, here


def number_of(here: Here, idea: Idea) -> str:
    """The idea's public number."""
    return content.public_number(here.town.number_prefix, here.the_cycle.year, idea.number or 0)


def unit_ids(town_id: int) -> frozenset[int]:
    """The units of a town."""
    return frozenset(db.session.scalars(select(Unit.id).where(Unit.town_id == town_id)))


def values_of(idea: Idea) -> dict[str, Any]:
    """The fields of the content, by name."""
    return {name: getattr(idea, name) for name in content.FIELDS}


def change(
    idea: Idea,
    changes: Mapping[str, Any],
    *,
    here: Here,
    version: int | None,
    required: Collection[str],
    spoken: str,
    now: datetime,
) -> bool:
    """Store the changed fields; False when nothing differs (the same form sent twice).

    Raises Problems, or Invalid("changed_meanwhile") when the row is no more at ``version``.
    """
    values = content.clean_fields(changes)
    content.raise_any(content.field_problems(values, here.rules, unit_ids(here.town.id), required=required))
    if all(getattr(idea, name) == value for name, value in values.items()):
        return False
    if version is not None and version != idea.version:
        raise Invalid("changed_meanwhile")
    for name, value in values.items():
        setattr(idea, name, value)
    store_derived(idea, spoken, now)
    return True


def store_derived(idea: Idea, spoken: str, now: datetime) -> None:
    """What follows from the texts, and the next version."""
    values = values_of(idea)
    idea.search_text = content.search_text(values)
    idea.language = content.language_of(f"{idea.title} {idea.problem} {idea.solution}", spoken)
    idea.version = (idea.version or 0) + 1
    idea.updated_at = now


def add_revision(idea: Idea, actor: Actor, now: datetime) -> int:
    """Keep the text as it stands; gives the revision's number, from 1."""
    last = db.session.scalar(select(func.max(IdeaRevision.number)).where(IdeaRevision.idea_id == idea.id))
    number = (last or 0) + 1
    db.session.add(
        IdeaRevision(idea_id=idea.id, number=number, fields=values_of(idea), at=now, by=actor.account_id)
    )
    return number


def checked_person(person: Person, here: Here) -> Person:
    """The person as stored, or Problems."""
    clean = content.clean_person(person)
    content.raise_any(content.person_problems(clean, here.rules, unit_ids(here.town.id)))
    return clean


def store_person(author: IdeaAuthor, person: Person) -> None:
    """Seal the person into the author's row."""
    author.kind = person.kind
    # Somebody without a phone is told from others by name and unit: a rough measure, for the limit alone.
    author.person_hash = keyed_hash("author", f"{search_fold(person.full_name)} {person.unit_id}")
    author.name_sealed = seal(person.full_name)
    author.surname_sealed = seal(person.surname)
    author.unit_id = person.unit_id
    author.village_sealed = seal(person.village) if person.village else None
    author.age_band = person.age_band
    author.guardian_sealed = seal(person.guardian) if person.guardian else None
    author.guardian_phone_sealed = seal(person.guardian_phone) if person.guardian_phone else None
    author.organisation = person.organisation


def person_of(author: IdeaAuthor) -> Person:
    """The person in an author's row, unsealed (for the author, and for officials who may read it)."""
    full, surname = unseal(author.name_sealed), unseal(author.surname_sealed)
    return Person(
        first_name=full.removesuffix(surname).strip(),
        surname=surname,
        age_band=author.age_band,
        unit_id=author.unit_id,
        village=unseal(author.village_sealed),
        kind=author.kind,
        organisation=author.organisation,
        guardian=unseal(author.guardian_sealed),
        guardian_phone=unseal(author.guardian_phone_sealed),
    )


def label_of(authors: Collection[IdeaAuthor]) -> str:
    """How the authors are shown in public; one whose guardian has not agreed yet is not shown."""
    shown = [author for author in authors if not guardians.is_waited_for(author)] or authors
    return "; ".join(dict.fromkeys(person_of(author).label for author in shown))


def counted_ideas(cycle_id: int, account_id: int | None, person_hash: str = "") -> int:
    """How many ideas of the account (without one: of the person of that name) count against the limit."""
    own = (
        IdeaAuthor.account_id == account_id
        if account_id is not None
        else and_(IdeaAuthor.person_hash == person_hash, IdeaAuthor.person_hash != "")
    )
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Idea)
            .join(IdeaAuthor, IdeaAuthor.idea_id == Idea.id)
            .where(
                Idea.cycle_id == cycle_id,
                own,
                IdeaAuthor.joined_from_id.is_(None),  # counted with the idea it came with
                Idea.state.not_in([state.value for state in UNCOUNTED]),
            )
        )
        or 0
    )


def require_room(rules: Rulebook, cycle_id: int, account_id: int | None, person_hash: str = "") -> None:
    """Closed("idea_limit") when the author has handed in as many ideas as the rulebook allows."""
    if counted_ideas(cycle_id, account_id, person_hash) >= rules.max_ideas_per_author:
        raise Closed("idea_limit", limit=rules.max_ideas_per_author)


def author_account(actor: Actor, account_id: int | None, town_id: int) -> int:
    """Whose idea it will be. Only an operator of the town writes one down for somebody else."""
    if actor.account_id is None:
        raise Refused("sign_in_first")
    if account_id is None or account_id == actor.account_id:
        return actor.account_id
    if not actor.has(town_id, Role.OPERATOR):
        raise Refused("not_allowed")
    return account_id
