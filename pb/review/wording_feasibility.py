"""Wording of opinions, answers to notes, and cost cards."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ERRORS = {
    "unknown_department": _l("Choose whom to ask."),
    "opinion_given": _l("This opinion has been recorded already."),
    "choose_verdict": _l("Choose the opinion."),
    "cost_settled": _l("The scores are open, so what the projects cost is settled."),
    "cost_answered": _l("This estimate has been answered already."),
    "choose_answer": _l("Choose your answer."),
    "estimate_above_cap": _l("A project of this contest costs at most %(cap_tetri)s."),
    "agreed_day": _l("Enter the day on which it was agreed, today or before."),
}

EVENTS = {
    "OpinionAsked": _l("An opinion was asked for on idea %(number)s: %(department)s"),
    "OpinionGiven": _l("An opinion was given on idea %(number)s: %(department)s – %(verdict)s"),
    "NotesAnswered": _l("The author answered notes on idea %(number)s"),
    "CostCardMade": _l(
        "The office estimated the cost of project %(number)s at %(estimate_tetri)s (author: %(author_tetri)s)"
    ),
    "CostAnswered": _l("Estimate %(card)s of project %(number)s: %(answer)s"),
}

LABELS = {
    "representative": _l("Mayor’s representative in the unit"),
    "opinion_for": _l("In favour"),
    "opinion_conditions": _l("In favour, with conditions"),
    "opinion_against": _l("Against"),
    "channel_phone": _l("by telephone"),
    "channel_meeting": _l("at a meeting"),
    "channel_letter": _l("by letter"),
    "channel_site": _l("on this site"),
    "cost_waiting": _l("Waits for the author"),
    "cost_accepted": _l("Accepted by the author"),
    "cost_silence": _l("Accepted by silence"),
    "cost_refused": _l("Not accepted by the author"),
    "cost_answer_yes": _l("I accept the estimate"),
    "cost_answer_no": _l("I do not accept it"),
}
