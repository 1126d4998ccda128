"""Ideas as they stood at a moment that a rehearsal clock was turned back to, from the log.

In a production database, and where the clock stands after all that was done, ``shown_state`` is the stored column
and nothing here asks the database for anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, SQLColumnExpression, case, func, literal, null, select
from sqlalchemy.orm.attributes import set_committed_value

from pb import clock
from pb.audit import states
from pb.core.workflow import IdeaState
from pb.db import db
from pb.ideas.models import Idea, IdeaRevision

# To which state each act leads; acts that only change the text or what is attached lead to none.
AFTER: dict[str, str] = {
    "IdeaHandedIn": "submitted",
    "IdeaAnswered": "submitted",
    "IdeaWithdrawn": "withdrawn",
    "IdeaTakenUp": "in_check",
    "IdeaReturned": "returned",
    "IdeaLapsed": "lapsed",
    "IdeaAdmitted": "eligible",
    "IdeaRefused": "ineligible",
    "IdeaAdmittedOnObjection": "eligible",
    "IdeaRefusalConfirmed": "ineligible_final",
    "IdeaRefusalFinal": "ineligible_final",
    "IdeaReopened": "in_check",
    "IdeaMerged": "merged_into",
    "IdeaFoundDuplicate": "duplicate_of",
    "IdeaSplitOff": "submitted",
    "IdeaSplitOffAdmitted": "eligible",
    "IdeaInvited": "invited",
}
# What of an idea's text pages show; its revisions keep all of it.
TEXTS = (
    "title",
    "problem",
    "solution",
    "beneficiaries",
    "village",
    "place",
    "category",
    "groups",
    "cost_tetri",
)
WITH_REASON = ("ineligible", "ineligible_final", "duplicate_of")
WITH_OTHER = ("merged_into", "duplicate_of")


def shown_state(entity: Any = Idea) -> SQLColumnExpression[str]:
    """The state of ``entity`` (Idea, or an alias of it) as pages show it: the stored column, or what it was."""
    if not clock.turned_back():
        column: SQLColumnExpression[str] = entity.state
        return column
    now = clock.now()
    by_acts = states.state_column("idea", entity.id, AFTER, now)
    # An idea without acts came past the commands: what is stored holds from when it was handed in.
    unlogged = case((entity.submitted_at <= now, entity.state), else_=literal(IdeaState.DRAFT.value))
    return func.coalesce(by_acts, unlogged)


def shown_reason(state: SQLColumnExpression[str]) -> SQLColumnExpression[str]:
    """The public reason, once there is one."""
    if not clock.turned_back():
        return Idea.public_reason
    return case((state.in_(WITH_REASON), Idea.public_reason), else_="")


def shown_other(state: SQLColumnExpression[str], column: Any) -> Any:
    """What belongs to the idea that this one was merged into or repeats, once it is known."""
    return case((state.in_(WITH_OTHER), column), else_=null()) if clock.turned_back() else column


def as_they_stood(ideas: Sequence[Idea]) -> list[Idea]:
    """The ideas with the state and the text that they had, for pages to read; those not begun by then are left out.

    Only loaded values are replaced, nothing is stored: a command reads its rows anew. Two queries where the clock
    is turned back, none elsewhere.
    """
    if not clock.turned_back():
        return list(ideas)
    now = clock.now()
    there = [idea for idea in ideas if idea.created_at <= now]
    acts = states.acts_by("idea", [idea.id for idea in there], now)
    texts = _texts_by([idea.id for idea in there], now)
    for idea in there:
        _set_back(idea, acts.get(idea.id, []), now)
        for name, value in texts.get(idea.id, {}).items():
            set_committed_value(idea, name, value)
    return there


def _texts_by(idea_ids: Collection[int], now: datetime) -> dict[int, dict[str, Any]]:
    """The text of each idea as it stood at ``now``, by its revisions; one query. An idea without one is left out."""
    found = db.session.execute(
        select(IdeaRevision.idea_id, IdeaRevision.fields)
        .where(IdeaRevision.idea_id.in_(idea_ids), IdeaRevision.at <= now)
        .order_by(IdeaRevision.idea_id, IdeaRevision.number)
    )
    return {idea_id: {name: fields[name] for name in TEXTS if name in fields} for idea_id, fields in found}


class _Then:
    """A row of a list with the text that it had."""

    def __init__(self, row: Row[Any], text: dict[str, Any]) -> None:
        self._row, self._text = row, text

    def __getattr__(self, name: str) -> Any:
        return self._text[name] if name in self._text else getattr(self._row, name)


def rows_as_they_stood(rows: Sequence[Any]) -> list[Row[Any]]:
    """Rows of lists (each with the idea's ``id``) with the texts that they had; untouched in production."""
    if not clock.turned_back() or not rows:
        return list(rows)
    texts = _texts_by([row.id for row in rows], clock.now())
    return [_Then(row, texts.get(row.id, {})) for row in rows]  # type: ignore[misc]  # read by name alone


def _set_back(idea: Idea, kinds: Iterable[str], now: datetime) -> None:
    moves = [AFTER[kind] for kind in kinds if kind in AFTER]
    if moves:
        state = moves[-1]
    else:
        handed_in = idea.submitted_at is not None and idea.submitted_at <= now
        state = idea.state if handed_in else IdeaState.DRAFT.value
    values: dict[str, Any] = {"state": state, "times_returned": moves.count(IdeaState.RETURNED)}
    if state == IdeaState.DRAFT:
        values["number"] = None
    if state != IdeaState.RETURNED:
        values["notes"] = {}
    if state not in WITH_REASON:
        values["public_reason"] = ""
    for name, value in values.items():
        set_committed_value(idea, name, value)


def refuse_before_later_acts(idea: Idea, now: datetime) -> None:
    """Raise Closed("later_acts") for an act on an idea to which more was done already, after ``now``."""
    if clock.turned_back():
        states.refuse_before_later_acts("idea", idea.id, now)
