"""Forms of talking. Shapes only: what may be said, the commands know."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField, TextAreaField

from pb.talking.commands import KINDS, REASONS
from pb.web.forms import Form, choices_of
from pb.web.wording import label


class CommentForm(Form):
    """An argument or a question. ``name`` only where the account has given none."""

    kind = RadioField(_l("What is it?"), validate_choice=False)
    text = TextAreaField(_l("Your words"))
    name = StringField(_l("Your first name and surname"))

    def offer(self, *, reply: bool, named: bool) -> None:
        """Leave out what is not asked."""
        if reply:
            del self.kind
        else:
            self.kind.choices = choices_of((kind, label(kind)) for kind in KINDS)
        if named:
            del self.name


class ReportForm(Form):
    """Why a comment should not stand."""

    reason = RadioField(_l("What is wrong with it?"), validate_choice=False)
    note = TextAreaField(_l("Anything that helps us to judge"))

    def offer(self) -> None:
        """Fill in the reasons."""
        self.reason.choices = choices_of((reason, label(reason)) for reason in REASONS)


class HideForm(Form):
    """The public reason."""

    public_reason = TextAreaField(_l("Public reason"))


class WordsForm(Form):
    """Words to add, one a line."""

    words = TextAreaField(_l("Words, one a line"))


class ActForm(Form):
    """Nothing but the token: an act by one press."""
