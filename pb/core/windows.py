"""A span of time with its working days: named windows lie inside phases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pb.core.workdays import TBILISI, working_days_between


def utc(moment: datetime) -> datetime:
    """The moment in UTC. ValueError without time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC)


@dataclass(frozen=True)
class Window:
    """A named span inside a phase, from ``opens`` up to and not including ``closes`` (UTC)."""

    opens: datetime
    closes: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "opens", utc(self.opens))
        object.__setattr__(self, "closes", utc(self.closes))

    def contains(self, now: datetime) -> bool:
        return self.opens <= utc(now) < self.closes

    @property
    def working_days(self) -> int:
        """Working days touched by the span, in the town's time."""
        last = self.closes - timedelta(microseconds=1)
        return working_days_between(self.opens.astimezone(TBILISI).date(), last.astimezone(TBILISI).date())
