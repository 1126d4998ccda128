"""Demonstration: former years of Terjola, brought in as finished contests with results and delivery."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

from sqlalchemy import select

from pb.db import db
from pb.delivery.commands_import import import_milestones
from pb.policy import Actor
from pb.projects.models import Project
from pb.results.commands_import import FinishedProject, import_finished
from pb.site.demo_people import content
from pb.site.seed_towns import BEGINNING, at

CURRENT = BEGINNING.date()


def pabulib_of(cycle: dict[str, Any]) -> str:
    """A Pabulib file with as many invented ballots as the year had, and the votes of each project exactly."""
    ballots: list[list[str]] = [[] for _ in range(cycle["ballots_cast"])]
    dice = random.Random(cycle["year"])
    place = 0
    for project in cycle["projects"]:
        for _ in range(project["votes"]):
            ballots[place % len(ballots)].append(project["key"])
            place += 1
    dice.shuffle(ballots)
    meta = {
        "description": f"Terjola {cycle['year']} (demonstration, invented ballots)",
        "country": "Georgia",
        "unit": "Terjola",
        "instance": cycle["year"],
        "num_projects": len(cycle["projects"]),
        "num_votes": len(ballots),
        "budget": cycle["pot_lari"],
        "vote_type": "approval",
        "rule": "greedy",
        "date_begin": _dotted(cycle["voting_start"]),
        "date_end": _dotted(cycle["voting_end"]),
        "max_length": cycle["max_choices"],
        "language": "ka",
        "currency": "GEL",
    }
    lines = ["META", "key;value", *(f"{key};{value}" for key, value in meta.items())]
    lines += ["PROJECTS", "project_id;cost;votes;name;category;unit;selected"]
    for p in cycle["projects"]:
        lines.append(
            f"{p['key']};{p['cost_lari']};{p['votes']};{p['title']};{p['category']};;{int(p['winner'])}"
        )
    lines += ["VOTES", "voter_id;vote"]
    lines += [f"{n};{','.join(choices)}" for n, choices in enumerate(ballots, 1)]
    return "\n".join(lines) + "\n"


def _dotted(iso: str) -> str:
    return date.fromisoformat(iso).strftime("%d.%m.%Y")


def seed_past(town_id: int, admin: Actor) -> None:
    """The finished cycles of past_cycles.json, counted and published, with what became of the winners."""
    for cycle in content("past_cycles")["cycles"]:
        published = date.fromisoformat(cycle["published"])
        done = import_finished(
            town_id=town_id,
            year=cycle["year"],
            name={"ka": f"სამოქალაქო ბიუჯეტი {cycle['year']}", "en": f"Civic budget {cycle['year']}"},
            projects=[
                FinishedProject(p["key"], title=p["title"], unit=p["unit_slug"], category=p["category"])
                for p in cycle["projects"]
            ],
            pabulib_text=pabulib_of(cycle),
            published_at=at(published.year, published.month, published.day, 12),
            actor=admin,
            now=at(published.year, published.month, published.day, 12),
        )
        for project in cycle["projects"]:
            if project["winner"]:
                _seed_delivery(done.cycle_id, project, admin)


def _seed_delivery(cycle_id: int, project: dict[str, Any], admin: Actor) -> None:
    steps = []
    for milestone in project["milestones"]:
        finished = date.fromisoformat(milestone["done"]) if milestone["done"] else None
        finished = finished if finished and finished <= CURRENT else None
        steps.append(
            {
                "title": milestone["title"],
                "due": date.fromisoformat(milestone["due"]),
                "done_on": finished,
                "paid_tetri": milestone["paid_lari"] * 100 if finished else 0,
                "note": milestone["note"] if finished else "",
            }
        )
    project_id = db.session.scalars(
        select(Project.id).where(Project.cycle_id == cycle_id, Project.foreign_id == project["key"])
    ).one()
    import_milestones(
        project_id=project_id,
        milestones=steps,
        state="done" if all(step["done_on"] for step in steps) else "implementing",
        actor=admin,
        now=BEGINNING,
    )
