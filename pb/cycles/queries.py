"""Reading cycles: where a request stands (town, cycle, rules, dates, phase), and lists of cycles."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import contains_eager, joinedload

from pb import clock
from pb.core.errors import Missing
from pb.core.phases import Calendar, Status
from pb.core.rulebook import Category, Rulebook
from pb.core.whole import whole_number
from pb.cycles.models import CalendarVersion, Cycle, CycleAct, RulebookVersion
from pb.cycles.status import status_of
from pb.db import db
from pb.places.models import Town
from pb.policy import Action, Actor, allowed

V = TypeVar("V", RulebookVersion, CalendarVersion)


@dataclass(frozen=True)
class Here:
    """Where a request stands. On pages of a town without a cycle the last four are None."""

    town: Town
    cycle: Cycle | None = None
    rulebook: Rulebook | None = None
    calendar: Calendar | None = None
    status: Status | None = None

    @property
    def rules(self) -> Rulebook:
        """The rulebook in force; Missing where the cycle has none yet."""
        if self.rulebook is None:
            raise Missing("no_rulebook")
        return self.rulebook

    @property
    def the_cycle(self) -> Cycle:
        """The cycle, on routes that always have one."""
        if self.cycle is None:
            raise Missing("no_such_page")
        return self.cycle

    @property
    def payer(self) -> tuple[int, int]:
        """(town, cycle): who pays for a text message that is sent from here."""
        return self.town.id, self.the_cycle.id

    def category(self, category_id: str) -> Category | None:
        """A category of the rulebook by its id."""
        return next((c for c in self.rules.categories if c.id == category_id), None)


@lru_cache(maxsize=256)
def parse_rulebook(document: str) -> Rulebook:
    """A rulebook from its stored canonical JSON."""
    return Rulebook.from_json(json.loads(document))


@lru_cache(maxsize=256)
def parse_calendar(document: str) -> Calendar:
    """A calendar from its stored canonical JSON."""
    return Calendar.from_json(json.loads(document))


# By the fingerprint of their text, which never changes: a request that finds one here does not even read it.
_rulebooks: dict[str, Rulebook] = {}
_calendars: dict[str, Calendar] = {}
_MOST_KEPT = 1000


def _rulebook_of(cycle: Cycle) -> Rulebook | None:
    version = cycle.rulebook_version
    if version is None:
        return None
    if version.fingerprint not in _rulebooks:
        if len(_rulebooks) >= _MOST_KEPT:
            _rulebooks.clear()
        _rulebooks[version.fingerprint] = parse_rulebook(version.document)
    return _rulebooks[version.fingerprint]


def _calendar_of(cycle: Cycle) -> Calendar | None:
    version = cycle.calendar_version
    if version is None:
        return None
    if version.fingerprint not in _calendars:
        if len(_calendars) >= _MOST_KEPT:
            _calendars.clear()
        _calendars[version.fingerprint] = parse_calendar(version.document)
    return _calendars[version.fingerprint]


# Statements are built once: building one anew for each request costs more than running it.
_WHOLE = (
    joinedload(Cycle.rulebook_version).defer(RulebookVersion.document),
    joinedload(Cycle.calendar_version).defer(CalendarVersion.document),
)
_BY_ADDRESS = (
    select(Cycle)
    .join(Cycle.town)
    .where(Town.slug == bindparam("slug"), Cycle.year == bindparam("year"))
    .options(contains_eager(Cycle.town), *_WHOLE)
)
_BY_ID = select(Cycle).where(Cycle.id == bindparam("cycle_id"))


def town_by_slug(slug: str) -> Town | None:
    """A town by its address."""
    return db.session.execute(select(Town).where(Town.slug == slug)).scalar_one_or_none()


def scope(slug: str, year: int | None, actor: Actor, now: datetime) -> Here:
    """Town and cycle of an address, with the phase at ``now``.

    Raises Missing for what does not exist and for a cycle that is not published yet, unless the actor may
    preview it. Two queries for a cycle, one for a town.
    """
    if year is None:
        town = town_by_slug(slug)
        if town is None:
            raise Missing("no_such_page")
        return Here(town)
    cycle = db.session.execute(_BY_ADDRESS, {"slug": slug, "year": year}).scalar_one_or_none()
    if cycle is None:
        raise Missing("no_such_page")
    published = cycle.published_at is not None and cycle.published_at <= now
    if not published and not allowed(actor, Action.PREVIEW_CYCLE, town_id=cycle.town_id):
        raise Missing("no_such_page")
    return here_of(cycle, now)


def here_of(cycle: Cycle, now: datetime) -> Here:
    """The same for a cycle in hand (commands, jobs)."""
    rulebook, calendar = _rulebook_of(cycle), _calendar_of(cycle)
    status = status_of(cycle, calendar, now) if calendar else None
    return Here(cycle.town, cycle, rulebook, calendar, status)


def here_by_id(cycle_id: int, *, now: datetime | None = None, lock: bool = False) -> Here:
    """The same by id; ``lock`` takes the cycle's row for update (inside a command)."""
    query = _BY_ID
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    cycle = db.session.execute(query, {"cycle_id": cycle_id}).scalar_one_or_none()
    if cycle is None:
        raise Missing("no_such_cycle")
    return here_of(cycle, now or clock.now())


def cycles_of(town_id: int, *, now: datetime, unpublished: bool = False) -> list[Cycle]:
    """A town's cycles, newest first; without the unpublished ones unless asked for."""
    query = (
        select(Cycle)
        .where(Cycle.town_id == town_id, Cycle.year > 0)  # one that was discarded has a negative year
        .options(joinedload(Cycle.rulebook_version), joinedload(Cycle.calendar_version))
        .order_by(Cycle.year.desc())
    )
    if not unpublished:
        query = query.where(Cycle.published_at <= now)
    return list(db.session.scalars(query))


def cycle_of(town_id: int, year: int) -> Cycle | None:
    """A town's cycle of a year, published or not."""
    return db.session.execute(
        select(Cycle).where(Cycle.town_id == town_id, Cycle.year == year)
    ).scalar_one_or_none()


def last_version(model: type[RulebookVersion] | type[CalendarVersion], cycle_id: int) -> int:
    """The highest number of a version of the cycle's rules or dates; 0 when there is none."""
    return db.session.scalar(select(func.max(model.version)).where(model.cycle_id == cycle_id)) or 0


def rulebook_seen(cycle_id: int, number: str | None) -> Rulebook | None:
    """The rules of a version by the number that a form carried; None when it is no such number."""
    version = whole_number(number)
    if version is None:
        return None
    document = db.session.scalar(
        select(RulebookVersion.document).where(
            RulebookVersion.cycle_id == cycle_id, RulebookVersion.version == version
        )
    )
    return parse_rulebook(document) if document else None


def public_rulebooks(cycle: Cycle) -> list[RulebookVersion]:
    """The versions that readers may see, newest first: the one that was published and all after it."""
    query = (
        select(RulebookVersion)
        .where(RulebookVersion.cycle_id == cycle.id)
        .order_by(RulebookVersion.version.desc())
    )
    return _since_publication(list(db.session.scalars(query)), cycle.published_at)


def public_calendars(cycle: Cycle) -> list[CalendarVersion]:
    """The same of the dates."""
    query = (
        select(CalendarVersion)
        .where(CalendarVersion.cycle_id == cycle.id)
        .order_by(CalendarVersion.version.desc())
    )
    return _since_publication(list(db.session.scalars(query)), cycle.published_at)


def _since_publication(versions: list[V], published_at: datetime | None) -> list[V]:
    """Newest first. Of a cycle that is not published the last one alone (its preview)."""
    if published_at is None:
        return versions[:1]
    shown: list[V] = []
    for version in versions:
        shown.append(version)
        if version.created_at <= published_at:
            break
    return shown


def acts_of(cycle_id: int) -> list[CycleAct]:
    """The acts proposed on a cycle, newest first."""
    return list(
        db.session.scalars(select(CycleAct).where(CycleAct.cycle_id == cycle_id).order_by(CycleAct.id.desc()))
    )


def act_by_id(act_id: int) -> CycleAct | None:
    """An act by its id (commands)."""
    return db.session.get(CycleAct, act_id)


def act_of(cycle_id: int, act_id: int) -> CycleAct | None:
    """An act of this cycle, else None."""
    return db.session.execute(
        select(CycleAct).where(CycleAct.id == act_id, CycleAct.cycle_id == cycle_id)
    ).scalar_one_or_none()


def pending_act(cycle_id: int) -> CycleAct | None:
    """The act that waits for a second person, if there is one."""
    return db.session.execute(
        select(CycleAct).where(CycleAct.cycle_id == cycle_id, CycleAct.outcome.is_(None))
    ).scalar_one_or_none()


def approved_acts(cycle_id: int, now: datetime) -> list[CycleAct]:
    """The acts in force at ``now``, newest first."""
    return [
        act
        for act in acts_of(cycle_id)
        if act.outcome == "approved" and act.decided_at is not None and act.decided_at <= now
    ]


def stop_in_force(cycle_id: int, now: datetime) -> CycleAct | None:
    """The approved pause or halt that stands at ``now``, for its reason."""
    standing: CycleAct | None = None
    for act in sorted(approved_acts(cycle_id, now), key=lambda act: (act.decided_at, act.id)):
        if act.kind != "extend" and (standing is None or standing.kind != "halt"):
            standing = None if act.kind == "resume" else act
    return standing
