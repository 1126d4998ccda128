"""Reading the rolls: imports and their sizes, never a person."""

from __future__ import annotations

import hashlib

from sqlalchemy import func, or_, select

from pb.db import db
from pb.places.models import Unit
from pb.voting.models_people import Roll, RollEntry


def roll_in_force(cycle_id: int) -> Roll | None:
    """The approved roll of the cycle."""
    return db.session.execute(
        select(Roll).where(Roll.cycle_id == cycle_id, Roll.approved_at.is_not(None))
    ).scalar_one_or_none()


def rolls_of(cycle_id: int) -> list[Roll]:
    """Every import that was read to its end and not thrown away, newest first."""
    return list(
        db.session.scalars(
            select(Roll)
            .where(
                Roll.cycle_id == cycle_id,
                Roll.kind == "import",
                Roll.finished_at.is_not(None),
                Roll.discarded_at.is_(None),
            )
            .order_by(Roll.imported_at.desc(), Roll.id.desc())
        )
    )


def roll_by_id(cycle_id: int, roll_id: int) -> Roll | None:
    """One import of the cycle."""
    return db.session.execute(
        select(Roll).where(Roll.cycle_id == cycle_id, Roll.id == roll_id)
    ).scalar_one_or_none()


def fingerprint_as_it_is(roll_id: int) -> str | None:
    """The fingerprint over the entries as they stand now; None where they were erased. See ``import_roll``."""
    digest, count = hashlib.sha256(), 0
    rows = db.session.execute(
        select(RollEntry.person_hash, Unit.slug)
        .join(Unit, Unit.id == RollEntry.unit_id)
        .where(RollEntry.roll_id == roll_id)
        .order_by(RollEntry.person_hash)
    )
    for person, slug in rows.yield_per(2000):
        digest.update(f"{person} {slug}\n".encode())
        count += 1
    return digest.hexdigest() if count else None


def sharers(roll_id: int, phone_hash: str) -> int:
    """How many people of a roll a phone is bound to, those included to whom it will be within a day."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(RollEntry)
            .where(
                RollEntry.roll_id == roll_id,
                or_(RollEntry.phone_hash == phone_hash, RollEntry.next_phone_hash == phone_hash),
            )
        )
        or 0
    )
