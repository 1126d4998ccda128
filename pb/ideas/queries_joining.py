"""Reading proposals to join ideas: one with its ideas and who has answered, those that are open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, or_, select

from pb.db import db
from pb.ideas import records
from pb.ideas.models import Idea, IdeaAuthor
from pb.ideas.models_joining import Joining, JoiningPart


@dataclass(frozen=True)
class Voice:
    """One author of a proposal: the public label, and what was said (None: nothing yet)."""

    author_id: int
    account_id: int | None
    label: str
    idea_number: int
    agrees: bool | None
    how: str


def joining_of(cycle_id: int, joining_id: int) -> Joining | None:
    """A proposal of this cycle."""
    return db.session.scalar(select(Joining).where(Joining.id == joining_id, Joining.cycle_id == cycle_id))


def ideas_of(joining: Joining) -> list[Idea]:
    """The lead first, then the others in the order of the proposal."""
    ids = [joining.lead_id, *(part.idea_id for part in joining.parts)]
    rows = {idea.id: idea for idea in db.session.scalars(select(Idea).where(Idea.id.in_(ids)))}
    return [rows[idea_id] for idea_id in ids if idea_id in rows]


def voices_of(joining: Joining) -> list[Voice]:
    """All authors who must agree (or had to), idea by idea."""
    said = {answer.author_id: answer for answer in joining.answers}
    found = []
    for idea in ideas_of(joining):
        for author in idea.authors:
            came_with_it = author.joined_from_id in {part.idea_id for part in joining.parts}
            if idea.id == joining.lead_id and came_with_it:
                continue  # listed with the own idea
            answer = said.get(author.id)
            found.append(
                Voice(
                    author.id, author.account_id, records.person_of(author).label, idea.number or 0,
                    answer.agrees if answer else None, answer.how if answer else "",
                )
            )  # fmt: skip
    return found


def open_joining_of(idea_id: int) -> Joining | None:
    """The open proposal in which an idea stands."""
    part = select(JoiningPart.joining_id).where(JoiningPart.idea_id == idea_id, JoiningPart.left_at.is_(None))
    query = select(Joining).where(
        Joining.state == "open", or_(Joining.lead_id == idea_id, Joining.id.in_(part))
    )
    return db.session.scalar(query.order_by(Joining.id).limit(1))


def open_joinings(cycle_id: int) -> list[Joining]:
    """All open proposals of a cycle, the oldest first."""
    query = select(Joining).where(Joining.cycle_id == cycle_id, Joining.state == "open")
    return list(db.session.scalars(query.order_by(Joining.id)))


def joined_under(lead_id: int) -> list[Row[Any]]:
    """(number, title, language, author_label) of the ideas that go on under this one, by number."""
    query = select(Idea.number, Idea.title, Idea.language, Idea.author_label).where(
        Idea.same_as_id == lead_id, Idea.state == "merged_into"
    )
    return list(db.session.execute(query.order_by(Idea.number)))


def author_here(cycle_id: int, author_id: int) -> IdeaAuthor | None:
    """An author of an idea of this cycle, by the id of the row."""
    query = select(IdeaAuthor).join(Idea, Idea.id == IdeaAuthor.idea_id)
    return db.session.scalar(query.where(IdeaAuthor.id == author_id, Idea.cycle_id == cycle_id))


def ids_by_number(cycle_id: int, numbers: list[int]) -> dict[int, int]:
    """Ids of ideas that were handed in, by number."""
    query = select(Idea.number, Idea.id).where(Idea.cycle_id == cycle_id, Idea.number.in_(numbers))
    return {row.number: row.id for row in db.session.execute(query)}
