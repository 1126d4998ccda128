"""Demonstration: former years of Khoni: one counted by unit with a minimum, one by equal shares."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from pb.core.counting.pabulib import TOWN_SUM, UNIT_SUM
from pb.db import db
from pb.delivery.commands_import import import_milestones
from pb.places.queries import units_of
from pb.policy import Actor
from pb.projects.models import Project
from pb.results.commands_import import FinishedProject, import_finished
from pb.site.demo_people import content
from pb.site.seed_towns import BEGINNING, at

# What each winner of a former year went through: title, days after the publication, share of the cost in per cent.
STEPS = (
    ("ხელშეკრულება მიმწოდებელთან", 45, 0),
    ("სამუშაოები", 110, 70),
    ("მიღება-ჩაბარების აქტი", 130, 30),
)


def pabulib_of(cycle: Mapping[str, Any], units: list[str]) -> str:
    """A Pabulib file with invented ballots: people choose what is near, and where units have sums of their own,
    what belongs to their unit or to all.
    """
    by_unit = bool(cycle["unit_sum_lari"])
    ballots = list(_ballots(cycle, units, by_unit))
    meta = {
        "description": f"Khoni {cycle['year']} (demonstration, invented ballots)",
        "country": "Georgia",
        "unit": "Khoni",
        "instance": cycle["year"],
        "num_projects": len(cycle["projects"]),
        "num_votes": len(ballots),
        "budget": cycle["pot_lari"],
        "vote_type": "approval",
        "rule": cycle["rule"],
        "date_begin": _dotted(cycle["voting_start"]),
        "date_end": _dotted(cycle["voting_end"]),
        "max_length": cycle["max_choices"],
        "language": "ka",
        "currency": "GEL",
        "ties": "cost,votes,order",
    }
    if cycle["minimum"]:
        meta["min_project_score_threshold"] = cycle["minimum"]
    if by_unit:
        meta["leftover"] = cycle["leftover"]
        meta |= {UNIT_SUM + unit: cycle["unit_sum_lari"] for unit in units}
        meta[TOWN_SUM] = cycle["town_sum_lari"]
    lines = ["META", "key;value", *(f"{key};{value}" for key, value in meta.items())]
    lines += ["PROJECTS", "project_id;cost;name;category;unit"]
    for p in cycle["projects"]:
        unit = p["unit_slug"] if by_unit else ""
        lines.append(f"{p['key']};{p['cost_lari']};{p['title']};{p['category']};{unit}")
    lines += ["VOTES", "voter_id;vote" + (";unit" if by_unit else "")]
    for n, (unit, choices) in enumerate(ballots, 1):
        lines.append(f"{n};{','.join(choices)}" + (f";{unit}" if by_unit else ""))
    return "\n".join(lines) + "\n"


def _ballots(cycle: Mapping[str, Any], units: list[str], by_unit: bool) -> Iterator[tuple[str, list[str]]]:
    dice = random.Random(cycle["year"])
    appeal = {p["key"]: dice.uniform(0.4, 1.6) for p in cycle["projects"]}
    # The town is larger than a village, as in life.
    homes = dice.choices(units, [4 if unit == "khoni" else 1 for unit in units], k=cycle["ballots_cast"])
    for home in homes:
        offered = [p for p in cycle["projects"] if not by_unit or p["unit_slug"] in (home, "")]
        ranked = sorted(
            offered,
            key=lambda p: dice.random() * appeal[p["key"]] + (0.8 if p["unit_slug"] == home else 0.0),
            reverse=True,
        )
        wanted = 1 + sum(dice.random() < 0.6 for _ in range(cycle["max_choices"] - 1))
        yield home, [p["key"] for p in ranked[:wanted]]


def _dotted(iso: str) -> str:
    return date.fromisoformat(iso).strftime("%d.%m.%Y")


def seed_khoni_past(town_id: int, admin: Actor) -> None:
    """The finished cycles of past_khoni.json, counted and published, with what became of the winners."""
    units = [unit.slug for unit in units_of(town_id)]
    for cycle in content("past_khoni")["cycles"]:
        day = date.fromisoformat(cycle["published"])
        published = at(day.year, day.month, day.day, 12)
        done = import_finished(
            town_id=town_id,
            year=cycle["year"],
            name=cycle["name"],
            projects=[
                FinishedProject(p["key"], title=p["title"], unit=p["unit_slug"], category=p["category"])
                for p in cycle["projects"]
            ],
            pabulib_text=pabulib_of(cycle, units),
            published_at=published,
            actor=admin,
            now=published,
        )
        won = select(Project.id, Project.cost_tetri).where(
            Project.cycle_id == done.cycle_id, Project.state == "selected"
        )
        for project_id, cost in db.session.execute(won.order_by(Project.number)).all():
            _deliver(project_id, cost, day, admin)


def _deliver(project_id: int, cost: int, day: date, admin: Actor) -> None:
    """The same plain steps for every winner, done as far as the demonstration's beginning."""
    today = BEGINNING.date()
    steps: list[dict[str, Any]] = []
    for title, days, per_cent in STEPS:
        due = day + timedelta(days=days)
        steps.append(
            {
                "title": title,
                "due": due,
                "done_on": due if due <= today else None,
                "paid_tetri": cost * per_cent // 100 if due <= today else 0,
                "note": "",
            }
        )
    finished = all(step["done_on"] for step in steps)
    import_milestones(
        project_id=project_id,
        milestones=steps,
        state="done" if finished else "implementing",
        actor=admin,
        now=BEGINNING,
    )
