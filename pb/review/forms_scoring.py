"""Forms of the acts while sheets come in, and of draws. The commands enforce every rule."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import Optional

from pb.cycles.fields import MomentField
from pb.web.forms import Form


class GapForm(Form):
    """Why a sheet counts though it leaves criteria out."""

    reason = TextAreaField(_l("Reason"))


class ExtensionForm(Form):
    """A new end of the term for scoring."""

    until = MomentField(_l("New end of the term"))
    reason = TextAreaField(_l("Reason"))


class SeedForm(Form):
    """From what members are drawn."""

    seed = StringField(_l("Seed of the draw"))


class LotForm(Form):
    """Which public number will draw a lot."""

    source = StringField(_l("Which public number it will be"))
    source_on = DateField(_l("Day on which it becomes known"), [Optional()])


class LotNumberForm(Form):
    """The public number, as one of two persons read it."""

    seed = StringField(_l("The public number"))


class BundleForm(Form):
    """A published ranking to be computed anew."""

    file = FileField(_l("File with a ranking (JSON)"))
