"""What the worker sends: a reminder the day before a training, and to mentors whose answer is late."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from pb.core.phases import Phase
from pb.core.workdays import TBILISI
from pb.cycles.queries import here_by_id
from pb.db import command
from pb.projects.queries import project_for_update
from pb.training import queries, queries_mentors
from pb.training.commands_mentors import tell_mentors
from pb.training.telling import tell

FROM_HOUR = 9  # of the day in Georgia: nobody is woken


def remind_due(*, now: datetime) -> int:
    """The reminders that are due; for the worker. Gives how many messages were queued."""
    if now.astimezone(TBILISI).hour < FROM_HOUR:
        return 0
    today = now.astimezone(TBILISI).date()
    # Up to the end of tomorrow. Whoever comes on the list later has just been told.
    until = datetime.combine(today + timedelta(days=2), time(), TBILISI)
    sent = sum(remind_session(session_id=row, now=now) for row in queries.due_for_reminding(now, until))
    return sent + sum(remind_mentors(request_id=row, now=now) for row in queries_mentors.late_requests(today))


@command
def remind_session(*, session_id: int, now: datetime) -> int:
    """Remind everybody who has a seat; gives how many. A second time: none."""
    row = queries.session_for_update(session_id)
    if row.reminded_at is not None or row.cancelled_at is not None or row.begins_at <= now:
        return 0
    here = here_by_id(row.cycle_id, now=now)
    row.reminded_at = now
    seated = [one for one in queries.sign_ups(row.id) if one.seat is not None]
    for one in seated:
        tell(one, "training_reminder", row, here=here, now=now)
    return len(seated)


@command
def remind_mentors(*, request_id: int, now: datetime) -> int:
    """Remind a project's mentors of an answer whose term is over, once; gives how many letters. None once the
    development is over: then nobody can answer any more.
    """
    row = queries_mentors.request_for_update(request_id)
    today = queries_mentors.today_of(now)
    if row.answered_at is not None or row.reminded_on is not None or row.due_on >= today:
        return 0
    row.reminded_on = today
    project = project_for_update(row.project_id)
    here = here_by_id(project.cycle_id, now=now)
    if here.status is None or here.status.phase is not Phase.DEVELOPMENT:
        return 0
    mentors = queries_mentors.mentors_of(project.id)
    tell_mentors([one.mentor_id for one in mentors], "mentor_late", project, here, now, row.due_on)
    return len(mentors)
