"""Forms of objections. The commands enforce every rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import FileStorage
from wtforms import HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from pb.appeals.commands import Attachment
from pb.appeals.kinds import GROUNDS, Point
from pb.ideas import documents, pictures
from pb.web.filters import words
from pb.web.forms import Form, choices_of
from pb.web.wording import label


class _Boxes(SelectMultipleField):
    """Several choices as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, text: Any, **kwargs: Any) -> None:
        super().__init__(text, choices=[], validate_choice=False, **kwargs)


class GroundForm(Form):
    """The first screen: why, and what of the decision."""

    ground = RadioField(_l("Why do you disagree?"), validate_choice=False)
    points = _Boxes(_l("Which part of the decision do you contest?"))
    slip = StringField(_l("Where the signed paper is kept"))

    def offer(self, points: Iterable[Point]) -> None:
        """Put in what can be chosen."""
        self.ground.choices = choices_of((code, label(f"ground_{code}")) for code in GROUNDS)
        self.points.choices = choices_of((point.id, words(point.words)) for point in points)


class TextForm(Form):
    """The second screen: the text and the files."""

    words = TextAreaField(_l("What is wrong with the decision, and what should be decided?"))
    files = MultipleFileField(
        _l("Files"),
        render_kw={"accept": "application/pdf,image/jpeg,image/png,image/webp", "data-shrink": ""},
    )
    version = HiddenField()

    def attachments(self, already: int) -> list[Attachment]:
        """The files that were sent, checked and made anew. Raises Invalid on "files"."""
        found: list[Attachment] = []
        for name, data in _sent(self.files.data):
            if data.startswith(b"%PDF") or name.lower().endswith(".pdf"):
                given: Any = documents.checked(data, name, "files")
            else:
                given = pictures.prepared(data, "files")
            found.append(Attachment.of(given, already + len(found) + 1))
        return found


def _sent(field: Any) -> Iterator[tuple[str, bytes]]:
    """(name, contents) of the files; of one that is too large, as much as shows that it is."""
    for upload in field if isinstance(field, list) else [field]:
        if isinstance(upload, FileStorage) and upload.filename:
            yield upload.filename, upload.stream.read(pictures.LARGEST_FILE + 1)


class ActForm(Form):
    """Nothing but the token."""


class AnswerForm(Form):
    """The examiner's answer."""

    outcome = RadioField(_l("Answer to the objection"), validate_choice=False)
    accepted = _Boxes(_l("Where the author is right"))
    answer = TextAreaField(_l("Reason of the answer"))

    def offer(self, outcomes: Iterable[str], points: Iterable[tuple[str, str]]) -> None:
        """Put in what can be chosen; ``points``: (id, words)."""
        self.outcome.choices = choices_of((code, label(f"answer_{code}")) for code in outcomes)
        self.accepted.choices = choices_of(points)


class FindForm(Form):
    """An operator looks for what somebody wants to object to."""

    thing = RadioField(_l("What is the objection about?"), validate_choice=False)
    number = StringField(_l("Number of the idea or project"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.thing.choices = choices_of((code, label(f"thing_{code}")) for code in ("idea", "project"))
