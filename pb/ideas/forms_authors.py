"""Forms for co-authors, guardians, and ideas that are to go on together."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField, TelField, TextAreaField

from pb.ideas.forms import WhoForm
from pb.web.forms import Form


class InviteForm(Form):
    """Whom to ask."""

    phone = TelField(_l("Mobile number of the co-author"))


class ConfirmForm(WhoForm):
    """Who joins as author, and the consent."""

    consent = BooleanField(
        _l(
            "I have read the idea and stand behind it as an author. I agree that the municipality keeps my name and "
            "number to examine the idea, and that it is published with my first name and the initial of my surname."
        )
    )


class GuardianForm(Form):
    """A guardian's yes."""

    agrees = BooleanField(
        _l(
            "I am the parent or guardian, I have read the idea, and I agree that it is handed in and published."
        )
    )


class CodeOnlyForm(Form):
    """A code from a text message, typed."""

    code = StringField(_l("Code from the text message"))


class GuardianSlipForm(Form):
    """The paper that a guardian signed at a centre."""

    code = StringField(_l("Code of the idea, from the paper or from the author's page"))
    slip = StringField(_l("Number of the signed paper and where it is kept"))


class JoinForm(Form):
    """Which ideas are to go on under this one, and why."""

    others = StringField(_l("Numbers of the other ideas"))
    reason = TextAreaField(_l("Why they belong together"))


class SlipForm(Form):
    """Where the signed paper is kept."""

    slip = StringField(_l("Number of the signed paper and where it is kept"))
