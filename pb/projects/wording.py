"""Wording of projects: errors, events, states."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ERRORS = {
    "no_such_project": _l("There is no such project here."),
    "no_such_idea": _l("There is no such idea here."),
    "already_invited": _l("The author of this idea was invited already."),
    "consent_missing": _l("Ideas of different authors are joined only when each author has agreed."),
    "not_quantity": _l("Enter a quantity, for example 12 or 14.5."),
    "step_without_month": _l("Row %(row)s: choose the month."),
    "not_a_month": _l("Row %(row)s: choose a month from the list."),
    "step_without_words": _l("Row %(row)s: say what is done in this month."),
    "line_without_words": _l("Row %(row)s: say what is bought or done."),
    "line_without_price": _l("Row %(row)s: enter the price of one."),
    "too_many_rows": _l("There are too many rows: at most %(limit)s."),
    "too_much_money": _l("This sum is too large."),
    "title_missing": _l("The title is missing."),
    "problem_missing": _l("Say what problem the project solves."),
    "what_missing": _l("Say what will be done."),
    "beneficiaries_missing": _l("Say who will benefit."),
    "land_owner_missing": _l("Say whose the land or the building is."),
    "land_permit_missing": _l("Say whether a permit is needed."),
    "upkeep_missing": _l("Say who will look after it."),
    "upkeep_tetri_missing": _l("Say what looking after it will cost each year; 0 when it costs nothing."),
    "upkeep_from_missing": _l("Say from what money the upkeep is paid."),
    "not_cadastral": _l(
        "“%(typed)s” does not look like a cadastral code. Write it with points, for example 33.00.12.345."
    ),
    "share_over_sum": _l("Row %(row)s: others cannot pay more than the line costs (%(sum_tetri)s)."),
    "share_by_whom": _l("Row %(row)s: say who pays a part of it."),
    "share_how_much": _l(
        "Row %(row)s: say how much of it is paid by somebody else, or leave the name empty."
    ),
    "returned_once": _l("This project was returned to its authors before; that is possible once."),
    "not_returned": _l("There are no notes to answer at the moment."),
    "notes_missing": _l("Write a note on at least one part."),
    "notes_unanswered": _l("Answer each of the officer's notes first. Without an answer yet: %(count)s."),
    "too_many_drafts": _l(
        "You have too many unsaved texts in this project. Save or throw away some of them first."
    ),
    "timeline_missing": _l("The timeline is empty: enter at least one step."),
    "budget_missing": _l("The budget is empty: enter at least one line with a price."),
    "over_cap": _l(
        "The project costs %(cost_tetri)s, but at most %(cap_tetri)s is allowed. Save %(over_tetri)s."
    ),
    "under_floor": _l("The project costs %(cost_tetri)s, but a project must cost at least %(floor_tetri)s."),
    "not_from_this_state": _l("This is not possible any more: the state is now “%(state)s”."),
}

EVENTS = {
    "ProjectDraftsPurged": _l("Unsaved texts of projects untouched for 60 days were deleted: %(count)s"),
    "ProjectCostSettled": _l(
        "Project %(number)s costs %(cost_tetri)s from now on (before: %(before_tetri)s)"
    ),
    "ProjectInvited": _l("The author was invited to work the idea out as project %(number)s"),
    "ProjectRevised": _l("Revision %(revision)s of the project was saved"),
    "ProjectHandedIn": _l("Project %(number)s was handed in: revision %(revision)s, %(cost_tetri)s"),
    "ProjectReopened": _l("The author went on working on project %(number)s after handing it in"),
    "ProjectFrozen": _l(
        "Development ended: revision %(revision)s of project %(number)s is the one that is scored"
    ),
    "ProjectNotHandedIn": _l("Development ended; project %(number)s was not handed in"),
    "ProjectWithdrawn": _l("The author withdrew project %(number)s"),
    "ProjectReturned": _l("The office returned project %(number)s to its authors, with notes: %(notes)s"),
    "ProjectNotesAnswered": _l("The authors of project %(number)s answered notes of the office: %(answers)s"),
    "ProjectMoved": _l("Project %(number)s: %(state)s"),
    "ProjectMovedSealed": _l("Project %(number)s: %(state)s"),
}

LABELS = {
    "audience_project_authors": _l("Authors of projects"),
    "audience_not_handed_in": _l("Authors of projects that are not handed in yet"),
    "land_owner_municipality": _l("The municipality's"),
    "land_owner_state": _l("The state's"),
    "land_owner_private": _l("Private"),
    "land_owner_none": _l("The project needs neither land nor building"),
    "land_owner_unknown": _l("Not known yet"),
    "land_permit_not_needed": _l("No permit is needed"),
    "land_permit_have": _l("Needed, and there already"),
    "land_permit_asked": _l("Needed, and asked for"),
    "land_permit_later": _l("Needed; it will be asked for"),
    "land_permit_unknown": _l("Not known"),
    "invited": _l("Invited to become a project"),
    "developing": _l("Being worked out"),
    "handed_in": _l("Handed in"),
    "frozen": _l("Being scored"),
    "decided": _l("Decided"),
    "on_ballot": _l("On the ballot"),
    "reserve": _l("Reserve list"),
    "not_shortlisted": _l("Not shortlisted"),
    "selected": _l("Funded"),
    "not_selected": _l("Not funded"),
    "implementing": _l("In progress"),
    "done": _l("Completed"),
    "abandoned": _l("Stopped"),
    "withdrawn": _l("Withdrawn by the author"),
}
