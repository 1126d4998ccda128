"""How ideas, shelves and differences are laid out for the templates of the eligibility check."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pb.core.rulebook import Check
from pb.cycles.queries import Here
from pb.ideas.content import public_number
from pb.ideas.models import Idea
from pb.ideas.terms import answer_by
from pb.projects.queries import withdrawn_of
from pb.review.forms_eligibility import ANSWERS, OUTCOMES, CheckForm
from pb.review.models import EligibilityCheck
from pb.review.queries_eligibility import SHELVES, Change, QueueRow
from pb.web.filters import money_words, words
from pb.web.wording import language


def shelf_words(shelf: str) -> str:
    """The name of a shelf of the queue."""
    return {
        "waiting": _("Waiting for the check"),
        "returned": _("Returned, waiting for the author"),
        "admitted": _("Admitted, not invited yet"),
        "invited": _("Invited to become a project"),
        "refused": _("Not admitted"),
        "rest": _("Withdrawn, merged, lapsed"),
    }[shelf]


def shelves_shown(here: Here, counts: dict[str, int], late: int, current: str) -> list[dict[str, Any]]:
    """The shelves with their counts, for components/tasks.html queues()."""
    place: dict[str, Any] = {"town": here.town.slug, "year": here.the_cycle.year}
    return [
        {
            "label": shelf_words(shelf),
            "url": url_for("review.queue", shelf=shelf, **place),
            "count": counts[shelf],
            "late": late if shelf == "waiting" else 0,
            "hint": _("Shown below") if shelf == current else "",
        }
        for shelf in SHELVES
    ]


def rows_shown(here: Here, rows: list[QueueRow], now: datetime) -> list[dict[str, Any]]:
    """The rows of the queue's table. ``due``: the officer's last day, or that of the author of a returned idea."""
    answers = answer_by(here, [row.idea for row in rows], now)
    invited = [row.idea.id for row in rows if row.idea.state == "invited"]
    withdrawn = withdrawn_of(invited) if invited else frozenset()
    prefix, year = here.town.number_prefix, here.the_cycle.year
    return [
        {
            "n": row.idea.number,
            "number": public_number(prefix, year, row.idea.number or 0),
            "title": row.idea.title,
            "lang": row.idea.language,
            "unit": words(row.idea.unit.name) if row.idea.unit else _("The whole town"),
            "state": row.idea.state,
            "since": row.since,
            "due": row.due or answers.get(row.idea.id),
            "late": row.late,
            "withdrawn": row.idea.id in withdrawn,
            "came_back": row.idea.times_returned > 0,
            "idea": row.idea,
        }
        for row in rows
    ]


def field_words(name: str) -> str:
    """What a field of an idea is called; "" is the idea as a whole."""
    return {
        "": _("The idea as a whole"),
        "title": _("Title"),
        "problem": _("Problem"),
        "solution": _("Proposal"),
        "unit_id": _("Administrative unit"),
        "village": _("Village"),
        "place": _("Place"),
        "beneficiaries": _("Who will benefit"),
        "category": _("Category"),
        "cost_tetri": _("Estimated cost"),
    }.get(name, name)


def _value_words(here: Here, name: str, value: Any) -> str:
    if value in (None, ""):
        return ""
    if name == "cost_tetri":
        return money_words(value)
    if name == "category":
        category = here.category(str(value))
        return words(category.name) if category else str(value)
    if name == "unit_id":
        return next((words(unit.name) for unit in here.town.units if unit.id == value), "")
    return str(value)


def _lang(name: str, idea_lang: str) -> str:
    return language() if name in ("cost_tetri", "category", "unit_id") else idea_lang


def idea_shown(here: Here, idea: Idea) -> list[dict[str, str]]:
    """The idea's text for components/summary.html."""
    names = (
        "problem", "solution", "unit_id", "village", "place", "beneficiaries", "category", "cost_tetri",
    )  # fmt: skip
    return [
        {
            "label": field_words(name),
            "value": _value_words(here, name, getattr(idea, name)),
            "lang": _lang(name, idea.language),
        }
        for name in names
    ]


def changes_shown(here: Here, idea: Idea, changes: tuple[Change, ...]) -> list[dict[str, str]]:
    """What differs from the text that was checked before, field by field."""
    return [
        {
            "label": field_words(change.field),
            "before": _value_words(here, change.field, change.before),
            "after": _value_words(here, change.field, change.after),
            "lang": _lang(change.field, idea.language),
        }
        for change in changes
    ]


def finding_shown(here: Here, check: EligibilityCheck) -> dict[str, Any]:
    """A finding with the criteria that were not met."""
    criteria = {criterion.id: criterion for criterion in here.rules.checklist}
    failed: list[tuple[Check, str]] = [
        (criteria[line["check"]], line["note"])
        for line in check.lines
        if line["passed"] is False and line["check"] in criteria
    ]
    return {
        "outcome": check.outcome,
        "at": check.at,
        "met": sum(line["passed"] is True for line in check.lines),
        "of": len(check.lines),
        "failed": failed,
        "reason": check.public_reason,
        "objection_days": here.rules.objection_days,
    }


def typed_shown(here: Here, form: CheckForm) -> list[dict[str, str]]:
    """What an officer had typed when another one was quicker, for components/summary.html."""
    chosen = dict(OUTCOMES).get(form.outcome.data, "")
    found = [(str(form.outcome.label.text), str(chosen), language())]
    for check in here.rules.checklist:
        answer = dict(ANSWERS).get(form[f"passed_{check.id}"].data)
        note = form[f"note_{check.id}"].data or ""
        if answer is not None or note:
            found.append((words(check.text), " – ".join(p for p in (str(answer or ""), note) if p), "ka"))
    found += [(field_words(name), note, "ka") for name, note in form.notes().items()]
    found.append((str(form.public_reason.label.text), form.public_reason.data or "", "ka"))
    return [{"label": label, "value": value, "lang": lang} for label, value, lang in found if value]
