"""Makes towns, cycles and people for tests, straight in the database; commands are for the tests themselves."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from sqlalchemy import inspect, select

from pb.accounts.models import Account, RoleGrant
from pb.accounts.personal import keyed_hash, seal
from pb.core.phases import Calendar, Phase
from pb.core.rulebook import CountingRules, Rulebook, VoterRules, canonical_json, starter
from pb.core.workdays import TBILISI
from pb.cycles.models import CalendarVersion, Cycle, RulebookVersion
from pb.db import db, writing
from pb.places.models import Town, Unit
from pb.policy import Actor, Role

_serial = itertools.count(1)
EARLY = datetime(2026, 1, 10, 8, 0, tzinfo=UTC)


def moment(month: int, day: int, year: int = 2026) -> datetime:
    """Midnight in Tbilisi."""
    return datetime(year, month, day, tzinfo=TBILISI).astimezone(UTC)


def calendar(year: int = 2026, **starts: datetime) -> Calendar:
    """The default calendar of product.md."""
    dates = {
        Phase.PREPARATION: moment(2, 1, year),
        Phase.IDEAS: moment(5, 1, year),
        Phase.DEVELOPMENT: moment(7, 1, year),
        Phase.REVIEW: moment(9, 7, year),
        Phase.VOTING: moment(10, 12, year),
        Phase.RESULTS: moment(10, 26, year),
        Phase.IMPLEMENTATION: moment(11, 9, year),
    }
    dates.update({Phase(k): v for k, v in starts.items()})
    return Calendar(starts=dates, ends=moment(12, 31, year + 1), windows={})


def make_town(slug: str = "terjola", units: int = 3, **values: Any) -> Town:
    """A town with ``units`` units called unit-1 ..."""
    names = {"terjola": ("თერჯოლა", "Terjola", "თერჯოლის"), "khoni": ("ხონი", "Khoni", "ხონის")}
    ka, en, genitive = names.get(slug, ("სოფელი", slug.capitalize(), "სოფლის"))
    with writing() as session:
        town = Town(
            slug=slug,
            name={"ka": ka, "en": en},
            full_name={"ka": f"{genitive} მუნიციპალიტეტი", "en": f"{en} Municipality"},
            genitive_ka=genitive,
            number_prefix=values.pop("number_prefix", slug[:2].upper()),
            accent="river",
            hotline="0 000",
            hotline_hours={"ka": "სამუშაო დღეებში", "en": "on working days"},
            address={"ka": "რუსთაველის ქუჩა 1", "en": "1 Rustaveli Street"},
            protection_officer={"name": {"ka": "სანიმუშო", "en": "Sample"}, "mail": "dpo@example.org"},
            opened_at=EARLY,
            **values,
        )
        session.add(town)
        session.flush()
        for n in range(1, units + 1):
            session.add(
                Unit(
                    town_id=town.id, position=n, slug=f"unit-{n}", kind="village",
                    name={"ka": f"სოფელი {n}", "en": f"Village {n}"}, genitive_ka=f"სოფელ {n}-ის", villages=[],
                )
            )  # fmt: skip
    return town


def rulebook(town: Town, **changes: Any) -> Rulebook:
    """The starter rulebook: one pot of 30 000 lari for each unit of the town, counted by votes; no term of claims."""
    slugs = [u.slug for u in town.units]
    book = starter(
        3_000_000 * len(slugs), slugs, act_number="1-1", act_date=datetime(2026, 1, 5, tzinfo=UTC).date()
    )
    return replace(book, **{"counting": CountingRules(rule="greedy"), "voters": VoterRules(), **changes})


def make_cycle(
    town: Town,
    year: int = 2026,
    *,
    rules: Rulebook | None = None,
    dates: Calendar | None = None,
    published: bool = True,
) -> Cycle:
    """A cycle of the town, published on 10 January unless told otherwise."""
    rules = rules or rulebook(town)
    dates = dates or calendar(year)
    with writing() as session:
        cycle = Cycle(
            town_id=town.id,
            year=year,
            name={"ka": f"სამოქალაქო ბიუჯეტი {year}", "en": f"Civic budget {year}"},
            published_at=EARLY.replace(year=year) if published else None,
            created_at=EARLY,
        )
        session.add(cycle)
        session.flush()
        book = RulebookVersion(
            cycle_id=cycle.id, version=1, document=canonical_json(rules.to_json()).decode(),
            fingerprint=rules.fingerprint(), created_at=EARLY,
        )  # fmt: skip
        plan = CalendarVersion(
            cycle_id=cycle.id,
            version=1,
            document=canonical_json(dates.to_json()).decode(),
            fingerprint=hashlib.sha256(canonical_json(dates.to_json())).hexdigest(),
            created_at=EARLY,
        )
        session.add_all([book, plan])
        session.flush()
        cycle.rulebook_id, cycle.calendar_id = book.id, plan.id
    seat_everybody(town.id)
    return cycle


def make_staff(town: Town | None, *roles: Role, name: str = "ანა ნიმუშაძე") -> Account:
    """A member of staff with ``roles`` in the town and a made-up e-mail. Has no password: sign_in_as."""
    n = next(_serial)
    with writing() as session:
        account = Account(email=f"staff{n}@example.org", name_sealed=seal(name), created_at=EARLY)
        session.add(account)
        session.flush()
        for role in roles:
            assert town is not None
            session.add(RoleGrant(account_id=account.id, town_id=town.id, role=role.value, granted_at=EARLY))
    if town is not None:
        seat_everybody(town.id)
    return account


SEATS = {
    Role.CHAIR: ("chair", "vice_chair", "member"), Role.MEMBER: ("member",), Role.SECRETARY: ("secretary",),
    Role.OBSERVER: ("observer",),
}  # fmt: skip


def seat_everybody(town_id: int) -> None:
    """Whoever holds a role of the commission gets a seat in each of the town's cycles; a second chair is the
    vice-chair.
    """
    from pb.review.models_panel import Seat  # not before the application has loaded all models

    with writing() as session:
        cycles = list(session.scalars(select(Cycle.id).where(Cycle.town_id == town_id)))
        grants = select(RoleGrant).where(RoleGrant.town_id == town_id).order_by(RoleGrant.id)
        for grant in session.scalars(grants).all():
            for cycle_id in cycles:
                seats = session.execute(
                    select(Seat.account_id, Seat.function).where(Seat.cycle_id == cycle_id)
                ).all()
                taken = {function for _, function in seats} & {"chair", "vice_chair"}
                wanted = [name for name in SEATS.get(Role(grant.role), ()) if name not in taken]
                if wanted and grant.account_id not in {account for account, _ in seats}:
                    session.add(
                        Seat(
                            cycle_id=cycle_id, account_id=grant.account_id, function=wanted[0],
                            represents="council", act_number="1-2", act_date=EARLY.date(), appointed_at=EARLY,
                        )
                    )  # fmt: skip
                    session.flush()


def make_citizen(name: str = "გიორგი სანიმუშო") -> Account:
    """A citizen with a verified, made-up mobile number."""
    n = next(_serial)
    phone = f"+9955{n:08d}"
    with writing() as session:
        account = Account(
            phone_hash=keyed_hash("phone", phone),
            phone_sealed=seal(phone),
            name_sealed=seal(name),
            created_at=EARLY,
        )
        session.add(account)
    return account


@dataclass
class World:
    """A town with a published cycle of 2026 and one person in each role."""

    app: Flask
    town: Town
    cycle: Cycle
    staff: dict[Role, Account]
    citizen: Account

    def actor(self, role: Role) -> Actor:
        from pb.accounts.queries import actor_by_id

        # Its key is known also where the session that loaded it is gone.
        return actor_by_id(inspect(self.staff[role]).identity[0])

    @property
    def url(self) -> str:
        return f"/{self.town.slug}/{self.cycle.year}"


def make_world(app: Flask, slug: str = "terjola", year: int = 2026, **cycle_values: Any) -> World:
    """The usual beginning of a test."""
    town = make_town(slug)
    cycle = make_cycle(town, year, **cycle_values)
    staff = {role: make_staff(town, role) for role in Role}
    db.session.rollback()
    return World(app, town, cycle, staff, make_citizen())
