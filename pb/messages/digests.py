"""When what can wait goes out together."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from pb.core.workdays import TBILISI

AT = time(10)  # of the day in Georgia
WEEKDAY = 0  # Monday


def next_digest(rhythm: str, now: datetime) -> datetime:
    """The next moment of a "daily" or "weekly" digest after ``now``."""
    local = now.astimezone(TBILISI)
    day = local.date() if local.time() < AT else local.date() + timedelta(days=1)
    if rhythm == "weekly":
        day += timedelta(days=(WEEKDAY - day.weekday()) % 7)
    return datetime.combine(day, AT, TBILISI).astimezone(now.tzinfo)
