"""Reading what is public of ideas: the list, one idea, its history, the newest. No personal data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from pb import clock
from pb.audit.models import Event
from pb.core.georgian import search_variants
from pb.core.workflow import IDEA_PUBLIC_STATES
from pb.cycles.queries import Here
from pb.db import UTCDateTime, db
from pb.ideas.models import Idea, IdeaRevision
from pb.ideas.models_attached import IdeaPicture
from pb.ideas.then import shown_other, shown_reason, shown_state
from pb.places.models import Unit

PER_PAGE = 20
PUBLIC_STATES: tuple[str, ...] = tuple(state.value for state in IDEA_PUBLIC_STATES)
LONGEST_QUERY = 100

# The first picture of an idea; only small columns are read, never the picture itself.
_picture = (
    select(func.min(IdeaPicture.id))
    .where(IdeaPicture.idea_id == Idea.id)
    .correlate(Idea)
    .scalar_subquery()
    .label("picture_id")
)
_card = (
    Idea.id, Idea.number, Idea.title, Idea.unit_id, Idea.village, Idea.category, Idea.language,
    func.substr(Idea.problem, 1, 220).label("problem"), _picture,
)  # fmt: skip
_units = (
    select(Unit.id, Unit.slug, Unit.name, Unit.villages)
    .where(Unit.town_id == bindparam("town_id"))
    .order_by(Unit.position)
)
_other = aliased(Idea)
_whole = (
    Idea.id, Idea.number, Idea.title, Idea.problem, Idea.solution, Idea.beneficiaries,
    Idea.groups, Idea.pin_x, Idea.pin_y, Idea.village, Idea.place, Idea.category, Idea.cost_tetri, Idea.language,
    Idea.author_label, Idea.channel, Idea.submitted_at, Unit.name.label("unit"), Unit.slug.label("unit_slug"),
)  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """What a reader asked for. ``unit``: a unit's slug."""

    q: str = ""
    unit: str = ""
    category: str = ""
    state: str = ""

    @property
    def active(self) -> int:
        """How many filters are in use, the search not counted."""
        return bool(self.unit) + bool(self.category) + bool(self.state)


@dataclass(frozen=True)
class Page:
    """One page of the list; rows have the columns of ``_card``."""

    rows: list[Row[Any]]
    total: int
    number: int

    @property
    def pages(self) -> int:
        return -(-self.total // PER_PAGE)


def units_of(town_id: int) -> list[Row[Any]]:
    """(id, slug, name, villages) of a town's units, in their order."""
    return list(db.session.execute(_units, {"town_id": town_id}))


def public_page(cycle_id: int, conditions: list[ColumnElement[bool]], number: int) -> Page:
    """Page ``number`` (from 1) of the public ideas, newest first; one query whatever their number."""
    plain = not conditions and not clock.turned_back()
    query = _first_page if plain else _page(shown_state(), *conditions)
    rows = list(db.session.execute(query, {"cycle_id": cycle_id, "skip": (number - 1) * PER_PAGE}))
    return Page(rows, rows[0].total if rows else 0, number)


def _page(state: SQLColumnExpression[str], *conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The ids of one page with the total first, then the columns of those few rows alone."""
    hits = (
        select(Idea.id, func.count().over().label("total"))
        .where(Idea.cycle_id == bindparam("cycle_id"), state.in_(PUBLIC_STATES), *conditions)
        .order_by(Idea.number.desc())
        .limit(PER_PAGE)
        .offset(bindparam("skip", type_=Integer))
        .subquery()
    )
    return (
        select(*_card, state.label("state"), hits.c.total)
        .join(hits, hits.c.id == Idea.id)
        .order_by(Idea.number.desc())
    )


_first_page = _page(Idea.state)  # the busiest page of all: built once, not at each request


def conditions_of(
    filters: Filters, units: list[Row[Any]], prefix: str, year: int
) -> list[ColumnElement[bool]]:
    """The filters as conditions; a value that does not exist finds nothing."""
    found: list[ColumnElement[bool]] = []
    if filters.unit:
        ids = [unit.id for unit in units if unit.slug == filters.unit]
        found.append(Idea.unit_id.in_(ids))
    if filters.category:
        found.append(Idea.category == filters.category)
    if filters.state:
        found.append(shown_state() == filters.state)
    if filters.q.strip():
        found.append(_search(filters.q[:LONGEST_QUERY], prefix, year))
    return found


def _search(q: str, prefix: str, year: int) -> ColumnElement[bool]:
    """Every word of a reading of the query occurs; or the query is an idea's number."""
    readings: list[ColumnElement[bool]] = [
        and_(*(Idea.search_text.like(f"%{_escaped(word)}%", escape="\\") for word in variant.split()))
        for variant in search_variants(q)
    ]
    match = re.fullmatch(rf"(?:{re.escape(prefix)}-{year}-)?0*([0-9]{{1,6}})", q.strip(), re.IGNORECASE)
    if match:
        readings.append(Idea.number == int(match[1]))
    return or_(*readings) if readings else Idea.id.is_(None)


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


# Statements of pages that many read are built once: building one costs more than running it.
def _public(
    state: SQLColumnExpression[str],
    other_state: SQLColumnExpression[str],
    reason: SQLColumnExpression[str],
    same_as: SQLColumnExpression[int | None],
) -> Select[*tuple[Any, ...]]:
    columns: Any = (state.label("state"), reason.label("public_reason"))
    others: Any = (same_as.label("same_as"), other_state.label("same_as_state"))
    return (
        select(*_whole, *columns, _picture, *others)
        .outerjoin(Unit, Unit.id == Idea.unit_id)
        .outerjoin(_other, _other.id == Idea.same_as_id)
        .where(Idea.cycle_id == bindparam("cycle_id"), state.in_(PUBLIC_STATES))
    )


_PUBLIC = _public(Idea.state, _other.state, Idea.public_reason, _other.number)
_ONE_PUBLIC = _PUBLIC.where(Idea.number == bindparam("number"))
_ALL_PUBLIC = _PUBLIC.order_by(Idea.number)
_HISTORY = (
    select(Event.kind, Event.data, Event.at)
    .where(
        Event.subject == "idea",
        Event.subject_id == bindparam("idea_id"),
        Event.is_public,
        Event.at <= bindparam("now", type_=UTCDateTime),
    )
    .order_by(Event.id)
)


def public_idea(here: Here, number: int) -> Row[Any] | None:
    """One public idea of the cycle by its number; None for any other."""
    query = _public_then().where(Idea.number == bindparam("number")) if clock.turned_back() else _ONE_PUBLIC
    given = {"cycle_id": here.the_cycle.id, "number": number}
    return db.session.execute(query, given).one_or_none()


def _public_then() -> Select[*tuple[Any, ...]]:
    """The same where the clock was turned back."""
    state, other = shown_state(), shown_state(_other)
    return _public(state, other, shown_reason(state), shown_other(state, _other.number))


def all_public(cycle_id: int) -> list[Row[Any]]:
    """Every public idea, by number, for the open data."""
    query = _public_then().order_by(Idea.number) if clock.turned_back() else _ALL_PUBLIC
    return list(db.session.execute(query, {"cycle_id": cycle_id}))


def newest(cycle_id: int, count: int = 3) -> list[Row[Any]]:
    """The latest public ideas as cards, with the name of the unit."""
    state = shown_state()
    query = (
        select(*_card, state.label("state"), Unit.name.label("unit"), func.count().over().label("total"))
        .outerjoin(Unit, Unit.id == Idea.unit_id)
        .where(Idea.cycle_id == cycle_id, state.in_(PUBLIC_STATES))
        .order_by(Idea.number.desc())
        .limit(count)
    )
    return list(db.session.execute(query))


def history(idea_id: int, now: datetime) -> list[Row[Any]]:
    """The public acts on an idea (kind, data, at), oldest first. Acts after ``now`` (a clock turned back) are
    left out.
    """
    return list(db.session.execute(_HISTORY, {"idea_id": idea_id, "now": now}))


def last_revision(idea_id: int) -> IdeaRevision | None:
    """The newest text that was handed in."""
    return db.session.scalar(
        select(IdeaRevision)
        .where(IdeaRevision.idea_id == idea_id)
        .order_by(IdeaRevision.number.desc())
        .limit(1)
    )
