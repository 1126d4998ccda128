"""What keeps a gate shut: one sentence for each invariant of the box; ``wording`` takes them in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ERRORS = {
    "broken_b1": _l(
        "The box does not pass its check (%(names)s): some votes do not belong to exactly one voter of the roll. "
        "Nothing was done; tell whoever keeps the machine."
    ),
    "broken_b2": _l(
        "The box does not pass its check (%(names)s): a ballot for which a receipt was given is not where it must be. "
        "Nothing was done; tell whoever keeps the machine."
    ),
    "broken_b3": _l(
        "The box does not pass its check (%(names)s): the number of ballots is not that of the people who voted. "
        "Nothing was done; tell whoever keeps the machine."
    ),
    "broken_b4": _l(
        "The box does not pass its check (%(names)s): the opened ballots are not those of the box without the void "
        "ones. Nothing was done; tell whoever keeps the machine."
    ),
    "broken_b5": _l(
        "The box does not pass its check (%(names)s): the public board is not what was written and signed. Nothing "
        "was done; tell whoever keeps the machine."
    ),
    "broken_b6": _l(
        "The box does not pass its check (%(names)s): there are ballots after the close. Nothing was done; tell "
        "whoever keeps the machine."
    ),
    "broken_b7": _l(
        "The box does not pass its check (%(names)s): a counted ballot breaks the rulebook or is not the one on the "
        "board. Nothing was done; tell whoever keeps the machine."
    ),
    "broken_b8": _l(
        "The box does not pass its check (%(names)s): the stored result is not what the ballots give. Nothing was "
        "done; tell whoever keeps the machine."
    ),
    "broken_b9": _l(
        "The box does not pass its check (%(names)s): the sealed links do not fit the votes, or what must be "
        "destroyed is still there. Nothing was done; tell whoever keeps the machine."
    ),
    "broken_b10": _l(
        "The box does not pass its check (%(names)s): sealed ballots differ in length, or one stands in clear. "
        "Nothing was done; tell whoever keeps the machine."
    ),
    "broken_b11": _l(
        "The box does not pass its check (%(names)s): rulebook, roll, ballot or program are not those of the opening, "
        "and no entry of the board says so. Nothing was done; tell whoever keeps the machine."
    ),
    "broken_b12": _l(
        "The box does not pass its check (%(names)s): the site's own role could change board or box in the database. "
        "Nothing was done; tell whoever keeps the machine."
    ),
    "broken_b13": _l(
        "The box does not pass its check (%(names)s): a vote is of nobody on the roll, or a ballot lacks the site's "
        "signature. Nothing was done; tell whoever keeps the machine."
    ),
    "broken_paper": _l(
        "The box does not pass its check (%(names)s): papers, protocols and sheets do not add up. Nothing was done; "
        "tell whoever keeps the machine."
    ),
}
