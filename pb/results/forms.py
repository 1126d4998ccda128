"""Forms of the count."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField
from wtforms.validators import InputRequired

from pb.web.forms import Form


class CountForm(Form):
    """One button."""


class PublishForm(Form):
    """``fingerprint``: the count that the page showed, so that nothing else is published than what was
    read.
    """

    fingerprint = HiddenField()
    confirm = BooleanField(
        _l("I have read the result. It may be published now, and it cannot be taken back."),
        validators=[InputRequired(_l("Tick the box: you confirm that the result may be read by everybody."))],
    )
