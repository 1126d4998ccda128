"""Wording of the errors and events of cycles, their rules and dates."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ERRORS = {
    "cycle_in_use": _l(
        "More than rules and dates hangs on this contest already (such as a voter roll), so it stays."
    ),
    # cycles and their publication
    "no_such_cycle": _l("There is no such contest."),
    "no_rulebook": _l("This contest has no rulebook yet."),
    "no_calendar": _l("This contest has no dates yet."),
    "rule_not_countable": _l("This version of the site has no such rule of counting. Choose another one."),
    "undefined_pair": _l(
        "This rule of counting has no meaning for such ballots. Choose another rule or ballot."
    ),
    "step_too_small": _l(
        "The step by which shares are raised is too small for so much money: the count would never end."
    ),
    "step_too_small_for_sum": _l(
        "With so small a step the count could take more steps than it may. Set a step of at least %(least_tetri)s."
    ),
    "bad_year": _l("Enter a year from %(low)s to %(high)s."),
    "year_taken": _l("There is a contest of %(year)s already."),
    "town_without_units": _l("The municipality has no administrative units yet. Import them first."),
    "town_without_officer": _l("Name the personal data protection officer: people must know whom to ask."),
    "votes_and_dates_differ": _l("The rules and the dates differ on whether there is a vote."),
    "already_published": _l("This contest is published already."),
    "not_published": _l("This contest is not published yet."),
    "cycle_over": _l("By its dates this contest is over. Correct the dates first."),
    "rulebook_frozen": _l("This part of the rules cannot change any more: the phase has begun (%(phase)s)."),
    "calendar_published": _l("The dates are published. They change only by an act of two administrators."),
    "note_too_short": _l("Say in at least %(limit)s characters why the published rules are changed."),
    # acts
    "reason_too_short": _l("Give the reason in at least %(limit)s characters: everybody will read it."),
    "act_pending": _l("Another act is waiting for a decision. It has to be decided or withdrawn first."),
    "act_decided": _l("This act has been decided already."),
    "own_act": _l("You proposed this act yourself. Another administrator has to decide."),
    "not_your_act": _l("Only the administrator who proposed an act can withdraw it."),
    "cycle_stopped": _l("The contest is halted or over: nothing can be changed any more."),
    "already_so": _l("The contest is in that state already."),
    "phase_over": _l("This phase is over: its term can no longer be extended."),
    "until_is_past": _l("The new term must lie in the future."),
    "not_an_extension": _l("The new term must be later than the present one: %(closes_at)s."),
    "passes_next_boundary": _l("The new term must leave room for what follows, so not later than %(limit)s."),
    # dates
    "look_and_save": _l("The money was divided equally. Look at the sums, then save."),
    "bad_moment": _l("Enter a date, and a time such as 18:00."),
    "bad_calendar": _l("The dates cannot be read."),
    "no_such_phase": _l("This contest has no such phase."),
    "no_such_window": _l("There is no such term."),
    "phase_missing": _l("Enter the day on which this phase begins."),
    "out_of_order": _l("This moment must be later than the one before it."),
    "window_outside_phase": _l("This term must lie inside the phase: %(phase)s."),
    "window_half": _l("Enter both the beginning and the end, or neither."),
    "too_few_working_days": _l("There are only %(days)s working days here; at least %(minimum)s are needed."),
    # money
    "sums_do_not_add_up": _l(
        "The sums must add up to the pot: they make %(total_tetri)s, the pot is %(pot_tetri)s, "
        "the difference is %(difference_tetri)s."
    ),
    "unknown_unit": _l("The municipality has no such unit: %(unit)s."),
    "unit_without_sum": _l("The sum of the unit %(unit)s is missing. It may be 0."),
    "cap_not_above_floor": _l(
        "The highest cost of a project must be above the lowest one (%(floor_tetri)s)."
    ),
    "cap_above_every_sum": _l(
        "No unit has so much money: the highest cost of a project can be at most %(largest_tetri)s."
    ),
    "too_much_money": _l("This sum is too large."),
    "nothing_to_split_among": _l("There is nobody to divide the money among."),
    # choices and lists
    "too_small": _l("Enter %(minimum)s or more."),
    "out_of_range": _l("Enter a number from %(low)s to %(high)s."),
    "not_a_choice": _l("Choose one of the possibilities."),
    "repeated": _l("Each may be named only once."),
    "bad_or_repeated_id": _l("Two entries have the same identifier, or one has none."),
    "paper_needs_in_person": _l(
        "Ballots of paper are issued to people who show an identity document. "
        "Choose that way of showing who one is too."
    ),
    "own_unit_needs_unit_sums": _l(
        "Voters can be bound to their own unit only if every unit has its own sum."
    ),
    "ties_left_open": _l("The last rule for ties must always decide: the lot or the order of the list."),
    "missing_words": _l("The text is needed in Georgian and in English."),
    "unknown_language": _l("There is a text in a language that this site does not have."),
    "no_criteria": _l("At least one criterion is needed."),
    "weights_do_not_sum": _l("The weights must add up to 100 %%."),
    "not_positive": _l("The weight must be above zero."),
    "empty_scale": _l("The scale needs at least two levels."),
    "wrong_number_of_levels": _l(
        "Every level of the scale needs its words: there are %(found)s of %(expected)s."
    ),
    "weight_without_points": _l("Only a criterion that gives points has a weight."),
    "gate_without_minimum": _l("A gate needs a required mean above the lowest level."),
    "minimum_of_information": _l("A question for information has no required mean."),
    "minimum_outside_scale": _l("The required mean must lie within the scale."),
    "bad_percent": _l("Enter a percentage with at most two decimals, for example 25 or 12,5."),
    "bad_points": _l("Enter a number with at most two decimals, for example 60 or 3,5."),
    "missing_key": _l("The rulebook cannot be read: a part is missing."),
    "unknown_key": _l("The rulebook cannot be read: it has an unknown part."),
    "wrong_type": _l("The rulebook cannot be read: a part has the wrong form."),
    "unknown_category": _l("There is no such category."),
    "unknown_check": _l("There is no such check."),
    "unknown_criterion": _l("There is no such criterion."),
}

EVENTS = {
    "CycleCreated": _l("A contest of %(year)s was begun."),
    "CycleRenamed": _l("The contest of %(former)s was renamed; it is of %(year)s."),
    "CycleDiscarded": _l("The contest of %(year)s, which was not published, was discarded."),
    "RulebookSaved": _l("Draft %(version)s of the rulebook was saved."),
    "RulebookChanged": _l("Version %(version)s of the rulebook was published: %(note)s"),
    "CalendarSaved": _l("Version %(version)s of the dates was saved."),
    "CyclePublished": _l("The contest was published with version %(rulebook_version)s of the rulebook."),
    "ActProposed": _l("Proposed: %(act)s. Reason: %(reason)s"),
    "ActApproved": _l("Approved by a second administrator: %(act)s. Reason: %(reason)s"),
    "ActRejected": _l("Rejected by a second administrator: %(act)s."),
    "ActWithdrawn": _l("Withdrawn by its proposer: %(act)s."),
}

LABELS = {
    "extend": _l("Extension of a term"),
    "pause": _l("Pause of the contest"),
    "resume": _l("Resumption of the contest"),
    "halt": _l("Halt of the contest"),
}
