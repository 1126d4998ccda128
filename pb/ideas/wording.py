"""Wording of ideas: errors, events, states."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ERRORS = {
    "later_acts": _l(
        "More was already done here after this moment. Turn the rehearsal clock forward; then you can go on."
    ),
    "too_young": _l("By the rulebook, one must be at least %(minimum)s years old to hand in an idea."),
    "guardian_needed": _l("Below the age of %(age)s we need the name of a parent or guardian who agrees."),
    "kind_not_admitted": _l("By the rulebook of this contest, an idea cannot be handed in in this name."),
    "organisation_needed": _l("Enter the name of the group or organisation."),
    "unknown_unit": _l("Choose an administrative unit of this municipality."),
    "unknown_category": _l("Choose one of the categories."),
    "unknown_idea": _l("There is no such idea in this contest."),
    "idea_limit": _l("You have already handed in as many ideas as the rulebook allows (%(limit)s)."),
    "channel_not_open": _l("By the rulebook of this contest, ideas are not taken in this way."),
    "consent_needed": _l("Tick the box to hand the idea in."),
    "not_from_this_state": _l("This is not possible any more: the state is now “%(state)s”."),
    "returned_too_often": _l("This idea was returned %(limit)s times already; now it must be decided."),
    "notes_needed": _l("Write at least one note that says what to correct."),
    "not_a_picture": _l("This file is not a photo we can read. Choose a JPEG, PNG or WebP file."),
    "picture_too_large": _l("The photo is too large: at most %(megabytes)s MB."),
    "too_many_pictures": _l("There may be at most %(limit)s photos. Remove one first, or choose fewer."),
    "too_many_documents": _l("There may be at most %(limit)s documents. Remove one first, or choose fewer."),
    "document_too_large": _l("The document is too large: at most %(megabytes)s MB."),
    "not_a_pdf": _l(
        "This file is not a PDF document we can read. Save or scan it as PDF and choose it again."
    ),
    "document_locked": _l(
        "This document is protected by a password. Save it without one and choose it again."
    ),
    "document_acts": _l(
        "This document holds a program, a form or another file. Print it into a new PDF and choose that one."
    ),
    "bad_pin": _l("Put the pin on the plan again."),
    "no_such_draft": _l(
        "No draft has this code. Check the signs; a draft that was handed in, or not touched for 14 days, is gone."
    ),
    "slip_needed": _l("Write where the signed paper is kept, for example its number and the folder."),
    "own_phone": _l("This is your own number. Ask for the number of the person whose idea it is."),
    "no_such_centre": _l("Choose one of the centres of this municipality."),
    "own_number": _l("This is your own number. Enter the number of the person whom you ask."),
    "author_already": _l("This person is an author of the idea already."),
    "too_many_authors": _l("An idea may have at most %(most)s authors, those who are asked included."),
    "too_many_invitations": _l("You have sent %(most)s invitations today. Send the next one tomorrow."),
    "other_number": _l("The invitation was sent to another number. Sign in with that number."),
    "last_author": _l("You are the only author. You can withdraw the idea instead."),
    "leave_instead": _l("The idea has other authors, too. You can leave it to them."),
    "split_first": _l("Other ideas were joined to this one. Take them out first."),
    "split_instead": _l("You came with an idea that was joined. Take that idea out instead."),
    "nobody_waits": _l("No parent or guardian is waited for with this idea."),
    "guardian_just_asked": _l(
        "The message was sent a short while ago. It can be sent again after half an hour."
    ),
    "no_such_code": _l("There is no such code, or it is no longer good. Check the signs."),
    "too_many_ideas": _l("At most %(most)s ideas can be joined at a time."),
    "not_joinable": _l("Idea %(number)s can no longer be joined: it was decided already."),
    "already_joining": _l("Idea %(number)s stands in another proposal or leads joined ideas already."),
    "no_idea_of_number": _l("There is no idea %(number)s in this contest."),
    "project_handed_in": _l("The project was handed in already, so that its ideas stay together."),
    "sum_or_unknown": _l("Either enter a sum or say that you don't know it, not both."),
}

EVENTS = {
    "IdeaHandedIn": _l("Idea %(number)s was handed in"),
    "IdeaChanged": _l("The author changed the text of idea %(number)s"),
    "IdeaPictureChanged": _l("The author changed the photos of idea %(number)s"),
    "IdeaDocumentsChanged": _l("The author changed the documents of idea %(number)s"),
    "IdeaAnswered": _l("The author corrected idea %(number)s and sent it again"),
    "HelpGiven": _l("An operator handed in idea %(number)s for its author (consent: %(consent)s)"),
    "IdeaWithdrawn": _l("The author withdrew idea %(number)s"),
    "IdeaTakenUp": _l("An officer began to check idea %(number)s"),
    "IdeaReturned": _l("Idea %(number)s was returned to its author for correction"),
    "IdeaLapsed": _l("Idea %(number)s lapsed: no answer came in time"),
    "IdeaAdmitted": _l("Idea %(number)s was admitted"),
    "IdeaRefused": _l("Idea %(number)s was not admitted"),
    "IdeaAdmittedOnObjection": _l("After an objection, idea %(number)s was admitted"),
    "IdeaRefusalConfirmed": _l("After an objection, the refusal of idea %(number)s was confirmed"),
    "IdeaRefusalFinal": _l("The refusal of idea %(number)s became final"),
    "IdeaReopened": _l("After an objection, idea %(number)s is checked again"),
    "IdeaMerged": _l("Idea %(number)s was merged into idea %(other)s"),
    "IdeaFoundDuplicate": _l("Idea %(number)s was found to repeat idea %(other)s"),
    "IdeaSplitOff": _l("Idea %(number)s left the joint idea %(other)s and is checked by itself"),
    "IdeaSplitOffAdmitted": _l("Idea %(number)s left the joint idea %(other)s and goes on as admitted"),
    "JoiningProposed": _l("It was proposed that ideas %(others)s go on under idea %(number)s"),
    "JoiningEnded": _l("The proposal to join ideas under idea %(number)s ended without a joining"),
    "JoiningAnswered": _l("An author answered the proposal to join ideas under idea %(number)s"),
    "CoAuthorInvited": _l("Somebody was asked to be co-author %(number)s"),
    "CoAuthorConfirmed": _l("A co-author joined %(number)s"),
    "CoAuthorDeclined": _l("Somebody declined to be co-author %(number)s"),
    "CoAuthorCalledBack": _l("An invitation to be co-author was taken back %(number)s"),
    "CoAuthorLeft": _l("An author left the idea to the others %(number)s"),
    "GuardianAsked": _l("Parents or guardians of young authors were asked: %(waiting)s"),
    "GuardianAnswered": _l("A parent or guardian of a young author answered %(number)s"),
    "IdeaInvited": _l("The author of idea %(number)s was invited to work it out as a project"),
    "DraftsPurged": _l("Drafts untouched for 14 days were deleted: %(count)s"),
}

LABELS = {
    "audience_authors": _l("Authors of all ideas"),
    "audience_returned": _l("Authors of ideas that were returned"),
    "audience_admitted": _l("Authors of admitted ideas"),
    "draft": _l("Draft"),
    "submitted": _l("Submitted"),
    "in_check": _l("Being checked"),
    "returned": _l("Returned for correction"),
    "eligible": _l("Admitted"),
    "ineligible": _l("Not admitted"),
    "invited": _l("Invited to become a project"),
    "merged_into": _l("Merged"),
    "duplicate_of": _l("Same as another idea"),
    "withdrawn": _l("Withdrawn by the author"),
    "lapsed": _l("Lapsed, no answer in time"),
    "ineligible_final": _l("Not admitted, final"),
}
