"""The forms of dates: the whole calendar before publication, and an act on it after."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, TextAreaField
from wtforms.validators import Length

from pb.core.errors import Invalid
from pb.core.phases import WINDOWS, Calendar, Phase, Window
from pb.cycles.fields import MomentField, needed
from pb.cycles.words_rules import WINDOWS as WINDOW_WORDS
from pb.web.forms import Form
from pb.web.words_web import LABELS


class DatesForm(Form):
    """Beginnings of the phases, end of the last one, and windows. Fields are called as those of the
    calendar.
    """

    votes_held = BooleanField(_l("The residents vote"))
    ends = MomentField(_l("End of the implementation"), [needed])

    def show(self, calendar: Calendar) -> None:
        """Fill the form from the calendar."""
        self.votes_held.data = Phase.VOTING in calendar.phases
        self.ends.data = calendar.ends
        for phase, moment in calendar.starts.items():
            self[f"starts.{phase}"].data = moment
        for name, window in calendar.windows.items():
            self[f"windows.{name}"].data = window.opens
            self[f"windows.{name}.closes"].data = window.closes

    def phase_rows(self) -> list[tuple[Phase, Any, list[tuple[str, Any, Any]]]]:
        """Each phase with its input and those of its windows: (name, opens, closes)."""
        rows = []
        for phase in Phase:
            inside = [name for name, at in WINDOWS.items() if at is phase]
            windows = [(name, self[f"windows.{name}"], self[f"windows.{name}.closes"]) for name in inside]
            rows.append((phase, self[f"starts.{phase}"], windows))
        return rows

    def calendar(self) -> Calendar:
        """What was entered. Raises Invalid("required" | "window_half") beside the field."""
        starts: dict[Phase, datetime] = {}
        for phase in Phase:
            moment = self[f"starts.{phase}"].data
            if phase is Phase.VOTING and not self.votes_held.data:
                continue
            if moment is None:
                raise Invalid("phase_missing", field=f"starts.{phase}")
            starts[phase] = moment
        windows = {}
        for name in WINDOWS:
            opens, closes = self[f"windows.{name}"].data, self[f"windows.{name}.closes"].data
            if (opens is None) != (closes is None):
                raise Invalid("window_half", field=f"windows.{name}")
            if opens is not None:
                windows[name] = Window(opens, closes)
        if self.ends.data is None:
            raise Invalid("required", field="ends")
        return Calendar(starts=starts, ends=self.ends.data, windows=windows)


for _phase in Phase:
    setattr(DatesForm, f"starts.{_phase}", MomentField(LABELS[_phase.value]))
for _name in WINDOWS:
    setattr(DatesForm, f"windows.{_name}", MomentField(WINDOW_WORDS[_name]))
    setattr(DatesForm, f"windows.{_name}.closes", MomentField(_l("until")))


class ProposeForm(Form):
    """An act for a second administrator to decide."""

    kind = RadioField(_l("What is proposed"), [needed])
    phase = SelectField(_l("Which phase gets longer"), validate_choice=False)
    until = MomentField(_l("New end of that phase"))
    reason = TextAreaField(_l("Reason, which everybody will read"), [Length(max=1000)])
