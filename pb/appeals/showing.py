"""An objection as everybody may read it: no text, no file, no person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pb.appeals import queries
from pb.appeals.models import Objection
from pb.appeals.numbers import number_words
from pb.appeals.terms import is_late
from pb.cycles.queries import Here
from pb.ideas.content import public_number
from pb.web.filters import words


@dataclass(frozen=True)
class Row:
    """One line of the public list. ``state``: filed, withdrawn or decided; ``outcome``: "" until it is decided."""

    n: int
    number: str
    kind: str
    thing: str
    thing_n: int
    thing_number: str
    ground: str
    points: tuple[str, ...]
    state: str
    filed_at: datetime
    due: date
    late: bool
    outcome: str
    accepted: tuple[str, ...]
    decided_at: datetime | None
    answer: str


def shown(here: Here, row: Objection, now: datetime) -> Row:
    """The row as it stood at ``now``."""
    assert row.number is not None
    assert row.filed_at is not None
    assert row.due is not None
    state, outcome = queries.state_at(row, now), queries.outcome_at(row, now)
    return Row(
        n=row.number,
        number=number_words(here, row),
        kind=row.kind,
        thing="idea" if row.idea_id is not None else "project",
        thing_n=row.thing_number,
        thing_number=public_number(here.town.number_prefix, here.the_cycle.year, row.thing_number),
        ground=row.ground,
        points=point_words(row, row.points),
        state=state,
        filed_at=row.filed_at,
        due=row.due,
        late=state == queries.OPEN and is_late(row.due, now),
        outcome=outcome,
        accepted=point_words(row, row.accepted) if outcome == "partly" else (),
        decided_at=row.decided_at if outcome else None,
        answer=row.answer if outcome else "",
    )


def rows_of(here: Here, rows: Iterable[Objection], now: datetime) -> list[Row]:
    """All of them."""
    return [shown(here, row, now) for row in rows]


def point_words(row: Objection, ids: Iterable[str]) -> tuple[str, ...]:
    """The words of those of the points, in the reader's language."""
    known: dict[str, Mapping[str, Any]] = {point["id"]: point for point in row.rests_on}
    return tuple(
        words({"ka": known[one]["ka"], "en": known[one].get("en", "")}) for one in ids if one in known
    )
