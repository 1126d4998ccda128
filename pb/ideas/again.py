"""An idea that was refused in a former year and is handed in again: which may be, and what is shown of the old one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from pb.core.diff import Piece, word_diff
from pb.cycles.models import Cycle
from pb.cycles.queries import Here
from pb.db import db
from pb.ideas.content import public_number
from pb.ideas.models import Idea, IdeaAuthor
from pb.ideas.queries import PUBLIC_STATES

REFUSED = ("ineligible", "ineligible_final", "lapsed")
# What later features know of the end of an idea that had been admitted: fn(ids) -> {id: state of its project that was
# refused or fell through}.
ENDS: list[Callable[[list[int]], dict[int, str]]] = []
_COMPARED = ("title", "problem", "solution", "place", "beneficiaries")


def ends_of(ideas: list[Idea]) -> dict[int, str]:
    """By id, how each refused idea ended; those that were not refused are missing."""
    found = {idea.id: str(idea.state) for idea in ideas if idea.state in REFUSED}
    rest = [idea.id for idea in ideas if idea.id not in found]
    for ask in ENDS if rest else ():
        found |= ask(rest)
    return found


def former_ideas(here: Here, account_id: int) -> list[tuple[Idea, str]]:
    """The account's own ideas of the town's former years that were refused, with how each ended; newest first."""
    rows = db.session.scalars(
        select(Idea)
        .join(Cycle, Cycle.id == Idea.cycle_id)
        .join(IdeaAuthor, IdeaAuthor.idea_id == Idea.id)
        .where(
            Cycle.town_id == here.town.id,
            Cycle.year < here.the_cycle.year,
            Cycle.year > 0,
            IdeaAuthor.account_id == account_id,
            IdeaAuthor.joined_from_id.is_(None),
            Idea.state.in_(PUBLIC_STATES),
        )
        .order_by(Cycle.year.desc(), Idea.number.desc())
    ).all()
    ends = ends_of(list(rows))
    return [(idea, ends[idea.id]) for idea in rows if idea.id in ends]


@dataclass(frozen=True)
class Before:
    """The old idea beside the new one. ``changes``: (label, pieces) of the texts that differ."""

    number: str
    year: int
    url: str
    end: str
    reason: str
    changes: list[tuple[str, tuple[Piece, ...]]]


def beside(here: Here, idea: Any) -> Before | None:
    """What the page of an idea shows of the one it is handed in again of; None for all others."""
    if idea.again_of_id is None:
        return None
    old = db.session.get(Idea, idea.again_of_id)
    if old is None or old.state not in PUBLIC_STATES or old.number is None:
        return None
    labels = {
        "title": _("Title of the idea"),
        "problem": _("Problem"),
        "solution": _("Proposal"),
        "place": _("Exact place"),
        "beneficiaries": _("Who will benefit"),
    }
    changes = [
        (labels[name], word_diff(getattr(old, name), getattr(idea, name)))
        for name in _COMPARED
        if getattr(old, name) != getattr(idea, name)
    ]
    year = old.cycle.year
    return Before(
        public_number(here.town.number_prefix, year, old.number), year,
        url_for("ideas.show", town=here.town.slug, year=year, idea=old.number),
        ends_of([old]).get(old.id, str(old.state)), old.public_reason, changes,
    )  # fmt: skip
