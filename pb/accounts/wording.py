"""Wording of accounts: errors, events."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ERRORS = {
    "bad_mobile": _l("Enter a Georgian mobile number, for example 555 12 34 56."),
    "too_many_codes": _l("Too many codes were sent to this number. Use the last one, or try again later."),
    "bad_code": _l("The code has 8 digits."),
    "wrong_code": _l("This is not the code that was sent. Tries left: %(left)s."),
    "code_over": _l("This code is no longer good. Ask for a new one."),
}
