"""Reading across features: the towns on the front page with what goes on in each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from pb.cycles.models import Cycle
from pb.cycles.queries import Here, here_of
from pb.db import db
from pb.places.models import Town


def towns_now(now: datetime) -> list[tuple[Town, list[Here]]]:
    """Every town with its published cycles, newest first; towns in alphabetical order of their slugs."""
    cycles = db.session.scalars(
        select(Cycle)
        .join(Cycle.town)
        .where(Cycle.published_at <= now)
        .options(
            contains_eager(Cycle.town),
            joinedload(Cycle.rulebook_version),
            joinedload(Cycle.calendar_version),
        )
        .order_by(Cycle.year.desc())
    ).all()
    towns = db.session.scalars(select(Town).order_by(Town.slug)).all()
    return [(town, [here_of(c, now) for c in cycles if c.town_id == town.id]) for town in towns]
