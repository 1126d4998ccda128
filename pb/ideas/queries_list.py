"""The public list of ideas: searched, filtered, sorted, a page at a time; and how many there are by unit.

Pages follow a mark (the last idea of the page before), not a count of rows: what is handed in or taken back
meanwhile neither repeats an idea nor skips one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, SQLColumnExpression, and_, bindparam, func, or_, select

from pb import clock
from pb.core.georgian import search_fold, search_variants
from pb.core.whole import whole_number
from pb.db import db
from pb.ideas.models import Idea
from pb.ideas.queries import CARD, PUBLIC_STATES
from pb.ideas.then import rows_as_they_stood, shown_state
from pb.places.models import Unit

PER_PAGE = 20
LONGEST_QUERY = 100
ORDERS = ("new", "old", "cheap")
_UNKNOWN_COST = 10**15  # more than any: ideas whose author does not know stand last
_COST = func.coalesce(Idea.cost_tetri, _UNKNOWN_COST)


@dataclass(frozen=True)
class Filters:
    """What a reader asked for. ``unit``: a unit's slug; ``order``: one of ORDERS, "" for the newest first."""

    q: str = ""
    unit: str = ""
    category: str = ""
    state: str = ""
    order: str = ""

    @property
    def active(self) -> int:
        """How many filters are in use, the search not counted."""
        return bool(self.unit) + bool(self.category) + bool(self.state)


@dataclass(frozen=True)
class Page:
    """One page; rows have the columns of CARD. ``first``: the place of its first row in the whole list, from 1.

    ``after`` and ``before`` are the marks of its last and first row, "" where there is nothing beyond them.
    """

    rows: list[Row[Any]]
    total: int
    first: int
    after: str
    before: str


def mark_of(row: Any, order: str) -> str:
    """Where a row stands in an order, for the address of the next page."""
    if order != "cheap":
        return str(row.number)
    return f"{row.cost_tetri if row.cost_tetri is not None else 'x'}.{row.number}"


def _place(mark: str, order: str) -> tuple[int, int] | None:
    """(cost, number) of a mark; None for anything that is none."""
    cost, _dot, number = mark.rpartition(".")
    at = whole_number(number)
    if at is None or (order == "cheap") != bool(cost):
        return None
    if order != "cheap":
        return 0, at
    if cost == "x":
        return _UNKNOWN_COST, at
    return (int(cost), at) if re.fullmatch("[0-9]{1,14}", cost) else None


def _beyond(place: tuple[int, int], order: str, *, back: bool) -> ColumnElement[bool]:
    """The rows after (``back``: before) a place."""
    cost, number = place
    if order == "cheap":
        nearer = Idea.number < number if back else Idea.number > number
        cheaper = cost > _COST if back else cost < _COST
        return or_(cheaper, and_(_COST.in_([cost]), nearer))
    return Idea.number < number if (order == "old") is back else Idea.number > number


def _ordered(query: Select[Any], order: str, *, back: bool) -> Select[Any]:
    if order == "cheap":
        return query.order_by(*((_COST.desc(), Idea.number.desc()) if back else (_COST, Idea.number)))
    down = (order == "old") is back
    return query.order_by(Idea.number.desc() if down else Idea.number)


def _page(
    state: SQLColumnExpression[str],
    conditions: Iterable[ColumnElement[bool]],
    order: str,
    place: tuple[int, int] | None,
    *,
    back: bool,
) -> Select[Any]:
    """The ids of one page with the counts first, then the columns of those few rows alone."""
    wanted = (Idea.cycle_id == bindparam("cycle_id"), state.in_(PUBLIC_STATES), *conditions)
    beyond = () if place is None else (_beyond(place, order, back=back),)
    rest = func.count().over()
    total = rest if place is None else select(func.count()).where(*wanted).scalar_subquery()
    found = select(Idea.id, total.label("total"), rest.label("rest")).where(*wanted, *beyond)
    hits = _ordered(found, order, back=back).limit(PER_PAGE).subquery()
    columns: Any = (*CARD, Idea.cost_tetri, state.label("state"), hits.c.total, hits.c.rest)
    return _ordered(select(*columns).join(hits, hits.c.id == Idea.id), order, back=back)


_first_page = _page(
    Idea.state, (), "new", None, back=False
)  # the busiest page of all: built once, not at each request


def public_page(
    cycle_id: int,
    conditions: list[ColumnElement[bool]],
    *,
    order: str = "",
    after: str = "",
    before: str = "",
) -> Page:
    """A page of the public ideas; one query whatever their number. A mark that is none gives the first page."""
    order = order if order in ORDERS else "new"
    place = _place(before or after, order)
    back = bool(before) and place is not None
    plain = place is None and order == "new" and not conditions and not clock.turned_back()
    query = _first_page if plain else _page(shown_state(), conditions, order, place, back=back)
    rows = list(db.session.execute(query, {"cycle_id": cycle_id}))
    if not rows:
        return Page([], 0, 0, "", "")
    total, rest = rows[0].total, rows[0].rest
    rows = rows[::-1] if back else rows
    first = rest - len(rows) + 1 if back else total - rest + 1
    last = first + len(rows) - 1
    return Page(
        rows_as_they_stood(rows), total, first,
        mark_of(rows[-1], order) if last < total else "", mark_of(rows[0], order) if first > 1 else "",
    )  # fmt: skip


def conditions_of(
    filters: Filters, units: list[Row[Any]], prefix: str, year: int
) -> list[ColumnElement[bool]]:
    """The filters as conditions; a value that does not exist finds nothing. ``units``: as ``queries.units_of``."""
    found: list[ColumnElement[bool]] = []
    if filters.unit:
        ids = [unit.id for unit in units if unit.slug == filters.unit]
        found.append(Idea.unit_id.in_(ids))
    if filters.category:
        found.append(Idea.category == filters.category)
    if filters.state:
        found.append(shown_state() == filters.state)
    if filters.q.strip():
        found.append(_search(filters.q[:LONGEST_QUERY], units, prefix, year))
    return found


def _search(q: str, units: list[Row[Any]], prefix: str, year: int) -> ColumnElement[bool]:
    """Every word of a reading of the query occurs, in the texts or in the unit's names; or it is a number."""
    names = {unit.id: _names_of(unit) for unit in units}
    readings: list[ColumnElement[bool]] = [
        and_(*(_has(word, names) for word in variant.split())) for variant in search_variants(q)
    ]
    match = re.fullmatch(rf"(?:{re.escape(prefix)}-{year}-)?0*([0-9]{{1,6}})", q.strip(), re.IGNORECASE)
    if match:
        readings.append(Idea.number == int(match[1]))
    return or_(*readings) if readings else Idea.id.is_(None)


def _names_of(unit: Any) -> list[str]:
    texts = [*(unit.name or {}).values(), *(name for place in unit.villages or [] for name in place.values())]
    return search_fold(" ".join(texts)).split()


def _has(word: str, names: dict[int, list[str]]) -> ColumnElement[bool]:
    stem = stem_of(word)
    in_text = Idea.search_text.like(f"%{_escaped(stem)}%", escape="\\")
    units = [
        unit_id
        for unit_id, words in names.items()
        if len(stem) > 2 and any(name.startswith(stem) for name in words)
    ]
    return or_(in_text, Idea.unit_id.in_(units)) if units else in_text


def stem_of(word: str) -> str:
    """A folded word without the vowel at its end that other cases lack: chognari, chognarshi."""
    return word[:-1] if len(word) > 5 and word[-1] in "aei" else word


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def counts_by_unit(cycle_id: int) -> dict[str, int]:
    """How many public ideas each unit has, by slug; units without one are missing."""
    rows = db.session.execute(
        select(Unit.slug, func.count())
        .select_from(Idea)
        .join(Unit, Unit.id == Idea.unit_id)
        .where(Idea.cycle_id == cycle_id, shown_state().in_(PUBLIC_STATES))
        .group_by(Unit.slug)
    )
    return {row[0]: row[1] for row in rows}


def counts_by_state(cycle_id: int, unit_id: int) -> dict[str, int]:
    """How many public ideas of one unit are in each state."""
    state = shown_state()
    rows = db.session.execute(
        select(state, func.count())
        .select_from(Idea)
        .where(Idea.cycle_id == cycle_id, Idea.unit_id == unit_id, state.in_(PUBLIC_STATES))
        .group_by(state)
    )
    return {row[0]: row[1] for row in rows}


def latest(cycle_id: int, unit_id: int | None, count: int) -> list[Row[Any]]:
    """(number, title, problem, language, unit, submitted_at) of the newest public ideas, for the feed."""
    columns: Any = (
        Idea.id, Idea.number, Idea.title, Idea.problem, Idea.language, Idea.author_label, Idea.submitted_at,
    )  # fmt: skip
    query = (
        select(*columns, Unit.name.label("unit"))
        .outerjoin(Unit, Unit.id == Idea.unit_id)
        .where(Idea.cycle_id == cycle_id, shown_state().in_(PUBLIC_STATES))
        .order_by(Idea.number.desc())
        .limit(count)
    )
    if unit_id is not None:
        query = query.where(Idea.unit_id == unit_id)
    return rows_as_they_stood(db.session.execute(query).all())
