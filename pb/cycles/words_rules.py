"""The words for what a rulebook may say: choices of its forms and lines of its public page."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

WHO = {
    "resident": _l("A resident of the municipality"),
    "group": _l("An initiative group of residents"),
    "organisation": _l("An organisation registered in the municipality"),
}
CHANNELS = {
    "web": _l("on this site"),
    "paper": _l("on paper"),
    "centre": _l("at a community centre, with an operator's help"),
    "hotline": _l("by the hotline"),
}
BEFORE_HAND_IN = {
    "nothing": _l("Nothing: trainings and lessons are offered, not required"),
    "training": _l("One of the authors has attended a training"),
    "lessons": _l("One of the authors has passed the quiz of every lesson"),
    "training_or_lessons": _l(
        "One of the authors has attended a training or passed the quiz of every lesson"
    ),
}
IDENTIFICATIONS = {
    "sms_code": _l("a one-time code sent to a mobile phone"),
    "printed_code": _l("a printed code"),
    "in_person": _l("an identity document shown in person"),
}
BALLOT_KINDS = {
    "approval": _l("Choose projects: each chosen project gets one vote"),
    "knapsack": _l("Spend the budget: choose projects as long as their cost fits the money"),
}
SCOPES = {
    "town": _l("All projects of the municipality"),
    "own_unit": _l("The projects of the voter's own unit and those of the whole municipality"),
}
READERS = {
    "everybody": _l("Everybody: whoever likes counts again from the ballots themselves"),
    "observers": _l(
        "Accredited observers alone: the public gets the totals and the fingerprints of the ballots"
    ),
}
RULES = {
    "equal-shares": _l("Equal shares"),
    "greedy": _l("Most votes; what does not fit is skipped"),
    "greedy-no-skip": _l("Most votes, down to the first that does not fit"),
    "greedy-per-cost": _l("Most votes per lari"),
    "price-per-vote": _l("Each vote is worth a fixed sum"),
    "phragmen": _l("Phragmén's method"),
}
#: The same in tables, where there is little room.
RULES_SHORT = {
    "equal-shares": _l("Equal shares"),
    "greedy": _l("Most votes"),
    "greedy-no-skip": _l("Most votes, nothing skipped"),
    "greedy-per-cost": _l("Most votes per lari"),
    "price-per-vote": _l("Fixed sum for a vote"),
    "phragmen": _l("Phragmén"),
}
RULES_EXPLAINED = {
    "equal-shares": _l(
        "The money is divided equally among the voters. A project is funded when those who voted for it "
        "can pay its cost together from their shares, each as equally as possible. Projects that give "
        "more for each lari paid are bought first. So a large group cannot spend the money of everybody."
    ),
    "greedy": _l(
        "Projects are taken in the order of their votes, as long as their cost fits the money that is "
        "left. A project that does not fit is skipped, and the next one is looked at."
    ),
    "greedy-no-skip": _l(
        "Projects are taken in the order of their votes. At the first project that does not fit the money "
        "that is left, the count stops."
    ),
    "greedy-per-cost": _l(
        "For each project its votes are divided by its cost. Projects are taken in the order of that "
        "number, as long as they fit the money that is left."
    ),
    "price-per-vote": _l(
        "Each vote is worth a fixed sum. A project is funded when its votes together are worth its cost; "
        "projects are taken in the order of their votes, as long as the money lasts."
    ),
    "phragmen": _l(
        "Imagine that every voter is given money little by little, all at the same pace. As soon as those "
        "who voted for a project have its cost together, it is bought with their money. This goes on "
        "until the next project would cost more than the money that is left."
    ),
}
TIES = {
    "cost": _l("the cheaper project wins"),
    "votes": _l("the project with more votes wins"),
    "lot": _l("a lot decides, drawn so that anybody can replay it"),
    "order": _l("the order of the list of projects decides"),
}
TIES_SHORT = {
    "cost": _l("lower cost"),
    "votes": _l("more votes"),
    "lot": _l("public lot"),
    "order": _l("order of the list"),
}
UTILITIES = {
    "cost": _l("by the money of the funded projects they voted for"),
    "cardinality": _l("by the number of the funded projects they voted for"),
}
COMPLETIONS = {
    "none": _l("Nothing: it stays unspent by the count"),
    "add1": _l("Everybody's share is raised step by step, until the next step would overspend"),
    "add1u": _l("As before, and then the rest goes to the projects with most votes that fit"),
    "utilitarian": _l("It goes to the projects with most votes that fit"),
    "comparison": _l(
        "Everybody's share is raised step by step, until the next step would overspend; then this outcome is "
        "compared with that of “most votes”, which is taken if more voters get more from it"
    ),
}
#: Shown beside the form, not a fault.
CHOOSE_ONE_NOTE = _l(
    "With a single choice on the ballot equal shares cannot do much: in real votes of that kind it left 46 % "
    "of the voters with nothing that they chose, most votes 43 %. Let people choose several projects."
)
LEFTOVERS = {
    "keep": _l("It is carried over to the next cycle"),
    "town": _l("It goes to the projects of the whole municipality"),
}
SHORTLISTS = {
    "all_pass": _l("All projects that pass"),
    "best_n": _l("The best ones, up to a number"),
    "money_times": _l("Down the ranking until the costs reach a multiple of the money"),
}
SCORES_PUBLIC = {
    "aggregate": _l("Only the means of all members"),
    "pseudonymous": _l("Every sheet, members called A, B, C… anew for each project"),
    "named": _l("Every sheet with the member's name"),
}
PARTS = {
    "participation": _l("Who takes part"),
    "money": _l("Money"),
    "dates": _l("Dates"),
    "categories": _l("Categories"),
    "checklist": _l("What officials check"),
    "criteria": _l("Criteria of scoring"),
    "commission": _l("Shortlist and publication of scores"),
    "ballot": _l("Voting and counting"),
    "town": _l("Contact data of the municipality"),
}
WINDOWS = {
    "scoring": _l("Scoring by the commission"),
    "objections": _l("Objections to the commission's list"),
    "result_objections": _l("Objections to the result"),
}
ACTS = {
    "extend": _l("Extension of a term"),
    "pause": _l("Pause of the contest"),
    "resume": _l("Resumption of the contest"),
    "halt": _l("Halt of the contest"),
}
OUTCOMES = {
    "approved": _l("Approved"),
    "rejected": _l("Rejected"),
    "withdrawn": _l("Withdrawn"),
}

CRITERION_KINDS = {
    "scored": _l("Gives points"),
    "gate": _l("Gate"),
    "information": _l("For information"),
}

CRITERION_KINDS_LONG = {
    "scored": _l("Gives points by its weight."),
    "gate": _l("Gives no points. A project whose mean here misses the required one is not shortlisted."),
    "information": _l("Gives no points and decides nothing. The answers are published."),
}
