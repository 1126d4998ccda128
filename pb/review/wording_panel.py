"""Wording of the commission's composition and of its calibration round."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ERRORS = {
    "no_seat": _l("You hold no seat on this commission, so you do not score this project."),
    "not_presiding": _l(
        "The chair does this. The vice-chair does it where the chair is recused, and while the chair’s seat is "
        "vacant."
    ),
    "not_staff": _l("Choose one of the staff of the municipality."),
    "act_in_future": _l("The act cannot be of a later date than today."),
    "seated_already": _l("This person holds a seat on the commission already."),
    "seat_taken": _l("This seat is taken. End it first."),
    "scores_opened_composition": _l(
        "The scores have been opened. Who scores on this commission can no longer change."
    ),
    "calibration_over": _l("The scoring has begun, so the calibration round is over."),
    "calibration_arranged": _l("The two projects have been chosen already."),
    "not_former": _l("Choose a project of a former year."),
    "same_twice": _l("Choose two different projects."),
}

EVENTS = {
    "SeatFilled": _l("Somebody was appointed to the commission: %(function)s (%(represents)s), act %(act)s"),
    "SeatVacated": _l("A seat on the commission ended: %(function)s. Reason: %(reason)s"),
    "SubstituteCalled": _l("A substitute was called in to the commission. Reason: %(reason)s"),
    "CalibrationArranged": _l("The calibration round was arranged: projects %(first)s and %(second)s"),
    "CalibrationSheetHandedIn": _l("A member handed in a sheet of the calibration round"),
}

LABELS = {
    "choose_person": _l("Choose a person"),
    "choose_project": _l("Choose a project"),
    "seat_chair": _l("Chair"),
    "seat_vice_chair": _l("Vice-chair"),
    "seat_member": _l("Member"),
    "seat_substitute": _l("Substitute"),
    "seat_secretary": _l("Secretary"),
    "seat_observer": _l("Observer"),
    "side_municipality": _l("City hall"),
    "side_council": _l("Municipal council"),
    "side_civil_society": _l("Civil society"),
    "side_expert": _l("Experts"),
    "side_youth": _l("Youth"),
}
