"""The rules of the eligibility check: what each outcome needs, and by when a check is due. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pb.core.errors import Problem
from pb.core.rulebook import Check, Rulebook
from pb.core.workdays import TBILISI, add_working_days
from pb.core.workflow import MAX_IDEA_RETURNS

TERM_WORKING_DAYS = 10
REASON_MIN = 30
REASON_MAX = 2000
NOTE_MAX = 500
CONTACT_REASON_MIN = 10

# The fields of an idea on which an officer may write a note, in the order of the form; "" is all of it.
NOTE_FIELDS = (
    "title",
    "problem",
    "solution",
    "unit_id",
    "place",
    "beneficiaries",
    "category",
    "cost_tetri",
    "",
)


class Outcome(StrEnum):
    ELIGIBLE = "eligible"
    RETURNED = "returned"
    INELIGIBLE = "ineligible"


@dataclass(frozen=True)
class Finding:
    """The officer's answer to one criterion: passed or not (None: not answered), with a note for the
    author.
    """

    passed: bool | None = None
    note: str = ""


def due_on(waiting_since: datetime) -> date:
    """The last day on which a check is in time: ten working days after the day of handing in, in Georgia."""
    return add_working_days(waiting_since.astimezone(TBILISI).date(), TERM_WORKING_DAYS)


def failed(rules: Rulebook, findings: Mapping[str, Finding]) -> tuple[Check, ...]:
    """The criteria that the idea does not meet, in the rulebook's order."""
    return tuple(c for c in rules.checklist if c.id in findings and findings[c.id].passed is False)


def problems(
    rules: Rulebook,
    outcome: Outcome,
    findings: Mapping[str, Finding],
    notes: Mapping[str, str],
    public_reason: str,
    times_returned: int,
) -> tuple[Problem, ...]:
    """Everything that keeps the outcome from being recorded. ``field``: "outcome", "public_reason",
    "passed_<criterion>", "note_<criterion>", "field_<field>".
    """
    return tuple(_problems(rules, outcome, findings, notes, public_reason, times_returned))


def _problems(
    rules: Rulebook,
    outcome: Outcome,
    findings: Mapping[str, Finding],
    notes: Mapping[str, str],
    public_reason: str,
    times_returned: int,
) -> Iterator[Problem]:
    answers = {check.id: findings.get(check.id, Finding()) for check in rules.checklist}
    if (
        outcome is not Outcome.RETURNED
    ):  # an unclear text may be impossible to judge; that is why it goes back
        for check_id, finding in answers.items():
            if finding.passed is None:
                yield Problem("check_unanswered", f"passed_{check_id}")
    for check_id, finding in answers.items():
        if len(finding.note) > NOTE_MAX:
            yield Problem("too_long", f"note_{check_id}", {"limit": NOTE_MAX})
    for name, words in notes.items():
        if len(words) > NOTE_MAX:
            yield Problem("too_long", f"field_{name}", {"limit": NOTE_MAX})
    bad = failed(rules, findings)
    if outcome is Outcome.ELIGIBLE and bad:
        yield Problem("eligible_with_failures", "outcome", {"count": len(bad)})
    if outcome is Outcome.RETURNED:
        if times_returned >= MAX_IDEA_RETURNS:
            yield Problem("returned_enough", "outcome", {"limit": MAX_IDEA_RETURNS})
        for check in bad:
            if not check.correctable:
                yield Problem("not_correctable", f"passed_{check.id}")
        if not bad and not any(notes.values()):
            yield Problem("nothing_to_correct", "outcome")
    if outcome is Outcome.INELIGIBLE:
        if not bad:
            yield Problem("ineligible_without_failure", "outcome")
        if len(public_reason) < REASON_MIN:
            yield Problem("reason_too_short", "public_reason", {"limit": REASON_MIN})
        elif len(public_reason) > REASON_MAX:
            yield Problem("too_long", "public_reason", {"limit": REASON_MAX})


def notes_for_author(
    rules: Rulebook, findings: Mapping[str, Finding], notes: Mapping[str, str], lang: str
) -> dict[str, str]:
    """Notes by field, with the failing words of each unmet criterion (and the officer's note on it) in the
    general one, so that the author reads them wherever the idea is edited.
    """
    lines = []
    for check in failed(rules, findings):
        words = check.failing.get(lang) or check.failing["ka"]
        lines.append(" ".join(part for part in (words, findings[check.id].note) if part))
    whole = "\n".join([*lines, *([notes[""]] if notes.get("") else [])])
    return {
        **{name: words for name, words in notes.items() if words and name},
        **({"": whole} if whole else {}),
    }
