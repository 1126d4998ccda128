"""Wording of trainings, lessons and mentors: refusals, events, states, parts of a project's text."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ERRORS = {
    "no_such_training": _l("There is no such training here."),
    "training_cancelled": _l("This training was cancelled."),
    "training_over": _l("This training has begun or is over; its list cannot be changed any more."),
    "training_not_begun": _l("Attendance is noted from an hour before the training begins."),
    "seats_are_taken": _l("%(taken)s seats are taken already: there cannot be fewer."),
    "place_or_link": _l("Enter a place, or a link for those who take part from afar."),
    "not_a_link": _l("Enter a whole address that begins with https://"),
    "begins_in_past": _l("This moment has passed. Choose one that is to come."),
    "no_such_certificate": _l("There is no certificate with this code. Check the signs."),
    "not_a_mentor": _l("Choose somebody who holds the role of a mentor here."),
    "mentor_is_author": _l("This person is an author of the project and cannot be its mentor."),
    "no_mentor": _l("This project has no mentor."),
    "too_many_questions": _l("%(limit)s questions wait for an answer already. Wait until one is answered."),
    "nothing_written": _l("Write at least one remark."),
    "answered_already": _l("This question was answered already. Write further thoughts as a remark."),
    "assessed_after": _l(
        "You have scored the project after the work already; the first score stays as it was."
    ),
    "assess_before_first": _l("Score the project before the work first."),
    "choose_level": _l("Choose a level."),
    "choose_one_answer": _l("Choose an answer."),
    "training_needed": _l("The rules ask that one of the authors has attended a training."),
    "lessons_needed": _l("The rules ask that one of the authors has passed the quiz of every lesson."),
    "training_or_lessons_needed": _l(
        "The rules ask that one of the authors has attended a training or passed the quiz of every lesson."
    ),
}

EVENTS = {
    "TrainingAnnounced": _l("A training was announced: “%(topic)s”, seats: %(seats)s"),
    "TrainingChanged": _l("The training “%(topic)s” was changed, seats: %(seats)s"),
    "TrainingCancelled": _l("The training “%(topic)s” was cancelled: %(reason)s"),
    "TrainingMaterialsChanged": _l("Papers of the training “%(topic)s”: %(number)s"),
    "TrainingSignedUp": _l("Somebody signed up for a training"),
    "TrainingSeatLeft": _l("Somebody cancelled; moved up from the waiting list: %(moved_up)s"),
    "AttendanceMarked": _l("Attendance at a training was noted"),
    "MentorAssigned": _l("Project %(number)s has got a mentor"),
    "MentorReleased": _l("A mentor no longer works with project %(number)s"),
    "MentorAsked": _l("The author of project %(number)s asked the mentor"),
    "MentorAnswered": _l("The mentor of project %(number)s answered"),
    "RemarkWritten": _l("The mentor of project %(number)s wrote a remark on revision %(revision)s"),
    "RemarkMarked": _l("The author of project %(number)s marked a remark"),
    "OwnProjectAssessed": _l("An author of project %(number)s looked at the own project with the rubric"),
    "LessonAnswered": _l("Somebody answered the quiz of a lesson"),
}

LABELS = {
    "part_title": _l("Title"),
    "part_problem": _l("Problem"),
    "part_what": _l("What will be done"),
    "part_beneficiaries": _l("Who will benefit"),
    "part_land_words": _l("Land and permits"),
    "part_team": _l("Who does the work"),
    "part_budget": _l("Cost estimate"),
    "part_timeline": _l("Timeline"),
    "part_upkeep": _l("Upkeep"),
    "part_": _l("The project as a whole"),
}
