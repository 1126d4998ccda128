"""Forms of challenges and of conflicts discovered late. The commands enforce every rule."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, TextAreaField

from pb.review.panel_members import CONFLICTS
from pb.web.forms import Form, choices_of
from pb.web.wording import label


class ChallengeForm(Form):
    """Whom, on which project, and why."""

    member = SelectField(_l("Member of the commission"), validate_choice=False)
    project = SelectField(_l("Project"), validate_choice=False)
    words = TextAreaField(_l("Why this member should not score the project"))


class FoundForm(Form):
    """Whom, on which project, what kind of conflict."""

    member = SelectField(_l("Member of the commission"), validate_choice=False)
    project = SelectField(_l("Project"), validate_choice=False)
    kind = RadioField(_l("Kind"), validate_choice=False)
    details = TextAreaField(_l("What was discovered"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = choices_of((kind, label(f"conflict_{kind}")) for kind in CONFLICTS)


def offer(
    form: ChallengeForm | FoundForm, members: list[tuple[int, str]], projects: list[tuple[int, str]]
) -> None:
    """Put the members and projects to choose from into the form."""
    form.member.choices = choices_of([("", label("choose_person")), *((str(n), w) for n, w in members)])
    form.project.choices = choices_of([("", label("choose_project")), *((str(n), w) for n, w in projects)])


class DecideForm(Form):
    """Upheld or dismissed."""

    upheld = RadioField(_l("Decision"), validate_choice=False)
    reason = TextAreaField(_l("Reason"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.upheld.choices = choices_of(
            (name, label(f"challenge_{name}")) for name in ("upheld", "dismissed")
        )

    @property
    def answer(self) -> bool | None:
        """Upheld, dismissed, or nothing chosen."""
        return {"upheld": True, "dismissed": False}.get(self.upheld.data or "")
