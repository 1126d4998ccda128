"""The terms of objections, in working days; pure."""

from __future__ import annotations

from datetime import date, datetime

from pb.core.rulebook import Rulebook
from pb.core.workdays import TBILISI, add_working_days

# So long an examiner has. The next phase waits for the answer, so it is shorter than the month that the General
# Administrative Code (Article 183) allows; like there, the day of filing does not count.
EXAMINATION_DAYS = 5


def objections_until(published_at: datetime, rules: Rulebook) -> date:
    """The last day for an objection: the rulebook's term in working days after the day of publication, in Georgia."""
    return add_working_days(published_at.astimezone(TBILISI).date(), rules.objection_days)


def term_is_over(published_at: datetime, rules: Rulebook, now: datetime) -> bool:
    """Whether the last day has passed."""
    return now.astimezone(TBILISI).date() > objections_until(published_at, rules)


def due_on(filed_at: datetime) -> date:
    """The last day on which an objection is decided in time."""
    return add_working_days(filed_at.astimezone(TBILISI).date(), EXAMINATION_DAYS)


def is_late(due: date | None, now: datetime) -> bool:
    """Whether that day has passed."""
    return due is not None and now.astimezone(TBILISI).date() > due
