"""Wording of the eligibility check: its errors, events and codes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ERRORS = {
    "nothing_chosen": _l("Choose at least one idea that is still waiting and is not your own."),
    "already_checked": _l(
        "Another officer was quicker and has recorded an outcome: %(state)s. Nothing of yours was "
        "recorded; what you entered is still below."
    ),
    "text_changed": _l(
        "The author changed the text after you opened this page. Read it again and "
        "record the outcome once more."
    ),
    "check_unanswered": _l("Answer this criterion: met or not met."),
    "eligible_with_failures": _l(
        "An idea is admitted only when every criterion is met (not met: %(count)s)."
    ),
    "returned_enough": _l(
        "The idea was returned %(limit)s times already. Now it is either admitted or not admitted."
    ),
    "not_correctable": _l(
        "The author cannot correct this, so the idea cannot be returned for it. Choose “Do not admit”."
    ),
    "nothing_to_correct": _l(
        "Say what the author should correct: a criterion that is not met, or a note on a field."
    ),
    "ineligible_without_failure": _l("An idea is refused only when at least one criterion is not met."),
    "nobody_to_invite": _l("There is nobody to invite: no idea is waiting for it."),
    "reason_too_short": _l("Explain the reason in at least %(limit)s characters."),
}

EVENTS = {
    "ContactDataShown": _l("Contact data of the authors of idea %(number)s were read. Reason: %(reason)s"),
}

# "eligible", "returned" and "ineligible" are states of ideas, worded there.
LABELS: dict[str, object] = {}
