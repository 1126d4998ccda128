"""Forms of delivery. Limits are the commands'."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from pb.delivery.commands import MAX_NOTE, MAX_TITLE
from pb.web.forms import Form, MoneyField

_FILL = _l("Please fill this in.")


class MilestoneForm(Form):
    """A step that is promised."""

    title = StringField(_l("What will be done"), validators=[InputRequired(_FILL), Length(max=MAX_TITLE)])
    due = DateField(_l("By which day"), validators=[InputRequired(_FILL)])


class RecordForm(Form):
    """What happened to a step."""

    done_on = DateField(_l("Done on"), validators=[Optional()])
    paid_tetri = MoneyField(_l("Paid for it so far"), validators=[Optional()])
    note = TextAreaField(_l("Note that everybody can read"), validators=[Optional(), Length(max=MAX_NOTE)])


class AbandonForm(Form):
    """Why a funded project is given up."""

    reason = TextAreaField(
        _l("Why it is not carried out; everybody can read this"),
        validators=[InputRequired(_FILL), Length(max=1000)],
    )
