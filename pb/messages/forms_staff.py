"""The staff's forms of messages: the price of a part, a kind's words, a message to a group."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from pb.messages import audiences
from pb.messages.kinds import Kind
from pb.messages.wordings import LIMITS
from pb.web.forms import Form, choices_of
from pb.web.wording import label

REQUIRED = InputRequired(_l("Please fill this in."))
# A text is checked by the command, which says what is wrong with its placeholders, too.
_PARTS = {
    ("subject", "ka"): _l("Heading, in Georgian"),
    ("subject", "en"): _l("Heading, in English"),
    ("sms", "ka"): _l("Text message, in Georgian"),
    ("sms", "en"): _l("Text message, in English"),
    ("body", "ka"): _l("Letter, in Georgian"),
    ("body", "en"): _l("Letter, in English"),
}


def _field(part: str, language: str) -> Any:
    kind = StringField if part == "subject" else TextAreaField
    return kind(_PARTS[part, language], [Optional(strip_whitespace=False), Length(max=LIMITS[part])])


class PriceForm(Form):
    """What one part of a text message costs, in tetri."""

    price = StringField(_l("Price of one part of a text message, in tetri"), [REQUIRED, Length(max=12)])


class WordingForm(Form):
    """The words of a kind by part and language; ``version``: the one that the page showed."""

    version = HiddenField()

    def typed(self) -> dict[str, str]:
        """What was typed, by field."""
        return {f.name.removeprefix(self._prefix): f.data or "" for f in self if "_" in f.short_name}


def wording_form(kind: Kind) -> type[WordingForm]:
    """The form with the fields of a kind."""
    fields = {
        f"{part}_{language}": _field(part, language) for language in ("ka", "en") for part in kind.parts()
    }
    return type("Wording", (WordingForm,), fields)


class BulkForm(Form):
    """A message to a group."""

    audience = SelectField(_l("To whom"), [REQUIRED], choices=[])
    subject_ka = StringField(_PARTS["subject", "ka"], [REQUIRED, Length(max=LIMITS["subject"])])
    sms_ka = TextAreaField(_PARTS["sms", "ka"], [REQUIRED, Length(max=LIMITS["sms"])])
    body_ka = TextAreaField(_PARTS["body", "ka"], [REQUIRED, Length(max=LIMITS["body"])])
    page = StringField(_l("Page to which a link leads"), [Optional(), Length(max=200)])
    subject_en = StringField(_PARTS["subject", "en"], [Optional(), Length(max=LIMITS["subject"])])
    sms_en = TextAreaField(_PARTS["sms", "en"], [Optional(), Length(max=LIMITS["sms"])])
    body_en = TextAreaField(_PARTS["body", "en"], [Optional(), Length(max=LIMITS["body"])])

    def offer(self) -> BulkForm:
        """Put the groups in, in the reader's language."""
        self.audience.choices = choices_of((code, label(code)) for code in audiences.codes())
        return self


class SendForm(Form):
    """The number of people, typed by whoever sends."""

    count = IntegerField(_l("Number of people"), [REQUIRED])
