"""Demonstration: the two towns, their invented staff and citizens, and their cycles with rules and dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from pb.accounts.commands_staff import create_account, grant_role
from pb.accounts.models import Account
from pb.accounts.personal import keyed_hash, seal
from pb.accounts.queries import actor_by_id
from pb.core.georgian import normal_mobile
from pb.core.phases import Calendar, Phase, Window
from pb.core.rulebook import BallotRules, CountingRules, Rulebook, starter
from pb.core.shortlist import Shortlist
from pb.core.workdays import TBILISI
from pb.cycles.commands import create_cycle, publish_cycle
from pb.db import command, db
from pb.places.commands import open_town, save_centre
from pb.places.municipalities import stored_units
from pb.places.queries import units_of
from pb.places.unit_table import read_units
from pb.policy import Actor, Role
from pb.site.demo_people import PASSWORD, content

TOWNS = {"terjola": ("TJ", "forest"), "khoni": ("KH", "wine")}
ROLE_OF = {"vice_chair": Role.MEMBER}


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment in Tbilisi, as UTC."""
    return datetime(year, month, day, hour, minute, tzinfo=TBILISI).astimezone(UTC)


OPENED = at(2023, 12, 1, 10)


def seed_town(slug: str, installer: Actor) -> int:
    """Open a town with its units, contact data and centres; gives its id."""
    words = content("rulebook_words")[slug]
    prefix, accent = TOWNS[slug]
    officer = words["dpo"]
    town_id = open_town(
        slug=slug,
        number_prefix=prefix,
        accent=accent,
        hotline=words["hotline"]["number"],
        hotline_hours=words["hotline"]["hours"],
        address=words["contact"]["address"],
        protection_officer={"name": officer["name"], "mail": officer["email"], "phone": officer["phone"]},
        units=read_units(stored_units(slug) or ""),
        actor=installer,
        now=OPENED,
    )
    return town_id


def seed_centres(town_id: int, slug: str, admin: Actor) -> None:
    """The town's community centres."""
    units = {unit.slug: unit.id for unit in units_of(town_id)}
    for centre in content("rulebook_words")[slug]["centres"]:
        save_centre(
            town_id=town_id,
            centre_id=None,
            unit_id=units[centre["unit_slug"]],
            name=centre["name"],
            address=centre["address"],
            hours=centre["hours"],
            phone=centre["phone"],
            actor=admin,
            now=OPENED,
        )


def seed_staff(town_id: int, slug: str) -> dict[str, Actor]:
    """The invented staff, by their key in people.json."""
    staff = {}
    for person in content("people")["staff"]:
        if person["town"] != slug:
            continue
        account_id = create_account(
            email=person["email"], name=person["name_ka"], password=PASSWORD, now=OPENED, installer=False
        )
        role = ROLE_OF.get(person["role"]) or Role(person["role"])
        grant_role(
            town_id=town_id, account_id=account_id, role=role, actor=Actor(is_installer=True), now=OPENED
        )
        staff[person["key"]] = actor_by_id(account_id)
    return staff


@command
def add_citizen(*, name: str, mobile: str, now: datetime) -> int:
    """An invented citizen who has proved a mobile number; gives the account's id."""
    phone = normal_mobile(mobile)
    account = Account(
        phone_hash=keyed_hash("phone", phone),
        phone_sealed=seal(phone),
        name_sealed=seal(name),
        created_at=now,
    )
    db.session.add(account)
    db.session.flush()
    return account.id


DEPARTMENTS = {
    "land_title": "ქონების მართვის სამსახური",
    "not_budgeted": "საფინანსო-საბიუჯეტო სამსახური",
    "one_year": "ინფრასტრუქტურის სამსახური",
}


def _rules(town_id: int, slug: str, year: int, **changes: Any) -> Rulebook:
    act = content("rulebook_words")[slug]["act"]
    slugs = [unit.slug for unit in units_of(town_id)]
    split = "equal_per_unit" if slug == "khoni" else "one_pot"
    book = starter(
        changes.pop("pot"), slugs, split=split, act_number=act["number"], act_date=date(year, 2, 27)
    )
    asked = tuple(replace(check, department=DEPARTMENTS.get(check.id, "")) for check in book.checklist)
    return replace(book, checklist=asked, **changes)


TERJOLA_CALENDAR = Calendar(
    starts={
        Phase.PREPARATION: at(2026, 1, 15),
        Phase.IDEAS: at(2026, 5, 1),
        Phase.DEVELOPMENT: at(2026, 7, 1),
        Phase.REVIEW: at(2026, 9, 7),
        Phase.VOTING: at(2026, 10, 12),
        Phase.RESULTS: at(2026, 10, 26),
        Phase.IMPLEMENTATION: at(2026, 11, 9),
    },
    ends=at(2028, 1, 1),
    windows={
        "scoring": Window(at(2026, 9, 23), at(2026, 10, 1)),
        "objections": Window(at(2026, 10, 1), at(2026, 10, 12)),
    },
)
KHONI_CALENDAR = Calendar(
    starts={
        Phase.PREPARATION: at(2026, 8, 1),
        Phase.IDEAS: at(2026, 10, 1),
        Phase.DEVELOPMENT: at(2026, 11, 16),
        Phase.REVIEW: at(2027, 1, 18),
        Phase.VOTING: at(2027, 3, 1),
        Phase.RESULTS: at(2027, 3, 15),
        Phase.IMPLEMENTATION: at(2027, 4, 5),
    },
    ends=at(2028, 4, 1),
    windows={"scoring": Window(at(2027, 2, 1), at(2027, 2, 13))},
)
# The moment at which a fresh demonstration stands: Terjola is voting, Khoni is taking ideas.
BEGINNING = at(2026, 10, 15, 11)


def seed_terjola_2026(town_id: int, admin: Actor) -> int:
    """Terjola's contest: one pot of 400 000 lari, approval ballots, equal shares."""
    rules = _rules(
        town_id,
        "terjola",
        2026,
        pot=40_000_000,
        cost_cap_tetri=6_000_000,
        cost_floor_tetri=300_000,
        max_ideas_per_author=3,
        ballot=BallotRules(kind="approval", max_choices=5, min_suggested=3, scope="town", on_paper=True),
        counting=CountingRules(rule="equal-shares", ties=("cost", "votes", "lot")),
        shortlist=Shortlist(kind="best_n", n=18, per_unit=False, minimum_score=5000),
    )
    cycle_id = create_cycle(
        town_id=town_id,
        year=2026,
        rulebook=rules,
        calendar=TERJOLA_CALENDAR,
        actor=admin,
        now=at(2026, 1, 20, 11),
    )
    publish_cycle(cycle_id=cycle_id, actor=admin, now=at(2026, 3, 2, 12))
    return cycle_id


def seed_khoni_2027(town_id: int, admin: Actor) -> int:
    """Khoni's contest: the same sum for each unit, spend-the-budget ballots of the own unit, ages from 14."""
    rules = _rules(
        town_id,
        "khoni",
        2026,
        pot=25_000_000,
        min_age_idea=14,
        min_age_vote=16,
        ballot=BallotRules(kind="knapsack", max_choices=5, min_suggested=1, scope="own_unit"),
        counting=CountingRules(rule="greedy", minimum_votes=10, ties=("cost", "lot")),
    )
    cycle_id = create_cycle(
        town_id=town_id,
        year=2027,
        rulebook=rules,
        calendar=KHONI_CALENDAR,
        actor=admin,
        now=at(2026, 8, 3, 11),
    )
    publish_cycle(cycle_id=cycle_id, actor=admin, now=at(2026, 9, 1, 12))
    return cycle_id
