"""Acts on towns: opening one, importing its units, its contact data and its centres."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from pb.audit.log import record
from pb.core.errors import Invalid, Missing, Problem, Problems
from pb.core.words import words_problems
from pb.db import command, db
from pb.places import events, queries
from pb.places.models import Centre, Town, Unit
from pb.places.municipalities import municipality
from pb.places.unit_table import UnitRow
from pb.policy import Action, Actor, authorise

ACCENTS = ("river", "wine", "forest", "walnut", "plum", "lake")
# First parts of addresses that belong to the installation and so can name no town.
RESERVED = frozenset({"admin", "assets", "demo", "sign-in", "sign-out", "about", "health", "static", "me"})
_PREFIX = re.compile(r"[A-Z]{2,4}")

Words = Mapping[str, str]


@command
def open_town(
    *,
    slug: str,
    number_prefix: str,
    accent: str,
    hotline: str,
    hotline_hours: Words,
    address: Words,
    protection_officer: Mapping[str, Any],
    units: Sequence[UnitRow] = (),
    actor: Actor,
    now: datetime,
) -> int:
    """Open the town of a municipality (slug of municipalities.csv), with its units; gives its id.

    Writes TownOpened and, with units, UnitsImported. Raises Refused, Invalid("no_such_municipality" |
    "town_exists" | "prefix_taken" | "bad_prefix" | "bad_accent"), Problems.
    """
    authorise(actor, Action.OPEN_TOWN, town_id=None)
    place = municipality(slug)
    if place is None or slug in RESERVED:
        raise Invalid("no_such_municipality", field="slug")
    if not _PREFIX.fullmatch(number_prefix):
        raise Invalid("bad_prefix", field="number_prefix")
    town = Town(
        slug=slug,
        name=place.name,
        full_name=place.full_name,
        genitive_ka=place.genitive_ka,
        number_prefix=number_prefix,
        accent=accent,
        hotline=hotline,
        hotline_hours=dict(hotline_hours),
        address=dict(address),
        protection_officer=dict(protection_officer),
        opened_at=now,
    )
    _check_contact(town)
    for taken in queries.towns():
        if taken.slug == slug:
            raise Invalid("town_exists", field="slug")
        if taken.number_prefix == number_prefix:
            raise Invalid("prefix_taken", field="number_prefix", name=taken.name)
    db.session.add(town)
    try:
        db.session.flush()
    except IntegrityError as error:  # somebody opened it in the meantime
        raise Invalid("town_exists", field="slug") from error
    record(events.TownOpened(slug), subject_id=town.id, by=actor, at=now, town_id=town.id)
    if units:
        _import(town, units, actor, now)
    return town.id


@command
def import_units(*, town_id: int, rows: Sequence[UnitRow], actor: Actor, now: datetime) -> tuple[int, int]:
    """Add the units that are new, rename and reorder the others; gives (added, changed). Writes
    UnitsImported.

    Units are never removed: ideas and rulebooks point at them, so a file that lacks one is refused.
    Raises Refused, Problems("unit_missing_from_file").
    """
    authorise(actor, Action.MANAGE_TOWN, town_id=town_id)
    town = queries.town_by_id(town_id, lock=True)
    if town is None:
        raise Missing("no_such_page")
    return _import(town, rows, actor, now)


def _import(town: Town, rows: Sequence[UnitRow], actor: Actor, now: datetime) -> tuple[int, int]:
    known = {unit.slug: unit for unit in queries.units_of(town.id)}
    lost = [unit.name for slug, unit in known.items() if slug not in {row.slug for row in rows}]
    if lost:
        raise Problems([Problem("unit_missing_from_file", "units", {"name": name}) for name in lost])
    for unit in known.values():
        unit.position += len(known) + len(rows)  # out of the way: positions are unique at every moment
    db.session.flush()
    added = changed = 0
    for position, row in enumerate(rows, start=1):
        data: dict[str, Any] = {
            "kind": row.kind,
            "name": dict(row.name),
            "genitive_ka": row.genitive_ka,
            "villages": [dict(village) for village in row.villages],
        }
        if row.plan_x is not None:  # a list without these columns leaves the plan as it is
            data |= {"plan_x": row.plan_x, "plan_y": row.plan_y}
        old = known.get(row.slug)
        if old is None:
            db.session.add(Unit(town_id=town.id, position=position, slug=row.slug, **data))
            added += 1
            continue
        changed += any(getattr(old, name) != value for name, value in data.items())
        for name, value in data.items():
            setattr(old, name, value)
        old.position = position
    db.session.flush()
    db.session.expire(town, ["units"])
    record(events.UnitsImported(added, changed), subject_id=town.id, by=actor, at=now, town_id=town.id)
    return added, changed


@command
def save_town(
    *,
    town_id: int,
    accent: str,
    hotline: str,
    hotline_hours: Words,
    address: Words,
    protection_officer: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> None:
    """Change a town's contact data. Writes TownChanged if anything changed. Raises Refused, Invalid,
    Problems.
    """
    authorise(actor, Action.MANAGE_TOWN, town_id=town_id)
    town = queries.town_by_id(town_id, lock=True)
    if town is None:
        raise Missing("no_such_page")
    new: dict[str, Any] = {
        "accent": accent,
        "hotline": hotline,
        "hotline_hours": dict(hotline_hours),
        "address": dict(address),
        "protection_officer": dict(protection_officer),
    }
    changed = [name for name, value in new.items() if getattr(town, name) != value]
    for name in changed:
        setattr(town, name, new[name])
    _check_contact(town)
    if changed:
        record(events.TownChanged(changed), subject_id=town.id, by=actor, at=now, town_id=town.id)


def _check_contact(town: Town) -> None:
    if town.accent not in ACCENTS:
        raise Invalid("bad_accent", field="accent")
    problems = [*words_problems(town.protection_officer.get("name", {}), "protection_officer")]
    if not (town.protection_officer.get("mail") or town.protection_officer.get("phone")):
        problems.append(Problem("officer_unreachable", "officer_phone"))
    if problems:
        raise Problems(problems)


@command
def save_centre(
    *,
    town_id: int,
    centre_id: int | None,
    unit_id: int | None,
    name: Words,
    address: Words,
    hours: Words,
    phone: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Enter a community centre or change it; gives its id. Writes CentreSaved. Raises Refused, Missing,
    Problems.
    """
    authorise(actor, Action.MANAGE_TOWN, town_id=town_id)
    problems = [
        *words_problems(name, "name"),
        *words_problems(address, "address"),
        *words_problems(hours, "hours"),
    ]
    if problems:
        raise Problems(problems)
    if unit_id is not None and unit_id not in {unit.id for unit in queries.units_of(town_id)}:
        raise Invalid("no_such_unit", field="unit_id")
    centre = Centre(town_id=town_id) if centre_id is None else queries.centre_of(town_id, centre_id)
    if centre is None:
        raise Missing("no_such_page")
    centre.unit_id, centre.phone = unit_id, phone
    centre.name, centre.address, centre.hours = dict(name), dict(address), dict(hours)
    db.session.add(centre)
    db.session.flush()
    record(events.CentreSaved(dict(name)), subject_id=centre.id, by=actor, at=now, town_id=town_id)
    return centre.id


@command
def remove_centre(*, town_id: int, centre_id: int, actor: Actor, now: datetime) -> None:
    """Take a centre off the list. Writes CentreRemoved. Raises Refused, Missing, Invalid("centre_in_use")."""
    authorise(actor, Action.MANAGE_TOWN, town_id=town_id)
    centre = queries.centre_of(town_id, centre_id)
    if centre is None:
        raise Missing("no_such_page")
    record(events.CentreRemoved(dict(centre.name)), subject_id=centre.id, by=actor, at=now, town_id=town_id)
    db.session.delete(centre)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Invalid("centre_in_use") from error
