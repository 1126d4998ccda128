"""What stands out on the side of identification, as facts: how many, when, from which number on it is told.

Nothing here blocks anybody, and nothing here reads a ballot or a slot.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select

from pb.core.rulebook import VoterRules
from pb.db import db
from pb.voting.models_alarms import FIRST_PHONE, WAYS, CodePause, Sighting, SightingHour
from pb.voting.models_people import Roll, RollEntry


@dataclass(frozen=True)
class Fact:
    """``kind``: device, address, very_old_device, very_old_address, operator, hour, phone or first_phone. ``number``
    were counted on ``day`` (in the hour ``hour``), ``from_`` is the rulebook's number. ``mark``: a name for the day,
    or an operator's id.
    """

    kind: str
    number: int
    from_: int
    day: date | None = None
    hour: int | None = None
    mark: str = ""
    times: int = 1


def facts_of(cycle_id: int, rules: VoterRules) -> list[Fact]:
    """All facts, the newest day first."""
    found = [
        *_crowds(cycle_id, "device", Sighting.device, rules.alarm_device),
        *_crowds(cycle_id, "address", Sighting.address, rules.alarm_address),
        *_crowds(cycle_id, "very_old_device", Sighting.device, rules.alarm_very_old, Sighting.very_old),
        *_crowds(cycle_id, "very_old_address", Sighting.address, rules.alarm_very_old, Sighting.very_old),
        *_operators(cycle_id, rules.alarm_operator),
        *_hours(cycle_id, rules.alarm_hour),
        *_first_phones(cycle_id),
    ]
    found.sort(
        key=lambda fact: (str(fact.day), fact.hour or 0, fact.number, fact.kind, fact.mark), reverse=True
    )
    return [*_phones(cycle_id, rules.people_per_phone), *found]


def pauses_of(cycle_id: int) -> list[CodePause]:
    """Every pause of codes by text message, the newest first."""
    return list(
        db.session.scalars(
            select(CodePause)
            .where(CodePause.cycle_id == cycle_id)
            .order_by(CodePause.at.desc(), CodePause.id)
        )
    )


def _crowds(cycle_id: int, kind: str, by: Any, from_: int, *only: ColumnElement[bool] | Any) -> list[Fact]:
    people = func.count(Sighting.person.distinct())
    rows = db.session.execute(
        select(Sighting.day, by, people)
        .where(Sighting.cycle_id == cycle_id, by != "", *only)
        .group_by(Sighting.day, by)
        .having(people >= from_)
    )
    return [Fact(kind, number, from_, date.fromisoformat(day), mark=mark[:6]) for day, mark, number in rows]


def _operators(cycle_id: int, from_: int) -> list[Fact]:
    total = func.sum(SightingHour.number)
    rows = db.session.execute(
        select(SightingHour.day, SightingHour.hour, SightingHour.operator_id, total)
        .where(SightingHour.cycle_id == cycle_id, SightingHour.operator_id != 0, SightingHour.way.in_(WAYS))
        .group_by(SightingHour.day, SightingHour.hour, SightingHour.operator_id)
        .having(total >= from_)
    )
    return [
        Fact("operator", number, from_, date.fromisoformat(day), hour, str(who))
        for day, hour, who, number in rows
    ]


def _hours(cycle_id: int, from_: int) -> list[Fact]:
    total = func.sum(SightingHour.number)
    rows = db.session.execute(
        select(SightingHour.day, SightingHour.hour, total)
        .where(SightingHour.cycle_id == cycle_id, SightingHour.way.in_(WAYS))
        .group_by(SightingHour.day, SightingHour.hour)
        .having(total >= from_)
    )
    return [Fact("hour", number, from_, date.fromisoformat(day), hour) for day, hour, number in rows]


def _first_phones(cycle_id: int) -> list[Fact]:
    """Phones bound to people who had none, by day and operator: told from the first on, since no number could be."""
    total = func.sum(SightingHour.number)
    rows = db.session.execute(
        select(SightingHour.day, SightingHour.operator_id, total)
        .where(SightingHour.cycle_id == cycle_id, SightingHour.way == FIRST_PHONE)
        .group_by(SightingHour.day, SightingHour.operator_id)
    )
    return [
        Fact("first_phone", number, 1, date.fromisoformat(day), mark=str(who)) for day, who, number in rows
    ]


def _phones(cycle_id: int, most: int) -> list[Fact]:
    people = func.count().label("people")
    shared = (
        select(people)
        .select_from(RollEntry)
        .join(Roll, Roll.id == RollEntry.roll_id)
        .where(Roll.cycle_id == cycle_id, Roll.approved_at.is_not(None), RollEntry.phone_hash.is_not(None))
        .group_by(RollEntry.phone_hash)
        .having(people > most)
        .subquery()
    )
    times, largest = db.session.execute(select(func.count(), func.max(shared.c.people))).one()
    return [Fact("phone", largest, most, times=times)] if times else []
