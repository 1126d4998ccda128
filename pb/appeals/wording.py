"""Wording of objections: errors, events and codes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ERRORS = {
    "nothing_to_object": _l("There is no decision here to which one can object."),
    "objection_too_late": _l("The term for an objection is over; its last day was %(last_day)s."),
    "objection_filed": _l("The objection is filed already and is not changed any more."),
    "objection_decided": _l("The objection has been answered already."),
    "objection_withdrawn": _l("The author has withdrawn the objection."),
    "objection_not_yours": _l(
        "You were at work on this decision, so somebody else examines the objection to it."
    ),
    "decision_stands_no_more": _l(
        "The decision that you object to does not stand any more. See on the page of the idea or project what holds "
        "now."
    ),
    "choose_ground": _l("Choose why you disagree."),
    "choose_points": _l("Choose at least one part of the decision."),
    "choose_accepted": _l(
        "Choose where the author is right: some parts, but not all that the decision rests on."
    ),
    "choose_outcome_of_objection": _l("Choose the answer."),
    "text_too_short": _l("Describe what is wrong, in at least %(limit)s characters."),
    "too_many_files": _l("At most %(limit)s files can be attached."),
    "objection_open": _l("Objection %(number)s is still open."),
}

_FILED = _l("Objection %(number)s was filed: %(kind)s")
_WITHDRAWN = _l("Objection %(number)s was withdrawn by its author")
_DECIDED = _l("Objection %(number)s: %(outcome)s")
EVENTS = {
    "ObjectionFiled": _FILED,
    "ProjectObjectionFiled": _FILED,
    "ObjectionWithdrawn": _WITHDRAWN,
    "ProjectObjectionWithdrawn": _WITHDRAWN,
    "ObjectionDecided": _DECIDED,
    "ProjectObjectionDecided": _DECIDED,
}

LABELS = {
    "idea_refused": _l("Idea not admitted"),
    "idea_returned": _l("Idea returned for correction"),
    "idea_lapsed": _l("Idea lapsed"),
    "idea_duplicate": _l("Idea found the same as another one"),
    "project_infeasible": _l("Project found infeasible"),
    "project_listed": _l("Project not on the ballot"),
    "ground_facts": _l("The decision rests on wrong facts"),
    "ground_rules": _l("A rule was applied wrongly"),
    "ground_overlooked": _l("Something in my text or documents was overlooked"),
    "ground_procedure": _l("The procedure was not kept: a term, a quorum, a conflict of interest"),
    "answer_upheld": _l("Upheld: the decision does not stand"),
    "answer_partly": _l("Upheld in part"),
    "answer_rejected": _l("Rejected: the decision stands"),
    "objection_upheld": _l("Upheld"),
    "objection_partly": _l("Upheld in part"),
    "objection_rejected": _l("Objection rejected"),
    "objection_state_filed": _l("Being examined"),
    "objection_state_withdrawn": _l("Withdrawn"),
    "objection_state_decided": _l("Answered"),
    "thing_idea": _l("An idea"),
    "thing_project": _l("A project"),
}
