"""Reading towns, units and centres."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, bindparam, select

from pb.db import db
from pb.places.models import Centre, Town, Unit


def towns() -> list[Town]:
    """All towns in the order of opening."""
    return list(db.session.scalars(select(Town).order_by(Town.id)))


def town_by_id(town_id: int, *, lock: bool = False) -> Town | None:
    """A town; ``lock`` takes its row for update (inside a command)."""
    query = select(Town).where(Town.id == town_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.execute(query).scalar_one_or_none()


def units_of(town_id: int) -> list[Unit]:
    """A town's units in their order."""
    return list(db.session.scalars(select(Unit).where(Unit.town_id == town_id).order_by(Unit.position)))


_UNIT_NAMES = select(Unit.slug, Unit.name).where(Unit.town_id == bindparam("town_id")).order_by(Unit.position)


def unit_names(town_id: int) -> list[Row[Any]]:
    """(slug, name) of a town's units, in their order: all that most pages need of them."""
    return list(db.session.execute(_UNIT_NAMES, {"town_id": town_id}))


_PLAN = (
    select(Unit.slug, Unit.name, Unit.plan_x, Unit.plan_y)
    .where(Unit.town_id == bindparam("town_id"))
    .order_by(Unit.position)
)


def plan_rows(town_id: int) -> list[Row[Any]]:
    """(slug, name, plan_x, plan_y) of a town's units, in their order."""
    return list(db.session.execute(_PLAN, {"town_id": town_id}))


def unit_slugs(town_id: int) -> tuple[str, ...]:
    """The addresses of a town's units, in their order."""
    return tuple(db.session.scalars(select(Unit.slug).where(Unit.town_id == town_id).order_by(Unit.position)))


def centres_of(town_id: int) -> list[Centre]:
    """A town's community centres in the order in which they were entered."""
    return list(db.session.scalars(select(Centre).where(Centre.town_id == town_id).order_by(Centre.id)))


def centre_of(town_id: int, centre_id: int) -> Centre | None:
    """A centre of this town, else None."""
    return db.session.execute(
        select(Centre).where(Centre.id == centre_id, Centre.town_id == town_id)
    ).scalar_one_or_none()
