"""The terms that run from a publication of the commission; pure."""

from __future__ import annotations

from datetime import date, datetime

from pb.core.rulebook import Rulebook
from pb.core.workdays import TBILISI, add_working_days


def objections_until(published_at: datetime, rules: Rulebook) -> date:
    """The last day for an objection: the rulebook's term in working days after the day of publication, in Georgia."""
    return add_working_days(published_at.astimezone(TBILISI).date(), rules.objection_days)


def term_is_over(published_at: datetime, rules: Rulebook, now: datetime) -> bool:
    """Whether the last day has passed."""
    return now.astimezone(TBILISI).date() > objections_until(published_at, rules)
