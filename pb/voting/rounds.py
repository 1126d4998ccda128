"""A round as the vote uses it: projects, keys and rules, parsed once per process. Knows nobody's name or
number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from flask import current_app
from sqlalchemy import Dialect, bindparam, select

from pb.core import ballots
from pb.core.errors import Invalid, Missing
from pb.core.phases import Calendar
from pb.core.rulebook import BallotRules, Rulebook
from pb.cycles.models import CalendarVersion, Cycle
from pb.cycles.queries import parse_calendar, parse_rulebook
from pb.db import db
from pb.places.models import Town, Unit
from pb.rows import Prepared, Rows
from pb.voting.custodians import public_keys
from pb.voting.models import VotingRound


@dataclass(frozen=True)
class OnBallot:
    """A project as it stands on the ballot. ``unit``: slug, or "" for the whole town; ``what``: one short
    line.
    """

    id: str
    code: str
    title: str
    cost_tetri: int
    unit: str = ""
    what: str = ""
    lang: str = "ka"


@dataclass(frozen=True)
class FrozenRound:
    """A round that is prepared: frozen projects, public keys of the custodians, and the rulebook."""

    id: int
    cycle_id: int
    label: str
    projects: tuple[OnBallot, ...]
    keys: tuple[X25519PublicKey, ...]
    rulebook: Rulebook
    unit_slugs: Mapping[int, str]

    @property
    def rules(self) -> BallotRules:
        return self.rulebook.ballot

    @cached_property
    def costs(self) -> dict[str, int]:
        """Tetri by project id."""
        return {p.id: p.cost_tetri for p in self.projects}

    @cached_property
    def by_id(self) -> dict[str, OnBallot]:
        return {p.id: p for p in self.projects}

    @property
    def by_unit(self) -> bool:
        """Whether voters choose among the projects of their own unit (and the town's), so that ballots name
        it.
        """
        return self.rules.scope == "own_unit"

    def unit_on_ballot(self, unit_id: int) -> str | None:
        """The unit's slug where ballots name the unit, else None."""
        return self.unit_slugs[unit_id] if self.by_unit else None

    def eligible(self, unit_slug: str | None) -> tuple[str, ...]:
        """Ids of the projects on the ballot of a voter of this unit (None: of anybody), in the ballot's
        order.
        """
        return tuple(p.id for p in self.projects if unit_slug is None or p.unit in ("", unit_slug))

    def budget(self, unit_slug: str | None) -> int:
        """Tetri that a knapsack ballot may spend."""
        if unit_slug is None:
            return self.rulebook.pot_tetri
        return self.rulebook.unit_sums.get(unit_slug, 0) + self.rulebook.town_wide_tetri

    def check(self, choices: Sequence[str], unit_slug: str | None) -> None:
        """Raises Invalid on the field ``choices``: see pb.core.ballots.check_choices; bad_unit."""
        if self.by_unit is (unit_slug is None):
            raise Invalid("bad_unit", field="choices")
        ballots.check_choices(
            choices,
            rules=self.rules,
            costs=self.costs,
            budget=self.budget(unit_slug),
            eligible=self.eligible(unit_slug),
        )


def round_of(cycle_id: int, *, lock: bool = False) -> VotingRound | None:
    """The cycle's round, or None before it was prepared; ``lock`` keeps every cast and every close
    waiting.
    """
    query = select(VotingRound).where(VotingRound.cycle_id == cycle_id)
    if lock:  # "no key": rows that merely refer to the round (a flush under way) need not wait
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return db.session.execute(query).scalar_one_or_none()


def the_round(cycle_id: int, *, lock: bool = False) -> VotingRound:
    """The same; raises Missing("no_round") before it was prepared."""
    row = round_of(cycle_id, lock=lock)
    if row is None:
        raise Missing("no_round")
    return row


def _kept() -> dict[tuple[str, int], Any]:
    kept: dict[tuple[str, int], Any] = current_app.extensions.setdefault("pb_voting_kept", {})
    return kept


def frozen_round(round_id: int) -> FrozenRound:
    """The round by its id. Kept in the process once the trial was opened: from then on it cannot change.

    Raises Missing("no_round").
    """
    kept = _kept()
    found = kept.get(("round", round_id))
    if found is not None:
        frozen: FrozenRound = found
        return frozen
    row = db.session.get(VotingRound, round_id)
    if row is None:
        raise Missing("no_round")
    frozen = freeze(row)
    if row.trial_opened_at is not None:
        kept["round", round_id] = frozen
    return frozen


def round_at(town: str, year: int) -> tuple[int, int]:
    """(cycle id, round id) at an address, kept in the process like the round. Raises
    Missing("no_such_page").
    """
    kept = _kept()
    found: tuple[int, int] | None = kept.get((town, year))
    if found is None:
        row = db.session.execute(
            select(VotingRound.cycle_id, VotingRound.id, VotingRound.trial_opened_at)
            .join(Cycle, Cycle.id == VotingRound.cycle_id)
            .join(Town, Town.id == Cycle.town_id)
            .where(Town.slug == town, Cycle.year == year)
        ).one_or_none()
        if row is None:
            raise Missing("no_such_page")
        found = (row.cycle_id, row.id)
        if row.trial_opened_at is not None:
            kept[town, year] = found
    return found


def freeze(row: VotingRound) -> FrozenRound:
    """A stored round, parsed."""
    cycle = db.session.get_one(Cycle, row.cycle_id)
    if cycle.rulebook_version is None:
        raise Missing("no_rulebook")
    units = db.session.execute(select(Unit.id, Unit.slug).where(Unit.town_id == cycle.town_id))
    return FrozenRound(
        id=row.id,
        cycle_id=row.cycle_id,
        label=row.label,
        projects=tuple(OnBallot(**p) for p in row.projects),
        keys=public_keys(row.custodians),
        rulebook=parse_rulebook(cycle.rulebook_version.document),
        unit_slugs={unit.id: unit.slug for unit in units},
    )


@cache
def _calendar_statement(dialect: Dialect) -> Prepared:
    return Prepared(select(CalendarVersion.document).where(CalendarVersion.id == bindparam("id")), dialect)


def calendar_by_id(calendar_id: int, rows: Rows) -> Calendar:
    """A version of a calendar; versions never change, so each is parsed once per process.

    Read in the transaction in hand: who holds a connection and waits for another may wait for ever.
    """
    kept = _kept()
    if ("calendar", calendar_id) not in kept:
        ((found,),) = rows.read(_calendar_statement(db.engine.dialect), id=calendar_id)
        kept["calendar", calendar_id] = parse_calendar(found)
    calendar: Calendar = kept["calendar", calendar_id]
    return calendar
