"""How opinions, notes with their answers, and cost cards are laid out for templates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pb.cycles.queries import Here
from pb.review import queries_feasibility as queries
from pb.review.models import EligibilityCheck
from pb.review.queries_feasibility import REPRESENTATIVE
from pb.review.showing_eligibility import field_words
from pb.web.filters import words
from pb.web.wording import label


def department_words(department: str) -> str:
    """What a department is called."""
    return label("representative") if department == REPRESENTATIVE else department


def note_label(here: Here, name: str) -> str:
    """What a note is about: a field, or a criterion of the rulebook by its failing words."""
    kind, _, key = name.partition(":")
    if kind == "check" and key:
        return next((words(check.failing) for check in here.rules.checklist if check.id == key), key)
    return field_words(name)


def answers_shown(here: Here, check: EligibilityCheck, now: datetime) -> list[dict[str, Any]]:
    """The notes of a check that returned the idea, each with the author's answer; nothing for other checks."""
    if check.outcome != "returned":
        return []
    answers = queries.answers_to([check.id], now)
    return [
        {
            "name": name,
            "label": note_label(here, name),
            "note": note,
            "answer": answers[check.id, name].words if (check.id, name) in answers else "",
        }
        for name, note in queries.notes_of(check).items()
    ]
