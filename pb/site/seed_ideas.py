"""Demonstration: ideas handed in and checked, projects worked out, the commission's sheets and decisions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from pb.accounts.queries import actor_by_id
from pb.core.phases import Phase
from pb.cycles.queries import here_by_id
from pb.db import db
from pb.ideas.commands import hand_in, withdraw_idea
from pb.ideas.commands_review import begin_check, lapse_returned, mark_duplicate
from pb.ideas.content import Person
from pb.ideas.models import Idea
from pb.places.queries import units_of
from pb.policy import Actor
from pb.projects.commands import freeze_projects, hand_in_project, save_revision
from pb.projects.commands_invite import invite_project
from pb.projects.text import PAGES, SUMS
from pb.review.checking import Finding
from pb.review.commands_eligibility import record_check
from pb.site.demo_people import content
from pb.site.seed_towns import add_citizen, at

SURNAMES = {
    "კ": "კიკნაძე", "ჯ": "ჯინჭარაძე", "გ": "გაბრიჩიძე", "ბ": "ბაკურაძე", "მ": "მაღლაკელიძე",
}  # fmt: skip
BANDS = ("18-29", "30-44", "45-59", "60-", "16-17")


def seed_ideas(cycle_id: int, name: str, first: datetime, step: timedelta) -> dict[str, int]:
    """Hand in every idea of a data file, one author each, ``step`` apart. Gives ids by key."""
    here = here_by_id(cycle_id, now=first)
    units = {unit.slug: unit.id for unit in units_of(here.town.id)}
    ids = {}
    for n, row in enumerate(content(name)):
        now = first + step * n + timedelta(minutes=(n * 37) % 50)
        author = f"{row['author_first']} {row['author_initial']}"
        account_id = add_citizen(name=author, mobile=f"55{here.town.id}{n:06d}", now=now)
        idea = hand_in(
            cycle_id=cycle_id,
            person=Person(
                first_name=row["author_first"],
                surname=SURNAMES.get(row["author_initial"], row["author_initial"] + "ელიძე"),
                age_band=BANDS[n % 4],
                unit_id=units[row["unit_slug"]],
                village=row["village"] or "",
            ),
            fields={
                "title": row["title"],
                "problem": row["problem"],
                "solution": row["solution"],
                "village": row["village"] or "",
                "place": "",
                "beneficiaries": row["beneficiaries"],
                "groups": _groups(row),
                "unit_id": units[row["unit_slug"]],
                "category": row["category"],
                "cost_tetri": row["cost_lari"] * 100 if row["cost_lari"] is not None else None,
            },
            actor=actor_by_id(account_id),
            now=now,
            channel="web",
        )
        ids[row["key"]] = idea.id
    return ids


# Words in the texts, and whom they speak of.
_SPEAKS_OF = {
    "ბავშვ": "children", "მოსწავლ": "children", "ახალგაზრდ": "youth", "ხანდაზმ": "older", "პენსიონერ": "older",
    "ეტლ": "disabled", "შეზღუდულ": "disabled", "დევნილ": "displaced", "მრავალშვილიან": "large_families",
}  # fmt: skip


def _groups(row: dict[str, Any]) -> str:
    text = f"{row['problem']} {row['solution']} {row['beneficiaries']}"
    return " ".join(sorted({group for word, group in _SPEAKS_OF.items() if word in text}))


def seed_checks(cycle_id: int, name: str, ids: dict[str, int], officer: Actor, now: datetime) -> None:
    """The officer's findings, as the data file tells them."""
    here = here_by_id(cycle_id, now=now)
    checks = here.rules.checklist
    for n, row in enumerate(content(name)):
        moment = now + timedelta(minutes=25 * n)
        outcome = row["outcome"]
        idea_id = ids[row["key"]]
        if outcome == "withdrawn":
            author = _author(idea_id)
            withdraw_idea(idea_id=idea_id, actor=author, now=moment)
            continue
        if outcome == "duplicate":
            begin_check(idea_id=idea_id, actor=officer, now=moment)
            mark_duplicate(
                idea_id=idea_id,
                other_id=ids[row["duplicate_of"]],
                public_reason=row["reason"],
                actor=officer,
                now=moment,
            )
            continue
        failing = row.get("fails", "")
        record_check(
            idea_id=idea_id,
            outcome="eligible" if outcome in ("project", "eligible") else outcome,
            findings={
                c.id: Finding(c.id != failing, row["reason"] if c.id == failing else "") for c in checks
            },
            notes={"solution": row["reason"]} if outcome == "returned" else {},
            public_reason=row["reason"] if outcome == "ineligible" else "",
            actor=officer,
            now=moment,
        )


def _author(idea_id: int) -> Actor:
    idea = db.session.get(Idea, idea_id)
    assert idea is not None
    return actor_by_id(min(idea.author_ids))


def seed_projects(
    cycle_id: int,
    ids: dict[str, int],
    officer: Actor,
    meanwhile: Callable[[str, int, bool], None] = lambda key, project_id, written: None,
) -> dict[str, int]:
    """Invite, work out, hand in and freeze the 24 projects. Gives ids by key.

    ``meanwhile``: told of each one (key, id) after its invitation, and again once its text is ``written``.
    """
    made = {}
    invited = at(2026, 7, 3, 10)
    lapse_returned(cycle_id=cycle_id, now=at(2026, 7, 20, 0))
    for n, row in enumerate(content("projects_terjola")["projects"]):
        project_id = invite_project(
            idea_ids=[ids[row["idea_key"]]], actor=officer, now=invited + timedelta(minutes=7 * n)
        )
        meanwhile(row["key"], project_id, False)
        author = _author(ids[row["idea_key"]])
        written = at(2026, 8, 3, 9) + timedelta(hours=19 * n)
        save_revision(
            project_id=project_id,
            fields={
                **{key: row.get(key, "") for page in PAGES.values() for key in page if key not in SUMS},
                "upkeep_tetri": row["upkeep_lari"] * 100,
            },
            timeline=[{"month": step["month"], "step": step["step"]} for step in row["timeline"]],
            budget=[
                {
                    "what": line["what"],
                    "unit": line["unit"],
                    "quantity_milli": int(Decimal(line["quantity"]) * 1000),
                    "price_tetri": line["price_lari"] * 100,
                    "source": line.get("source", ""),
                }
                for line in row["budget"]
            ],
            actor=author,
            now=written,
        )
        meanwhile(row["key"], project_id, True)
        hand_in_project(project_id=project_id, actor=author, now=written + timedelta(hours=2))
        made[row["key"]] = project_id
    here = here_by_id(cycle_id, now=invited)
    assert here.calendar is not None
    freeze_projects(cycle_id=cycle_id, now=here.calendar.opens(Phase.REVIEW) + timedelta(minutes=1))
    return made
