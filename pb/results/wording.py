"""The words of results: refusals, events of the log, and the codes that a count uses."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ERRORS = {
    "no_vote_held": _l("There is no vote in this contest, so there is nothing to count."),
    "box_not_opened": _l("The box has not been opened yet. Close and open it first, then count."),
    "rule_not_available": _l("This version of the site cannot count by the rule “%(rule)s” yet."),
    "count_failed": _l(
        "The count broke off several times. Tell whoever runs the server; the ballots are safe, and you may "
        "start the count again."
    ),
    "already_published_result": _l("The result was published before. A published result never changes."),
    "not_counted": _l("The votes have not been counted yet."),
    "decisions_missing": _l("The commission has not decided on every project yet."),
    "result_changed": _l("There is a newer count than the one on your page. Look at it and publish again."),
    "not_confirmed": _l("Tick the box: you confirm that the result may be read by everybody."),
    "election_not_over": _l("This election is not over yet, so it cannot be brought in as a finished one."),
    "no_year": _l("The file does not say of which year the election is."),
    "file_rule_not_countable": _l("The rule that the file names cannot be counted here yet."),
    "bad_minimum": _l("The minimum in the file is not a whole number of votes."),
    "fraction_of_tetri": _l("An amount in the file has more than two decimals."),
    "bad_dates": _l("The dates of the vote in the file are not in order."),
    "too_many_projects": _l("The file has too many projects."),
    "no_such_town": _l("There is no such town here. Open it first."),
}

EVENTS = {
    "BallotsTaken": _l(
        "An observer downloaded the ballots one by one: %(name)s, fingerprint %(fingerprint)s"
    ),
    "ResultCounted": _l("The votes were counted."),
    "ResultPublished": _l(
        "The result was published: %(winners)s projects are funded with %(spent_tetri)s. Fingerprint of the "
        "result: %(fingerprint)s"
    ),
    "DecisionsTakenAsResult": _l(
        "The commission's decisions became the result: %(winners)s projects with %(spent_tetri)s."
    ),
    "ElectionImported": _l(
        "A finished election was brought in from a file: %(projects)s projects, %(ballots)s ballots, "
        "%(winners)s winners. Fingerprint of the file: %(inputs_fingerprint)s"
    ),
}

#: Where an ordered count stands.
STAGES = {
    "waiting": _l("The count is about to begin"),
    "reading": _l("The ballots are being read"),
    "counting": _l("The ballots are being counted"),
    "done": _l("The votes are counted"),
    "failed": _l("The count did not succeed"),
}

#: What settled a tie, as the end of a sentence.
SETTLED = {
    "cost": _l("lower cost"),
    "votes": _l("more voters"),
    "lot": _l("the lot"),
    "order": _l("the order of the list"),
}

#: What became of a project, in two or three words.
OUTCOMES = {
    "": _l("Funded"),
    "funded_elsewhere": _l("Funded from other money"),
    "no_votes": _l("No votes"),
    "below_minimum": _l("Below the minimum"),
    "over_pot": _l("Dearer than the whole sum"),
    "does_not_fit": _l("The money was not enough"),
    "stopped": _l("The count had ended"),
    "supporters_lack_money": _l("Its supporters' money was not enough"),
    "votes_do_not_pay": _l("Its votes do not pay for it"),
    "excluded": _l("Excluded by a winner"),
    "lost_tie": _l("Lost a tie"),
}
