"""Forms of the ceremony: custodians, steps of two people, opened files, witnesses."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired, MultipleFileField
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from pb.web.forms import Form


class CustodianForm(Form):
    """Who is to hold a key."""

    name = StringField(_l("First and last name"), [InputRequired(), Length(max=120)])
    office = StringField(_l("Office or organisation"), [InputRequired(), Length(max=120)])
    act = StringField(_l("Act of appointment (number and date)"), [InputRequired(), Length(max=120)])


class KeyForm(Form):
    """A public key, as a file or as its one line."""

    file = FileField(_l("File custodian.pub"))
    key = StringField(_l("Or the line in it"), [Length(max=200)])


class FingerprintForm(Form):
    """The fingerprint as the custodian reads it on the own sheet."""

    fingerprint = StringField(_l("Fingerprint on your own sheet"), [InputRequired(), Length(max=40)])


class PublishedReasonForm(Form):
    """A reason that is published."""

    reason = TextAreaField(_l("Reason"), [InputRequired(), Length(max=1000)])


class CaseForm(PublishedReasonForm):
    """A vote that is suspected of fraud."""

    number = StringField(_l("Personal number of the voter"), [InputRequired(), Length(max=30)])


class BoxFileForm(Form):
    """A file that custodians have opened."""

    file = FileField(_l("Opened file"), [FileRequired()])


class OpeningForm(Form):
    """The opened ballots; three files where some could not be opened."""

    file = MultipleFileField(_l("Opened file"), [FileRequired()])


class WitnessForm(Form):
    """Somebody who keeps the heads of the board."""

    name = StringField(_l("Name or organisation"), [InputRequired(), Length(max=120)])
    email = StringField(
        _l("E-mail address, to which each day's fingerprint is sent"), [Optional(), Length(max=254)]
    )
    contact = StringField(_l("Web address or telephone, which is published"), [Optional(), Length(max=200)])
