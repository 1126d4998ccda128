"""The pages of the form: which fields each has, how it is filled, stored, and held against another tab."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from pb import clock
from pb.core.errors import Invalid
from pb.core.whole import whole_number
from pb.cycles.queries import Here
from pb.ideas import commands, commands_attached, documents, pictures, seen
from pb.ideas.content import REQUIRED
from pb.ideas.forms import CostForm, IdeaForm, PlaceForm, group_words
from pb.ideas.models import Idea
from pb.ideas.offers import category_choices, unit_choices
from pb.ideas.queries import units_of
from pb.ideas.views import url_of
from pb.places.offers import spots_of
from pb.web.filters import money_words, words
from pb.web.forms import Form, choices_of
from pb.web.guard import current_actor
from pb.web.i18n import select_language


@dataclass(frozen=True)
class Kind:
    """One page: its form, and the fields of the idea on it."""

    name: str
    form: type[Form]
    fields: tuple[str, ...]

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(field for field in self.fields if field in REQUIRED)


STEPS: Mapping[str, Kind] = {
    "idea": Kind("idea", IdeaForm, ("title", "problem", "solution")),
    "place": Kind(
        "place", PlaceForm, ("unit_id", "village", "place", "beneficiaries", "groups", "pin_x", "pin_y")
    ),
    "cost": Kind("cost", CostForm, ("category", "cost_tetri")),
}
ORDER = tuple(STEPS)
STEP_OF = {field: kind.name for kind in STEPS.values() for field in kind.fields}


class Step:
    """One page with one idea on it, for one request."""

    def __init__(self, here: Here, idea: Idea, kind: Kind) -> None:
        self.here, self.idea, self.kind = here, idea, kind
        shown = self._stored()
        self.form: Any = kind.form(data={**shown, "seen": seen.shown(shown)})
        if isinstance(self.form, PlaceForm):
            self.form.offer(unit_choices(here))
            self.pressed = self.form.is_submitted() and self.form.pressed(spots_of(here.town.id))
        if isinstance(self.form, CostForm):
            self.form.category.choices = choices_of(category_choices(here))
            if not self.form.is_submitted():
                self.form.cost_unknown.data = bool(idea.category) and idea.cost_tetri is None
        self._conflict = False

    pressed = False  # the plan was

    @property
    def stays(self) -> bool:
        """Whether the page is stored as it is and shown again: the plan was pressed, or a file taken away."""
        return self.pressed or "remove" in request.form or "add" in request.form

    @property
    def part(self) -> str:
        """The unit around which the plan is shown: the chosen one."""
        return next((unit.slug for unit in units_of(self.here.town.id) if unit.id == self.idea.unit_id), "")

    def _stored(self) -> dict[str, Any]:
        return {name: getattr(self.idea, name) for name in self.kind.fields}

    @property
    def _name(self) -> str:
        return f"{self.idea.id}.{self.kind.name}"

    def save(self, *, partial: bool) -> None:
        """Store the page. Files are stored first, since a browser does not send them twice by itself."""
        if isinstance(self.form, CostForm):
            self._save_files(self.form)
            if self.form.cost_unknown.data and self.form.cost_tetri.data is not None:
                raise Invalid("sum_or_unknown", field="cost_tetri")
        carried = self.form.seen.data or ""
        changes = {name: self.form[name].data for name in self.kind.fields}
        arguments: dict[str, Any] = {
            "idea_id": self.idea.id,
            "changes": changes,
            "version": seen.version(carried, self._name, self._stored(), self.idea.version),
            "actor": current_actor(),
            "now": clock.now(),
            "language": select_language(),
        }
        try:
            if self.idea.state == "draft":
                self.idea = commands.save_draft(**arguments, partial=partial)
            else:
                self.idea = commands.edit_idea(**arguments)
        except Invalid as error:
            self._conflict = error.code == "changed_meanwhile"
            raise
        seen.remember(carried, self._name, self._stored())

    def _save_files(self, form: CostForm) -> None:
        who: dict[str, Any] = {"idea_id": self.idea.id, "actor": current_actor(), "now": clock.now()}
        kind, _dash, text = request.form.get("remove", "").partition("-")
        number = whole_number(text)
        if kind == "picture" and number is not None:
            commands_attached.remove_picture(picture_id=number, **who)
        if kind == "document" and number is not None:
            commands_attached.remove_document(document_id=number, **who)
        photos = [
            pictures.prepared(data, field)
            for field in ("picture", "camera")
            for _name, data in _sent(form[field].data, pictures.LARGEST_FILE)
        ]
        if photos:
            commands_attached.add_pictures(pictures=photos, **who)
        papers = [
            documents.checked(data, name) for name, data in _sent(form.document.data, documents.LARGEST_FILE)
        ]
        if papers:
            commands_attached.add_documents(documents=papers, **who)

    def others(self) -> dict[str, str]:
        """After a conflict: what the other window stored, by field. The next try may win."""
        if not self._conflict:
            return {}
        stored = self._stored()
        self.form.seen.data = seen.shown(stored)
        return {
            name: self._in_words(name, value) or _("(empty)")
            for name, value in stored.items()
            if (value or "") != (self.form[name].data or "")
        }

    def _in_words(self, name: str, value: Any) -> str:
        if name == "unit_id":
            return dict(unit_choices(self.here)).get(value, "")
        if name == "groups":
            return ", ".join(group_words(value or ""))
        if name == "category":
            category = self.here.category(value)
            return words(category.name) if category else ""
        return money_words(value) if name == "cost_tetri" else str(value or "")

    def back(self) -> str:
        """The page before this one."""
        at = ORDER.index(self.kind.name)
        if self.idea.state != "draft":
            return url_of(self.here, "check", idea=self.idea.id)
        if at == 0:
            return url_of(self.here, "person", idea=self.idea.id)
        return url_of(self.here, "step", idea=self.idea.id, step=ORDER[at - 1])


def _sent(field: Any, largest: int) -> Iterator[tuple[str, bytes]]:
    """(name, contents) of the files in a field; of one that is too large, as much as shows that it is."""
    for upload in field if isinstance(field, list) else [field]:
        if isinstance(upload, FileStorage) and upload.filename:
            yield upload.filename, upload.stream.read(largest + 1)
