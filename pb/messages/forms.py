"""The forms of the own messages."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from pb.messages.commands_own import CHANNELS, MAIL_LIMIT, RHYTHMS
from pb.messages.kinds import SERVICE, WITH_DIGEST, Group
from pb.web.forms import Form, choices_of
from pb.web.wording import label

REQUIRED = InputRequired(_l("Please fill this in."))


class MailForm(Form):
    """An e-mail for messages."""

    email = StringField(_l("E-mail"), [REQUIRED, Length(max=MAIL_LIMIT)])


class PreferencesForm(Form):
    """A channel for each group, and a rhythm where the messages can wait."""

    def chosen(self, groups: Iterable[Group]) -> dict[Group, tuple[str, str]]:
        """What was chosen, by group."""
        return {
            group: (
                self[f"{group.value}_channel"].data or "",
                self[f"{group.value}_rhythm"].data if group in WITH_DIGEST else "now",
            )
            for group in groups
        }


def preferences_form(groups: Iterable[Group]) -> type[PreferencesForm]:
    """The form with the fields of ``groups``, in the reader's language."""
    fields: dict[str, object] = {}
    for group in groups:
        offered = [one for one in CHANNELS if one != "inbox" or group not in SERVICE]
        fields[f"{group.value}_channel"] = RadioField(
            label(group.value), choices=choices_of((one, label(f"way_{one}")) for one in offered)
        )
        if group in WITH_DIGEST:
            fields[f"{group.value}_rhythm"] = SelectField(
                _l("How often"), choices=choices_of((one, label(f"rhythm_{one}")) for one in RHYTHMS)
            )
    return type("Preferences", (PreferencesForm,), fields)
