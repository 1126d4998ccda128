"""What messages are called and what their refusals and acts say."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ERRORS = {
    "not_a_choice": _l("Choose one of what is offered."),
    "service_stays": _l("Terms run from these messages, so they cannot be left to the site alone."),
    "too_many_links": _l("%(most)s links were sent today. Try again tomorrow."),
    "mail_of_staff": _l("You sign in by e-mail: messages go to that address."),
    "bad_price": _l("Write the price in tetri, for example 4,5."),
    "nothing_to_retry": _l("Nothing is waiting to be sent again."),
    "unreachable": _l("The person has neither a number nor a confirmed e-mail any more."),
    "unknown_placeholder": _l("{%(name)s} is not known here. These can be used: %(known)s"),
    "missing_placeholder": _l("{%(name)s} is missing: without it people do not get what they need."),
    "stray_brace": _l("A brace stands alone. Placeholders are written like {url}."),
    "text_too_long": _l("This text takes %(parts)s parts; at most %(most)s are allowed."),
    "no_such_audience": _l("Choose a group."),
    "nobody_there": _l("Nobody belongs to this group now."),
    "other_count": _l(
        "%(count)s people belong to the group now. Look at the message once more and type that number."
    ),
    "second_person": _l("Another administrator has to send it: whoever wrote it does not."),
    "one_line": _l("Keep it to one line."),
    "bad_page": _l("Write the end of an address of this contest, for example “ideas”, without blanks."),
    "bulk_over": _l("This message was sent or given up already."),
}

EVENTS = {
    "MessagesRead": _l("Messages were marked as read: %(count)s"),
    "MessagesChosen": _l("Somebody chose how to get messages"),
    "MailAddressGiven": _l("An e-mail for messages was given"),
    "MailAddressConfirmed": _l("An e-mail for messages was confirmed"),
    "MailAddressRemoved": _l("An e-mail for messages was taken away"),
    "MessagesRetried": _l("Messages that were not delivered were sent again: %(count)s"),
    "MessagePriceSet": _l("The price of a text message was set"),
    "MessageWordingChanged": _l("The wording of a message was changed: %(kind)s, version %(version)s"),
    "BulkWritten": _l("A message to a group was written: %(kind)s"),
    "BulkDropped": _l("A message to a group was given up unsent: %(kind)s"),
    "BulkSent": _l("A message was sent to a group: %(kind)s, people: %(count)s"),
}

LABELS = {
    "group_decisions": _l("Decisions on your ideas and projects"),
    "group_talk": _l("Comments and answers on what is yours"),
    "group_training": _l("Trainings"),
    "group_followed": _l("What you follow"),
    "group_news": _l("News of the contest"),
    "group_work": _l("Your work in the commission or the office"),
    "message_bulk": _l("Message to a group"),
    "message_bulk_link": _l("Message to a group, with a link"),
    "message_digest": _l("Several messages in one letter"),
    "message_digest_text": _l("Notice of several messages"),
    "message_voter_code": _l("Code to vote"),
    "message_vote_cast": _l("Notice that a vote was cast with a number"),
    "message_phone_bound": _l("Notice that a number was written down for voting"),
    "message_claim_decided": _l("Decision on a claim to the roll"),
    "message_signin_code": _l("Code to sign in"),
    "message_draft_link": _l("Link to a draft"),
    "way_sms": _l("text message"),
    "way_mail": _l("e-mail"),
    "way_both": _l("text message and e-mail"),
    "way_inbox": _l("only here, on the site"),
    "rhythm_now": _l("at once"),
    "rhythm_daily": _l("once a day, together"),
    "rhythm_weekly": _l("once a week, together"),
}
