"""Acts on a cycle before and at its publication: creating it, its rules and dates, publishing it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from pb.audit.log import record
from pb.core.errors import Closed, Invalid, Missing, Problems
from pb.core.phases import Calendar, Phase
from pb.core.rulebook import Rulebook, frozen_changes, starter
from pb.cycles import events, queries, readiness
from pb.cycles.models import Cycle
from pb.cycles.queries import Here
from pb.cycles.starting import moved, renewed, usual_calendar
from pb.cycles.versions import add_calendar, add_rulebook
from pb.db import command, db
from pb.places.queries import town_by_id, units_of
from pb.policy import Action, Actor, authorise

MIN_NOTE = 10  # characters: why a rulebook that citizens have read is changed
FIRST_YEAR, LAST_YEAR = 2015, 2100


@command
def create_cycle(
    *,
    town_id: int,
    year: int,
    name: Mapping[str, str] | None = None,
    pot_tetri: int | None = None,
    split: str = "equal_per_unit",
    rulebook: Rulebook | None = None,
    calendar: Calendar | None = None,
    like_cycle_id: int | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """Make an unpublished cycle; gives its id. Writes CycleCreated, RulebookSaved, CalendarSaved.

    Rules and dates are the ones given, else those of the town's former cycle ``like_cycle_id`` moved to the
    year,
    else the starter's with ``pot_tetri`` as ``split`` says (one_pot, equal_per_unit). Raises Refused,
    Missing,
    Invalid("year_taken" |
    "bad_year" | "town_without_units").
    """
    authorise(actor, Action.CREATE_CYCLE, town_id=town_id)
    town = town_by_id(town_id, lock=True)
    if town is None:
        raise Missing("no_such_page")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid("bad_year", field="year", low=FIRST_YEAR, high=LAST_YEAR)
    if queries.cycle_of(town_id, year) is not None:
        raise Invalid("year_taken", field="year", year=year)
    if like_cycle_id is not None:
        former = queries.here_by_id(like_cycle_id, now=now)
        if former.town.id != town_id:
            raise Missing("no_such_cycle")
        rulebook = rulebook or renewed(former.rules)
        if calendar is None and former.calendar is not None:
            calendar = moved(former.calendar, year - former.the_cycle.year)
    if rulebook is None:
        rulebook = _starter(town_id, pot_tetri or 0, split)
    words = dict(name or {"ka": f"სამოქალაქო ბიუჯეტი {year}", "en": f"Civic budget {year}"})
    cycle = Cycle(town_id=town_id, year=year, name=words, created_at=now, published_at=None)
    db.session.add(cycle)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Invalid("year_taken", field="year", year=year) from error
    record(
        events.CycleCreated(year), subject_id=cycle.id, by=actor, at=now, town_id=town_id, cycle_id=cycle.id
    )
    calendar = calendar or usual_calendar(year)
    rulebook = replace(rulebook, votes_held=Phase.VOTING in calendar.phases)
    add_rulebook(cycle, rulebook, "", actor, now)
    add_calendar(cycle, calendar, "", actor, now)
    return cycle.id


def _starter(town_id: int, pot_tetri: int, split: str) -> Rulebook:
    slugs = [unit.slug for unit in units_of(town_id)]
    if not slugs:
        raise Invalid("town_without_units")
    return starter(pot_tetri, slugs, split=split)


@command
def save_rulebook(
    *,
    cycle_id: int,
    rulebook: Rulebook,
    note: str = "",
    based_on: int | None = None,
    parts: Collection[str] = (),
    actor: Actor,
    now: datetime,
) -> int:
    """Make ``rulebook`` the version in force; gives the version's number (the old one when nothing changed).

    ``parts``: patterns of fields that must be free of problems (see readiness.SECTIONS); other drafts may
    have
    faults until publication. A published rulebook must have none, needs a ``note``, and only what is not
    frozen in
    the present phase may change. ``based_on``: the version that the writer saw, to notice a change in
    between.
    Writes RulebookSaved, or RulebookChanged once published.
    Raises Refused, Closed("rulebook_frozen"), Invalid("changed_meanwhile" | "note_too_short"), Problems.
    """
    here = queries.here_by_id(cycle_id, now=now, lock=True)
    cycle = here.the_cycle
    authorise(actor, Action.EDIT_CYCLE, town_id=here.town.id)
    version = cycle.rulebook_version
    if here.rulebook == rulebook and version is not None:
        return version.version
    if based_on is not None and version is not None and version.version != based_on:
        raise Invalid("changed_meanwhile")
    names = {unit.slug: unit.name for unit in units_of(here.town.id)}
    problems = readiness.named(rulebook.problems(names.keys()), names)
    if cycle.published_at is None:
        problems = readiness.in_parts(problems, parts)
    else:
        _check_published_change(here, rulebook, note)
    if problems:
        raise Problems(problems)
    return add_rulebook(cycle, rulebook, note, actor, now)


def _check_published_change(here: Here, rulebook: Rulebook, note: str) -> None:
    if here.rulebook is not None and here.status is not None:
        frozen = frozen_changes(here.rulebook, rulebook, here.status.phase)
        if frozen:
            raise Closed("rulebook_frozen", phase=here.status.phase, parts=frozen)
    if here.calendar is not None and rulebook.votes_held != (Phase.VOTING in here.calendar.phases):
        raise Invalid("votes_and_dates_differ")
    if len(note.strip()) < MIN_NOTE:
        raise Invalid("note_too_short", field="note", limit=MIN_NOTE)


@command
def change_rulebook(
    *,
    cycle_id: int,
    changes: Mapping[str, Any],
    note: str = "",
    based_on: Rulebook | None = None,
    parts: Collection[str] = (),
    actor: Actor,
    now: datetime,
) -> int:
    """``save_rulebook`` for some fields only, on top of whatever is in force by then; gives the version's
    number.

    ``based_on``: the rules that the writer saw; Invalid("changed_meanwhile") when one of the same fields
    has been
    changed since. So two people may work on two sections at once.
    """
    rules = queries.here_by_id(cycle_id, now=now, lock=True).rules
    if based_on is not None and any(getattr(rules, name) != getattr(based_on, name) for name in changes):
        raise Invalid("changed_meanwhile")
    return save_rulebook(
        cycle_id=cycle_id, rulebook=replace(rules, **changes), note=note, parts=parts, actor=actor, now=now
    )


@command
def save_calendar(*, cycle_id: int, calendar: Calendar, actor: Actor, now: datetime) -> int:
    """Set the dates of an unpublished cycle; gives the version's number. Writes CalendarSaved.

    Whether there is a vote follows from the dates: a rulebook that says otherwise gets a new version too.
    After publication dates change through acts alone. Raises Refused, Closed("calendar_published"), Problems.
    """
    here = queries.here_by_id(cycle_id, now=now, lock=True)
    cycle = here.the_cycle
    authorise(actor, Action.EDIT_CYCLE, town_id=here.town.id)
    if cycle.published_at is not None:
        raise Closed("calendar_published")
    problems = calendar.problems(here.rulebook.objection_days if here.rulebook else 0)
    if problems:
        raise Problems(problems)
    votes = Phase.VOTING in calendar.phases
    if here.rulebook is not None and here.rulebook.votes_held != votes:
        add_rulebook(cycle, replace(here.rulebook, votes_held=votes), "", actor, now)
    version = cycle.calendar_version
    if here.calendar == calendar and version is not None:
        return version.version
    return add_calendar(cycle, calendar, "", actor, now)


@command
def publish_cycle(*, cycle_id: int, actor: Actor, now: datetime) -> None:
    """Make the cycle public and its calendar binding. Writes CyclePublished.

    Raises Refused, Closed("already_published" | "cycle_over"), Problems with everything that is still wrong.
    """
    here = queries.here_by_id(cycle_id, now=now, lock=True)
    cycle = here.the_cycle
    authorise(actor, Action.PUBLISH_CYCLE, town_id=here.town.id)
    if cycle.published_at is not None:
        raise Closed("already_published")
    faults = readiness.faults_of(here)
    if faults:
        raise Problems(fault.problem for fault in faults)
    rules, dates = cycle.rulebook_version, cycle.calendar_version
    if rules is None or dates is None or here.calendar is None:
        raise Missing("no_rulebook")
    if here.calendar.ends <= now:
        raise Closed("cycle_over")
    cycle.published_at = now
    event = events.CyclePublished(rules.version, rules.fingerprint, dates.version)
    record(event, subject_id=cycle.id, by=actor, at=now, town_id=cycle.town_id, cycle_id=cycle.id)
