"""Projects at each stage of their life, for tests of this and later features."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pb.db import db
from pb.ideas.models import Idea
from pb.policy import Actor, Role
from pb.projects import commands, commands_invite
from pb.projects.models import Project
from pb.review.checking import Finding
from pb.review.commands_eligibility import record_check
from tests.factories import World
from tests.ideas.making import author, handed_in

IDEAS = datetime(2026, 5, 20, 8, 0, tzinfo=UTC)
DEVELOPMENT = datetime(2026, 7, 20, 8, 0, tzinfo=UTC)
REVIEW = datetime(2026, 9, 8, 8, 0, tzinfo=UTC)

FIELDS: dict[str, Any] = {
    "title": "გარე განათება სკოლიდან ავტოსადგურამდე",
    "problem": "ზამთარში ბავშვები სიბნელეში დადიან.",
    "what": "არსებულ ბოძებზე დამონტაჟდება 14 სანათი.",
    "beneficiaries": "სკოლის 400 მოსწავლე",
    "land_code": "33.00.01.101",
    "land_owner": "municipality",
    "land_permit": "not_needed",
    "upkeep": "მერიის კეთილმოწყობის სამსახური, წელიწადში 600 ლარი.",
    "upkeep_tetri": 60_000,
    "upkeep_from": "მერიის ბიუჯეტი",
}
TIMELINE = [{"month": "2027-03", "step": "შესყიდვა"}, {"month": "2027-05", "step": "დამონტაჟება"}]
BUDGET = [
    {"what": "სანათი", "unit": "ცალი", "quantity_milli": 14_000, "price_tetri": 42_000},
    {"what": "სადენი", "unit": "მეტრი", "quantity_milli": 850_500, "price_tetri": 355},
]


def admitted(world: World, actor: Actor | None = None, **fields: Any) -> Idea:
    """An idea that passed every check."""
    idea = handed_in(world, actor, now=IDEAS, **fields)
    findings = {check.id: Finding(True) for check in rules_of(world).checklist}
    record_check(
        idea_id=idea.id, outcome="eligible", findings=findings, actor=world.actor(Role.OFFICER), now=IDEAS
    )
    return idea


def rules_of(world: World) -> Any:
    from pb.cycles.queries import here_by_id

    return here_by_id(world.cycle.id, now=IDEAS).rules


def invited(world: World, actor: Actor | None = None, **fields: Any) -> Project:
    """An invited project of ``actor`` (a new citizen by default)."""
    idea = admitted(world, actor or author(), **fields)
    project_id = commands_invite.invite_project(
        idea_ids=[idea.id], actor=world.actor(Role.OFFICER), now=IDEAS
    )
    return the(project_id)


def written(world: World, actor: Actor, **fields: Any) -> Project:
    """A complete project, not handed in."""
    project = invited(world, actor, **fields)
    commands.save_revision(
        project_id=project.id, actor=actor, now=DEVELOPMENT, fields=FIELDS, timeline=TIMELINE, budget=BUDGET
    )
    return the(project.id)


def delivered(world: World, actor: Actor | None = None, **fields: Any) -> Project:
    """A project that was handed in."""
    actor = actor or author()
    project = written(world, actor, **fields)
    commands.hand_in_project(project_id=project.id, actor=actor, now=DEVELOPMENT)
    return the(project.id)


def the(project_id: int) -> Project:
    """The project as it stands now."""
    project = db.session.get(Project, project_id, populate_existing=True)
    assert project is not None
    return project
