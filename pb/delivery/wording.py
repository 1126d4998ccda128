"""The words of delivery: refusals and events of the log."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ERRORS = {
    "not_under_way": _l("Only a funded project that is not finished has steps to record."),
    "too_many_milestones": _l("A project has at most %(limit)s steps."),
    "due_out_of_range": _l("Choose a day between %(first)s and %(last)s."),
    "done_in_future": _l("This day has not come yet. Record the step when it is done."),
    "milestones_open": _l("A project is finished when all its steps are done. Some are still open."),
    "no_such_milestone": _l("There is no such step."),
}

EVENTS = {
    "MilestoneAdded": _l("Project %(number)s: a step was promised for %(due)s."),
    "MilestoneRecorded": _l(
        "Project %(number)s: a step was recorded; done on: %(done_on)s, paid: %(paid_tetri)s."
    ),
    "DeliveryImported": _l(
        "Project %(number)s: %(milestones)s steps of a former year were brought in; paid: %(paid_tetri)s."
    ),
}
