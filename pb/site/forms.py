"""Forms of the demonstration."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, TimeField
from wtforms.validators import InputRequired

from pb.web.forms import Form


class ClockForm(Form):
    """The moment to which the rehearsal clock is turned, in Tbilisi time."""

    day = DateField(_l("Day"), validators=[InputRequired(_l("Please fill this in."))])
    time = TimeField(_l("Time"), validators=[InputRequired(_l("Please fill this in."))])
