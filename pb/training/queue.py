"""Who gets a seat that became free: the first of those who wait. Called inside commands that hold the session's row."""

from __future__ import annotations

from datetime import datetime

from pb.cycles.queries import Here
from pb.db import db
from pb.training import queries
from pb.training.models import TrainingSession
from pb.training.telling import tell


def free_seat(row: TrainingSession) -> int | None:
    """The lowest number that nobody has, or None when the session is full."""
    taken = {one.seat for one in queries.sign_ups(row.id)}
    return next((seat for seat in range(1, row.seats + 1) if seat not in taken), None)


def move_up(row: TrainingSession, here: Here, now: datetime) -> int:
    """Give free seats to those who wait, in their order, and tell them; gives how many. None once it has begun."""
    if row.begins_at <= now or row.cancelled_at is not None:
        return 0
    moved = 0
    for one in queries.sign_ups(row.id):
        if one.seat is not None:
            continue
        seat = free_seat(row)
        if seat is None:
            break
        one.seat = seat
        db.session.flush()
        tell(one, "training_moved_up", row, here=here, now=now)
        moved += 1
    return moved
