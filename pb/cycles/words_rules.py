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
RULES = {
    "equal-shares": _l("Equal shares"),
    "greedy": _l("Most votes; what does not fit is skipped"),
    "greedy-no-skip": _l("Most votes, down to the first that does not fit"),
    "greedy-per-cost": _l("Most votes per lari"),
    "price-per-vote": _l("Each vote is worth a fixed sum"),
    "phragmen": _l("Phragmén's method"),
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
EXAMPLES = {
    "equal-shares": _l(
        "Each of the ten voters has a share of 3,000 lari. The six supporters of the road have 18,000 "
        "together: not enough for 20,000. The five supporters of the lighting pay 2,400 each, the four "
        "supporters of the sports ground 2,250 each. Funded: lighting and sports ground, together 21,000. "
        "Nine of the ten voters get something they voted for."
    ),
    "greedy": _l(
        "The road has most votes and takes 20,000; 10,000 are left. The lighting needs 12,000 and is "
        "skipped. The sports ground needs 9,000 and fits. Funded: road and sports ground."
    ),
    "greedy-no-skip": _l(
        "The road has most votes and takes 20,000; 10,000 are left. The lighting needs 12,000 and does "
        "not fit: the count stops. Funded: the road alone."
    ),
    "greedy-per-cost": _l(
        "Votes for each 1,000 lari: sports ground 0.44, lighting 0.42, road 0.30. The sports ground takes "
        "9,000, the lighting 12,000; 9,000 are left, too little for the road. Funded: sports ground and "
        "lighting."
    ),
    "phragmen": _l(
        "When everybody has 2,250 lari, the four supporters of the sports ground can buy it. At 2,400 the "
        "five supporters of the lighting can. The road would then cost more than the 9,000 that are left. "
        "Funded: sports ground and lighting."
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
}
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

# Projects of the worked example: cost in tetri and the voters 1 to 10 who chose it; 30,000 lari in all.
EXAMPLE_MONEY = 3_000_000
EXAMPLE_VOTERS = 10
EXAMPLE = (
    ("road", _l("Road"), 2_000_000, (1, 2, 3, 4, 5, 6)),
    ("lighting", _l("Outdoor lighting"), 1_200_000, (6, 7, 8, 9, 10)),
    ("sports", _l("Sports ground"), 900_000, (1, 2, 3, 4)),
)
