"""Forms of a town: opening it, its contact data, its units and its centres."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import Length

from pb.core.whole import whole_number
from pb.places.commands import ACCENTS
from pb.places.models import Centre, Town, Unit
from pb.places.municipalities import stored_units
from pb.places.unit_table import UnitRow, decoded, read_units
from pb.web.filters import words
from pb.web.forms import Form

ACCENT_WORDS = {
    "river": _l("River blue"),
    "wine": _l("Wine red"),
    "forest": _l("Forest green"),
    "walnut": _l("Walnut brown"),
    "plum": _l("Plum violet"),
    "lake": _l("Lake green"),
}


class ContactForm(Form):
    """How people reach the town, and who answers for personal data."""

    accent = RadioField(_l("Colour of the pages"))
    hotline = StringField(_l("Hotline"), [Length(max=40)])
    hours_ka = StringField(_l("Hours of the hotline, in Georgian"), [Length(max=120)])
    hours_en = StringField(_l("Hours of the hotline, in English"), [Length(max=120)])
    address_ka = StringField(_l("Address of the city hall, in Georgian"), [Length(max=200)])
    address_en = StringField(_l("Address of the city hall, in English"), [Length(max=200)])
    officer_ka = StringField(_l("Personal data protection officer, name in Georgian"), [Length(max=120)])
    officer_en = StringField(_l("Personal data protection officer, name in English"), [Length(max=120)])
    officer_phone = StringField(_l("The officer's phone"), [Length(max=40)])
    officer_mail = StringField(_l("The officer's e-mail"), [Length(max=120)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.accent.choices = [SelectChoice(code, ACCENT_WORDS[code]) for code in ACCENTS]

    def show(self, town: Town) -> None:
        """Fill the form from the town."""
        self.accent.data, self.hotline.data = town.accent, town.hotline
        officer = town.protection_officer
        for name, value in (
            ("hours", town.hotline_hours),
            ("address", town.address),
            ("officer", officer.get("name", {})),
        ):
            for lang in ("ka", "en"):
                self[f"{name}_{lang}"].data = value.get(lang, "")
        self.officer_phone.data, self.officer_mail.data = officer.get("phone", ""), officer.get("mail", "")

    def values(self) -> dict[str, Any]:
        """What the commands take."""
        return {
            "accent": self.accent.data or "",
            "hotline": (self.hotline.data or "").strip(),
            "hotline_hours": pair(self, "hours"),
            "address": pair(self, "address"),
            "protection_officer": {
                "name": pair(self, "officer"),
                "phone": (self.officer_phone.data or "").strip(),
                "mail": (self.officer_mail.data or "").strip(),
            },
        }


def pair(form: Form, name: str) -> dict[str, str]:
    """The words of two inputs, Georgian and English."""
    return {lang: (form[f"{name}_{lang}"].data or "").strip() for lang in ("ka", "en")}


class OpenTownForm(ContactForm):
    """A new town of this installation."""

    slug = HiddenField()
    number_prefix = StringField(_l("Letters in the numbers of ideas"), [Length(max=4)])
    units = FileField(_l("File of the administrative units (CSV)"))

    def unit_rows(self) -> tuple[UnitRow, ...]:
        """Of the file, else of the list that comes with the product, else none. Raises Problems, Invalid."""
        upload = self.units.data
        raw = upload.read() if upload else b""
        text = decoded(raw) if raw else stored_units(self.slug.data or "")
        return read_units(text) if text else ()


class UnitsForm(Form):
    """A new list of units."""

    units = FileField(_l("File of the administrative units (CSV)"))

    def unit_rows(self) -> tuple[UnitRow, ...]:
        """The rows of the file. Raises Problems, Invalid."""
        upload = self.units.data
        return read_units(decoded(upload.read() if upload else b""))


class CentreForm(Form):
    """A community centre."""

    name_ka = StringField(_l("Name in Georgian"), [Length(max=120)])
    name_en = StringField(_l("Name in English"), [Length(max=120)])
    unit_id = SelectField(_l("Administrative unit"), validate_choice=False)
    address_ka = StringField(_l("Address in Georgian"), [Length(max=200)])
    address_en = StringField(_l("Address in English"), [Length(max=200)])
    hours_ka = StringField(_l("Opening hours in Georgian"), [Length(max=200)])
    hours_en = StringField(_l("Opening hours in English"), [Length(max=200)])
    phone = StringField(_l("Phone"), [Length(max=40)])

    def offer(self, units: list[Unit]) -> None:
        """The units to choose from."""
        everywhere = SelectChoice("", _("the whole municipality"))
        self.unit_id.choices = [everywhere, *(SelectChoice(str(u.id), words(u.name)) for u in units)]

    def show(self, centre: Centre) -> None:
        """Fill the form from the centre."""
        self.unit_id.data, self.phone.data = str(centre.unit_id or ""), centre.phone
        for name in ("name", "address", "hours"):
            for lang in ("ka", "en"):
                self[f"{name}_{lang}"].data = getattr(centre, name).get(lang, "")

    def values(self) -> dict[str, Any]:
        """What the command takes."""
        return {
            "unit_id": whole_number(self.unit_id.data),
            "name": pair(self, "name"),
            "address": pair(self, "address"),
            "hours": pair(self, "hours"),
            "phone": (self.phone.data or "").strip(),
        }
