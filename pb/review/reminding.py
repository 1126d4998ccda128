"""Reminders of sheets that are not in: to members 7, 3 and 1 days before the last day and on it, to whoever presides
the day after. At most one message a day and person.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from pb.accounts.models import Account
from pb.core.workdays import TBILISI
from pb.core.workflow import ProjectState
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.messages.outbox import notify
from pb.projects.models import Project
from pb.review import queries_commission, queries_ranking
from pb.review.models_conflicts import Reminder, ReminderRound
from pb.review.presiding import presiding
from pb.review.queries_duty import sheets_in

DAYS_BEFORE = (7, 3, 1, 0)
DAY_AFTER = -1
FROM_HOUR = 9  # of the day in Georgia: nobody is woken


def days_left(here: Here, now: datetime) -> tuple[int, date] | None:
    """Days to the last day of scoring, and that day; None where no scoring is to come or to end."""
    if here.calendar is None or here.status is None or here.status.paused or here.status.halted:
        return None
    last = (here.calendar.window("scoring").closes - timedelta(microseconds=1)).astimezone(TBILISI).date()
    return (last - now.astimezone(TBILISI).date()).days, last


def remind_due(*, now: datetime) -> int:
    """The reminders of the day in every cycle whose projects are being scored; for the worker. Gives their number."""
    if now.astimezone(TBILISI).hour < FROM_HOUR:
        return 0
    query = select(Project.cycle_id).where(Project.state == ProjectState.FROZEN.value).distinct()
    today, sent = now.astimezone(TBILISI).date(), 0
    for cycle_id in sorted(db.session.scalars(query)):
        left = days_left(here_by_id(cycle_id, now=now), now)
        if left is None or left[0] not in (*DAYS_BEFORE, DAY_AFTER):
            continue
        if db.session.get(ReminderRound, (cycle_id, today)) is None:
            sent += remind(cycle_id=cycle_id, now=now)
    return sent


@command
def remind(*, cycle_id: int, now: datetime) -> int:
    """The reminders of one cycle for this day; gives their number. A second time on the same day: none."""
    here, today = here_by_id(cycle_id, now=now), now.astimezone(TBILISI).date()
    left = days_left(here, now)
    if left is None or left[0] not in (*DAYS_BEFORE, DAY_AFTER):
        return 0
    db.session.add(ReminderRound(cycle_id=cycle_id, day=today))
    try:
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        return 0
    if queries_ranking.is_open(cycle_id):
        return 0
    day = f"{left[1]:%d.%m.%Y}"
    if left[0] == DAY_AFTER:
        return _tell_the_chair(here, day, today, now)
    told = 0
    for account in queries_commission.member_accounts(here):
        own = queries_commission.progress(here, account.id)
        if own.due > own.done:
            told += _send(account, "sheets_due", here, today, now, left=own.due - own.done, day=day)
    return told


def _tell_the_chair(here: Here, day: str, today: date, now: datetime) -> int:
    found, top = sheets_in(here), presiding(here)
    first = next((account for account in top.top.values() if top.by(account)), None)
    account = db.session.get(Account, first) if first is not None else None
    if account is None or not found.missing:
        return 0
    values = {"left": found.missing, "lacking": len(found.lacking), "day": day}
    return _send(account, "sheets_missing", here, today, now, **values)


def _send(account: Account, kind: str, here: Here, today: date, now: datetime, **values: object) -> int:
    """Queue the letter unless the person had one today; 1 when it was queued."""
    if db.session.get(Reminder, (account.id, today)) is not None:
        return 0
    db.session.add(Reminder(account_id=account.id, day=today, kind=kind, cycle_id=here.the_cycle.id))
    db.session.flush()
    notify(kind, [account.id], values, here=here, page="commission", now=now)
    return 1
