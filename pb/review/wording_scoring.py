"""Wording of sheets with gaps, extended terms, draws, lots and of the rankings computed anew."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ERRORS = {
    "too_little_judged": _l(
        "Leave out criteria of less than half of the weight: a sheet must judge at least %(percent)s %% of it. If you "
        "cannot, tell the chair, who calls a substitute in."
    ),
    "criterion_below_quorum": _l(
        "On project %(number)s fewer than three of the counted sheets judge “%(criterion)s”. No mean is made of so few."
    ),
    "quorum_is_there": _l("Every project has its quorum, so the term is not extended."),
    "extension_too_far": _l(
        "The term can be extended until %(limit_at)s at most: then the objections begin or the phase ends. For more, "
        "two administrators extend the phase."
    ),
    "nothing_drawn": _l("By the rulebook every member scores every project, so nobody is drawn."),
    "sheets_begun": _l(
        "Members have begun their sheets already. From now on only vacant places are filled, by themselves."
    ),
    "nothing_tied": _l("No projects share a rank, so there is nothing to draw."),
    "lot_pending": _l("A list is fixed already and waits for its number."),
    "lot_drawn": _l("This lot has been drawn already."),
    "number_not_later": _l(
        "Name a number that becomes known on a later day than today: nobody may know it while the list is fixed."
    ),
    "number_not_yet": _l("The number becomes known on %(on)s; enter it then."),
    "not_a_public_number": _l(
        "Enter the digits of the public number, with blanks, commas or hyphens between groups."
    ),
    "adjusts_nothing": _l(
        "The adjustment is for members who score some projects each. Say how many score a project."
    ),
    "adjustment_needs_sheets": _l(
        "With the adjustment single sheets must be published, or nobody could compute it again."
    ),
    # a file to compute anew
    "bundle_missing": _l("Choose the file with the ranking (JSON)."),
    "bundle_too_large": _l("The file is larger than %(megabytes)s MB. A ranking is never that large."),
    "bundle_unreadable": _l("This is no JSON file, or it is damaged: %(found)s"),
    "bundle_unknown": _l("This file is no ranking of this system (format %(found)s; expected %(expected)s)."),
    "bundle_broken": _l("The file lacks something or has something wrong in it, at: %(place)s"),
}

EVENTS = {
    "GapAccepted": _l(
        "A sheet on project %(number)s that leaves out %(criteria)s of the criteria was accepted: %(reason)s"
    ),
    "ScoringExtended": _l("The term for scoring was extended until %(until)s: %(reason)s"),
    "MembersDrawn": _l(
        "It was drawn who scores which project (draw %(round)s). Seed: %(seed)s. Fingerprint: %(fingerprint)s"
    ),
    "LotFixed": _l(
        "The list of equal projects was fixed (lot %(lot)s). Fingerprint: %(fingerprint)s. It is drawn by: %(source)s, "
        "%(source_on)s"
    ),
    "LotNumberEntered": _l("A person entered the public number of lot %(lot)s"),
    "LotWasDrawn": _l("Lot %(lot)s was drawn. Public number: %(seed)s"),
}

LABELS = {
    "cannot_judge_short": _l("cannot judge"),
    "settled_unit": _l("a unit that has no project further up"),
    "settled_running_cost": _l("the lower running cost"),
    "settled_lot": _l("the public lot"),
    "agreement_firm": _l("The members agree well."),
    "agreement_tentative": _l("The members agree fairly well."),
    "agreement_weak": _l("The members saw it differently."),
    "agreement_unknown": _l(
        "It cannot be said how far they agree: all gave the same level, or too few scored."
    ),
    # what differs in a ranking computed anew
    "differs_sha256": _l("The fingerprint of the whole file"),
    "differs_ranking_sha256": _l("The fingerprint of the ranking"),
    "differs_rulebook": _l("The fingerprint of the rulebook"),
    "differs_rules": _l("What the ranking says of the rules"),
    "differs_lot": _l("The list of a lot"),
    "differs_inputs": _l("Sums or numbers of sheets"),
    "differs_result": _l("A result"),
    "differs_expected": _l("The fingerprint that was expected"),
}
