"""Forms of paper: batches, the desk, the protocol of a centre, keying a sheet."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField, StringField, SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from pb.voting.forms import InPersonForm
from pb.voting.models_paper import REASONS, PaperBatch
from pb.voting.wording_paper import SHEET_REASONS
from pb.web.forms import Form, choices_of

MOST_NUMBERS = 200


class BatchForm(Form):
    """A new batch for a centre."""

    centre_id = SelectField(_l("Centre"), coerce=int)
    unit_slug = SelectField(_l("Ballot of the unit"), validate_choice=False)
    size = IntegerField(_l("How many ballots"), [InputRequired()])


class PaperDeskForm(InPersonForm):
    """A person with an identity card, and what is done."""

    batch = SelectField(_l("Batch"), coerce=int)
    issue = SubmitField(_l("Issue a paper ballot"))
    back = SubmitField(_l("Take an unused ballot back"))


class SpoiltForm(Form):
    """A spoilt paper is replaced; who brings it was identified when it was issued."""

    spoilt_batch = SelectField(_l("Batch of the spoilt ballot"), coerce=int)


class CountForm(Form):
    """What lay in the box of paper."""

    in_box = IntegerField(_l("Ballots in the box"), [InputRequired()])
    missing = IntegerField(_l("Issued and not brought back"), [Optional()], default=0)
    note = TextAreaField(_l("What was noticed"), [Length(max=500)])


class SignForm(Form):
    """The second person's own count."""

    in_box = IntegerField(_l("Ballots in the box, by your own count"), [InputRequired()])


class NumbersField(StringField):
    """Whole numbers with blanks or commas between them; ``data`` is a list."""

    data: list[int]  # type: ignore[assignment]

    def process_formdata(self, valuelist: list[str]) -> None:
        self.typed = valuelist[0].strip() if valuelist else ""
        parts = [part for part in re.split(r"[\s,;.]+", self.typed) if part]
        self.data = []
        if len(parts) > MOST_NUMBERS or not all(re.fullmatch("[0-9]{1,4}", part) for part in parts):
            raise ValidationError(_("Type the numbers that are crossed, with blanks between them: 3 7 12."))
        self.data = [int(part) for part in parts]

    def _value(self) -> str:
        return str(getattr(self, "typed", ""))


class SheetForm(Form):
    """One sheet: numbers that are crossed, or why there is no ballot."""

    sheet = IntegerField(_l("Number of the sheet"), [InputRequired()])
    batch = SelectField(_l("Batch, as printed on the sheet"), coerce=int)
    # whoever keys hundreds of sheets never takes the hands off the keys
    numbers = NumbersField(_l("Numbers that are crossed"), render_kw={"autofocus": True})
    reason = RadioField(_l("Or: there is no ballot that counts"), default="")


def offer_batches(field: SelectField, batches: Sequence[PaperBatch]) -> None:
    """The batches to choose from."""
    field.choices = choices_of((batch.number, str(batch.number)) for batch in batches)


def offer_reasons(field: RadioField) -> None:
    """The reasons to choose from, none first."""
    field.choices = choices_of([("", _("It is a ballot")), *((one, SHEET_REASONS[one]) for one in REASONS)])
