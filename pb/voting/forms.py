"""Forms of the vote, the receipt and the roll."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from pb.web.forms import Form, choices_of


class NumberForm(Form):
    """Who wants to vote."""

    number = StringField(_l("Personal number"), [InputRequired(), Length(max=30)])
    aim = HiddenField(default="")  # "mine": to ask whether a vote was cast, not to cast one


class CodeForm(Form):
    """The code from the phone."""

    code = StringField(_l("Code from the text message"), [InputRequired(), Length(max=30)])


class TokenForm(Form):
    """The token from the centre's operator."""

    token = StringField(_l("Code from the operator"), [InputRequired(), Length(max=30)])


class LetterForm(Form):
    """A voter with a letter in hand."""

    number = StringField(_l("Personal number"), [InputRequired(), Length(max=30)])
    code = StringField(_l("Code from the letter"), [InputRequired(), Length(max=60)])


class LettersForm(Form):
    """Whom letters are made for."""

    file = FileField(_l("File with numbers, names and addresses"), [FileRequired()])
    size = RadioField(
        _l("Paper"),
        choices=choices_of((("a4", _l("A4, for a window envelope")), ("a5", _l("A5")))),
        default="a4",
    )


class VoidLetterForm(Form):
    """A letter whose code shall be worthless."""

    serial = StringField(_l("Number of the letter"), [InputRequired(), Length(max=20)])
    reason = TextAreaField(_l("Reason"), [InputRequired(), Length(max=300)])


class ReasonForm(Form):
    """An act that needs a reason and nothing else."""

    reason = TextAreaField(_l("Reason"), [InputRequired(), Length(max=300)])


class InPersonForm(Form):
    """Somebody stands before the operator with an identity card."""

    number = StringField(_l("Personal number on the card"), [InputRequired(), Length(max=30)])
    card_seen = BooleanField(
        _l("I hold the identity card in my hand, and it belongs to the person before me"),
        [InputRequired(_l("Without the card nobody votes at a centre. Ask for it and tick the box."))],
    )


class BallotForm(Form):
    """Carries the token alone: choices are read as they are, and checked by the rulebook."""


class CheckFileForm(Form):
    """A check file, as it is or as text."""

    file = FileField(_l("Check file"))
    text = TextAreaField(_l("Text of the check file"), [Length(max=20_000)])


class ReceiptForm(Form):
    """A tracking code, typed or scanned; read from the address, so that it can be a link."""

    class Meta(Form.Meta):
        csrf = False

    code = StringField(_l("Receipt code"), [InputRequired(), Length(max=60)])


class PhoneForm(Form):
    """An operator writes down to which mobile number codes go."""

    number = StringField(_l("Personal number on the card"), [InputRequired(), Length(max=30)])
    mobile = StringField(_l("Mobile number"), [InputRequired(), Length(max=30)])
    card_seen = BooleanField(
        _l("I hold the identity card in my hand, and it belongs to the person before me"),
        [InputRequired(_l("Without the card no number is written down. Ask for it and tick the box."))],
    )


class ClaimForm(Form):
    """A citizen's claim to the roll."""

    kind = RadioField(
        _l("What is wrong"),
        choices=choices_of(
            (
                ("missing", _l("I am missing on the roll")),
                ("phone", _l("My mobile number is missing or wrong")),
            )
        ),
        default="missing",
    )
    number = StringField(_l("Personal number"), [InputRequired(), Length(max=30)])
    name = StringField(_l("Full name"), [InputRequired(), Length(max=120)])
    born = StringField(_l("Date of birth"), [InputRequired(), Length(max=10)])
    unit = SelectField(_l("Administrative unit"), coerce=int)
    address = StringField(_l("Address"), [InputRequired(), Length(max=200)])
    mobile = StringField(_l("Mobile number"), [Optional(), Length(max=30)])


class DecideForm(Form):
    """What becomes of a claim."""

    outcome = RadioField(
        _l("Decision"),
        choices=choices_of((("accept", _l("Accept")), ("refuse", _l("Refuse")))),
        default="accept",
    )
    reason = TextAreaField(_l("Reason"), [InputRequired(), Length(max=300)])


class RollForm(Form):
    """A town's list of voters."""

    file = FileField(_l("List of voters (CSV or XLSX)"), [FileRequired()])
    check = SubmitField(_l("Check only"))
    store = SubmitField(_l("Import"))
