"""Noting that somebody was identified, for the alarms: this file alone writes those rows.

Called inside the command that identified. It knows the way in, never a ballot.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from pb.accounts.personal import keyed_hash
from pb.core.workdays import TBILISI
from pb.db import db, is_sqlite
from pb.voting.models_alarms import FIRST_PHONE, Sighting, SightingHour
from pb.voting.models_people import RollEntry


@dataclass(frozen=True)
class Seen:
    """Where a request came from: the mark in the browser's cookie and the address; "" where it is not known."""

    device: str = ""
    address: str = ""


UNSEEN = Seen()


def note(
    entry: RollEntry, *, cycle_id: int, way: str, now: datetime, seen: Seen = UNSEEN, operator_id: int = 0
) -> None:
    """Write one Sighting (once a day for the same person, way, device and address) and count the hour."""
    day = now.astimezone(TBILISI).date().isoformat()

    def mark(kind: str, value: str) -> str:
        return keyed_hash(f"sighting {day} {kind}", value) if value else ""

    inserted: Callable[..., Any] = sqlite.insert if is_sqlite() else postgresql.insert
    db.session.execute(
        inserted(Sighting)
        .values(
            cycle_id=cycle_id, day=day, way=way, person=mark("person", entry.person_hash),
            device=mark("device", seen.device), address=mark("address", seen.address),
            very_old=entry.very_old,
        )
        .on_conflict_do_nothing()
    )  # fmt: skip
    _count(cycle_id, way, now, operator_id)


def note_first_phone(*, cycle_id: int, now: datetime, operator_id: int) -> None:
    """Count that an operator bound a phone to somebody who had none: no former number can be told of it."""
    _count(cycle_id, FIRST_PHONE, now, operator_id)


def _count(cycle_id: int, way: str, now: datetime, operator_id: int) -> None:
    local = now.astimezone(TBILISI)
    inserted: Callable[..., Any] = sqlite.insert if is_sqlite() else postgresql.insert
    counted = inserted(SightingHour).values(
        cycle_id=cycle_id, day=local.date().isoformat(), hour=local.hour, way=way, operator_id=operator_id, number=1
    )  # fmt: skip
    db.session.execute(
        counted.on_conflict_do_update(
            index_elements=["cycle_id", "day", "hour", "way", "operator_id"],
            set_={"number": SightingHour.number + 1},
        )
    )
