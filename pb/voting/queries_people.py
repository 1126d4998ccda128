"""Reading the rolls: imports and their sizes, never a person."""

from __future__ import annotations

from sqlalchemy import select

from pb.db import db
from pb.voting.models_people import Roll


def roll_in_force(cycle_id: int) -> Roll | None:
    """The approved roll of the cycle."""
    return db.session.execute(
        select(Roll).where(Roll.cycle_id == cycle_id, Roll.approved_at.is_not(None))
    ).scalar_one_or_none()


def rolls_of(cycle_id: int) -> list[Roll]:
    """Every import that was not thrown away, newest first."""
    return list(
        db.session.scalars(
            select(Roll)
            .where(Roll.cycle_id == cycle_id, Roll.discarded_at.is_(None))
            .order_by(Roll.imported_at.desc(), Roll.id.desc())
        )
    )


def roll_by_id(cycle_id: int, roll_id: int) -> Roll | None:
    """One import of the cycle."""
    return db.session.execute(
        select(Roll).where(Roll.cycle_id == cycle_id, Roll.id == roll_id)
    ).scalar_one_or_none()
