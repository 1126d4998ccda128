"""Reading what is public of ideas: the list, one idea, the newest. No personal data."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Row,
    Select,
    SQLColumnExpression,
    bindparam,
    func,
    select,
)
from sqlalchemy.orm import aliased

from pb import clock
from pb.core.workflow import IDEA_PUBLIC_STATES
from pb.cycles.queries import Here
from pb.db import db
from pb.ideas.models import Idea, IdeaRevision
from pb.ideas.models_attached import IdeaPicture
from pb.ideas.then import rows_as_they_stood, shown_other, shown_reason, shown_state
from pb.places.models import Unit

PUBLIC_STATES: tuple[str, ...] = tuple(state.value for state in IDEA_PUBLIC_STATES)

# The first picture of an idea; only small columns are read, never the picture itself.
PICTURE = (
    select(func.min(IdeaPicture.id))
    .where(IdeaPicture.idea_id == Idea.id)
    .correlate(Idea)
    .scalar_subquery()
    .label("picture_id")
)
CARD = (
    Idea.id, Idea.number, Idea.title, Idea.unit_id, Idea.village, Idea.category, Idea.language,
    func.substr(Idea.problem, 1, 220).label("problem"), PICTURE,
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
    Idea.author_label, Idea.channel, Idea.submitted_at, Idea.again_of_id,
    Unit.name.label("unit"), Unit.slug.label("unit_slug"),
)  # fmt: skip


def units_of(town_id: int) -> list[Row[Any]]:
    """(id, slug, name, villages) of a town's units, in their order."""
    return list(db.session.execute(_units, {"town_id": town_id}))


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
        select(*_whole, *columns, PICTURE, *others)
        .outerjoin(Unit, Unit.id == Idea.unit_id)
        .outerjoin(_other, _other.id == Idea.same_as_id)
        .where(Idea.cycle_id == bindparam("cycle_id"), state.in_(PUBLIC_STATES))
    )


_PUBLIC = _public(Idea.state, _other.state, Idea.public_reason, _other.number)
_ONE_PUBLIC = _PUBLIC.where(Idea.number == bindparam("number"))
_ALL_PUBLIC = _PUBLIC.order_by(Idea.number)


def public_idea(here: Here, number: int) -> Row[Any] | None:
    """One public idea of the cycle by its number; None for any other."""
    query = _public_then().where(Idea.number == bindparam("number")) if clock.turned_back() else _ONE_PUBLIC
    given = {"cycle_id": here.the_cycle.id, "number": number}
    found = rows_as_they_stood(db.session.execute(query, given).all())
    return found[0] if found else None


def _public_then() -> Select[*tuple[Any, ...]]:
    """The same where the clock was turned back."""
    state, other = shown_state(), shown_state(_other)
    return _public(state, other, shown_reason(state), shown_other(state, _other.number))


def all_public(cycle_id: int) -> list[Row[Any]]:
    """Every public idea, by number, for the open data."""
    query = _public_then().order_by(Idea.number) if clock.turned_back() else _ALL_PUBLIC
    return rows_as_they_stood(db.session.execute(query, {"cycle_id": cycle_id}).all())


def newest(cycle_id: int, count: int = 3) -> list[Row[Any]]:
    """The latest public ideas as cards, with the name of the unit."""
    state = shown_state()
    query = (
        select(*CARD, state.label("state"), Unit.name.label("unit"), func.count().over().label("total"))
        .outerjoin(Unit, Unit.id == Idea.unit_id)
        .where(Idea.cycle_id == cycle_id, state.in_(PUBLIC_STATES))
        .order_by(Idea.number.desc())
        .limit(count)
    )
    return rows_as_they_stood(db.session.execute(query).all())


def last_revision(idea_id: int) -> IdeaRevision | None:
    """The newest text that was handed in."""
    return db.session.scalar(
        select(IdeaRevision)
        .where(IdeaRevision.idea_id == idea_id)
        .order_by(IdeaRevision.number.desc())
        .limit(1)
    )
