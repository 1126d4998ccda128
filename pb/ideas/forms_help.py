"""The operator's form: person and idea on one page, as it is asked at a desk or copied from paper."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField

from pb.core.errors import Invalid
from pb.cycles.queries import Here
from pb.ideas.commands_help import CHANNELS
from pb.ideas.content import Person
from pb.ideas.forms import VILLAGES, CodeForm, GroupsField, WhoForm, whole_or_none
from pb.ideas.models import Idea
from pb.ideas.offers import category_choices, unit_choices
from pb.ideas.records import person_of
from pb.places.queries import centres_of
from pb.web.filters import words
from pb.web.forms import Form, MoneyField, choices_of

CHANNEL_WORDS = {
    "centre": _l("At a community centre"),
    "hotline": _l("By the hotline"),
    "paper": _l("From a paper form"),
}
_CONTENT = ("title", "problem", "solution", "place", "beneficiaries", "groups", "category", "cost_tetri")


class HelpForm(WhoForm):
    """Who is in front of you, and the idea. Fields of the place of the idea begin with ``idea_``."""

    channel = RadioField(_l("How did it reach you?"), validate_choice=False)
    centre_id = SelectField(_l("Centre"), coerce=whole_or_none, validate_choice=False)
    title = StringField(_l("Title of the idea"))
    problem = TextAreaField(_l("What is the problem?"))
    solution = TextAreaField(_l("What do you propose?"))
    idea_unit_id = SelectField(
        _l("Administrative unit of the idea"), coerce=whole_or_none, validate_choice=False
    )
    idea_village = StringField(_l("Village or settlement"), render_kw=VILLAGES)
    place = StringField(_l("Exact place"))
    beneficiaries = TextAreaField(_l("Who will benefit?"))
    groups = GroupsField(_l("Whom does it help more than others?"))
    category = RadioField(_l("What kind of idea is it?"), validate_choice=False)
    cost_tetri = MoneyField(_l("About how much will it cost?"))
    cost_unknown = BooleanField(_l("I don't know"))

    def offer_help(self, here: Here) -> None:
        """Fill in all choices of this cycle."""
        units = unit_choices(here)
        self.offer(here.rules, units, with_phone=False)
        self.idea_unit_id.choices = choices_of([("", _("The same")), *units])
        self.category.choices = choices_of(category_choices(here))
        open_ones = [channel for channel in CHANNELS if channel in here.rules.channels]
        self.channel.choices = choices_of((channel, str(CHANNEL_WORDS[channel])) for channel in open_ones)
        centres = [(centre.id, words(centre.name)) for centre in centres_of(here.town.id)]
        self.centre_id.choices = choices_of([("", _("None")), *centres])

    def fields(self, person: Person) -> dict[str, Any]:
        """The idea's fields; where no other place was named, it is where the person lives."""
        if self.cost_unknown.data and self.cost_tetri.data is not None:
            raise Invalid("sum_or_unknown", field="cost_tetri")
        given = {name: self[name].data for name in _CONTENT}
        elsewhere = self.idea_unit_id.data is not None
        return {
            **given,
            "category": given["category"] or "",
            "unit_id": self.idea_unit_id.data if elsewhere else person.unit_id,
            "village": self.idea_village.data or ("" if elsewhere else person.village),
        }


def shown(idea: Idea) -> dict[str, Any]:
    """What the form shows of a draft that is corrected."""
    values = {**person_of(idea.authors[0]).__dict__, **{name: getattr(idea, name) for name in _CONTENT}}
    return {
        **values, "idea_unit_id": idea.unit_id, "idea_village": idea.village, "channel": idea.channel,
        "centre_id": idea.help.centre_id if idea.help else None, "cost_unknown": idea.cost_tetri is None,
    }  # fmt: skip


class PhoneForm(Form):
    """The person's number, for the code that is the consent."""

    phone = StringField(_l("Mobile number"))


class SlipForm(Form):
    """Where the signed paper is kept."""

    slip = StringField(_l("Number of the signed paper and where it is kept"))


__all__ = ["CodeForm", "HelpForm", "PhoneForm", "SlipForm", "shown"]
