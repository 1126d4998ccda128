"""What the office's tables say in the log."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

EVENTS = {
    "PeopleExported": _l(
        "A table with people’s names and numbers was taken away; people: %(people)s, reason: %(reason)s"
    ),
}
