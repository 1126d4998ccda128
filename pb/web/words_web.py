"""Wording of the errors that belong to no feature, and of the phases, gates and roles."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ERRORS = {
    "invalid": _l("This could not be accepted. Check what you entered and try again."),
    "problems": _l("Several things need to be corrected."),
    "no_such_page": _l("There is no such page here. The address may be mistyped, or the page is not public."),
    "not_allowed": _l("Your role does not allow this. If it should, ask your town's administrator."),
    "sign_in_first": _l("Please sign in first."),
    "second_factor_first": _l("Your role needs a second factor. Set it up first."),
    "wrong_phase": _l("This is not possible now: the contest is in another phase (%(phase)s)."),
    "wrong_state": _l("This is not possible any more: the state is now “%(state)s”."),
    "not_a_demonstration": _l("This exists in demonstrations only."),
    "required": _l("Please fill this in."),
    "too_long": _l("This is too long: at most %(limit)s characters."),
    "too_short": _l("This is too short: at least %(limit)s characters."),
    "not_money": _l("Enter a sum in lari, for example 1 500 or 1 500,50."),
    "changed_meanwhile": _l(
        "This was changed in another window meanwhile. Your text is below; look at both and send again."
    ),
    "too_many_requests": _l("There were too many attempts. Wait a few minutes and try again."),
    "csrf": _l(
        "This page had been open for too long. Nothing is lost: go back, reload the page and send again."
    ),
    "too_large": _l("What was sent is too large. Choose a smaller file and send again."),
    "method": _l("This page cannot be opened in this way. Go back and use the button there."),
    "broken": _l(
        "There is a fault on our side; it was noted. What you sent may not have arrived: "
        "go back and try again in a few minutes."
    ),
}

LABELS = {
    "preparation": _l("Preparation"),
    "ideas": _l("Call for ideas"),
    "development": _l("Project development"),
    "review": _l("Review of projects"),
    "voting": _l("Voting"),
    "results": _l("Results"),
    "implementation": _l("Implementation"),
    "published": _l("publication of the contest"),
    "roll_approved": _l("approval of the voter roll"),
    "ballot_locked": _l("the commission's decision on the ballot"),
    "objections_settled": _l("the decisions on open objections"),
    "trial_opened": _l("the trial opening of the ballot box"),
    "result_published": _l("publication of the result"),
    "administrator": _l("Administrator"),
    "officer": _l("Eligibility officer"),
    "chair": _l("Commission chair"),
    "member": _l("Commission member"),
    "secretary": _l("Commission secretary"),
    "operator": _l("Centre operator"),
    "observer": _l("Observer"),
    "mentor": _l("Trainer and mentor"),
    "None": _l("none"),
}
