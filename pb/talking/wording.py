"""Wording of talking: errors, events, labels."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ERRORS = {
    "blocked_word": _l(
        "These words are not let through here: %(word)s. Nothing was sent; change them and send again."
    ),
    "too_many_comments": _l(
        "That was a lot in a short time (at most %(most)s). Wait a little and send it again."
    ),
    "too_many_reports": _l("You have reported %(most)s comments today; the staff look at those first."),
    "whole_name": _l("Write your first name and surname; only the first name and an initial are shown."),
    "phone_needed": _l(
        "Only a person with a verified mobile number can support an idea. Sign in with your number."
    ),
    "not_a_word": _l(
        "“%(word)s” is not a single word. One word a line; a star at its end stands for any ending."
    ),
    "too_many_words": _l("The list can hold at most %(most)s words."),
    "too_few_supporters": _l(
        "The rulebook asks for %(needed)s supporters; idea %(number)s has %(have)s so far."
    ),
}

EVENTS = {
    "CommentPosted": _l("Somebody commented on %(number)s"),
    "CommentTakenBack": _l("An author took back a comment on %(number)s"),
    "CommentReported": _l("A comment on %(number)s was reported"),
    "CommentLetThrough": _l("Staff let a comment on %(number)s through"),
    "CommentHidden": _l("Staff hid a comment on %(number)s; the reason stands in its place"),
    "CommentRestored": _l("Staff showed a comment on %(number)s again"),
    "ReportsSettled": _l("Staff looked into reports of a comment on %(number)s and left it as it is"),
    "IdeaSupported": _l("Somebody supported %(number)s"),
    "SupportTakenBack": _l("Somebody took back the support of %(number)s"),
    "FollowBegun": _l("Somebody follows %(number)s"),
    "FollowEnded": _l("Somebody follows %(number)s no more"),
    "FollowedRead": _l("Somebody read what is new of the things followed"),
    "WordsBlocked": _l("Words were added that comments may not hold: %(count)s"),
    "WordUnblocked": _l("Words that comments may not hold were taken off the list: %(count)s"),
}

LABELS = {
    "for": _l("Argument for"),
    "against": _l("Argument against"),
    "question": _l("Question"),
    "reply": _l("Reply"),
    "held": _l("Waits for review"),
    "hidden": _l("Hidden"),
    "taken_back": _l("Taken back"),
    "insult": _l("It insults or threatens somebody"),
    "personal_data": _l("It shows somebody's personal data"),
    "untrue": _l("It says something that is plainly untrue"),
    "advertising": _l("It is advertising"),
    "other": _l("Something else"),
}
