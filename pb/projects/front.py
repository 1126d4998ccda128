"""What projects show on the front page of a cycle: the way in, how many there are, the ones handed in last."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from pb.core.phases import Phase
from pb.cycles import front_parts
from pb.cycles.queries import Here
from pb.projects import queries
from pb.projects.views import card_of
from pb.web.guard import current_actor

SHOWING = frozenset({Phase.DEVELOPMENT, Phase.REVIEW})


def action(here: Here) -> front_parts.Action:
    """The big button during development: the author's own project, or all projects."""
    place: dict[str, Any] = {"town": here.town.slug, "year": here.the_cycle.year}
    account = current_actor().account_id
    found = queries.projects_of_author(here.the_cycle.id, account) if account is not None else []
    mine = [project for project in found if project.state != "withdrawn"]
    if len(mine) == 1:
        return url_for("projects.edit", number=mine[0].number, **place), _("Work on my project")
    if mine:
        return url_for("ideas.mine", **place), _("Work on my projects")
    return url_for("projects.index", **place), _("Read the projects")


def number(here: Here) -> front_parts.Number | None:
    """How many projects there are; nothing before the first is invited."""
    if here.status is None or here.status.phase in (Phase.PREPARATION, Phase.IDEAS):
        return None
    total = sum(count for state, count in queries.states_of(here.the_cycle.id) if state != "withdrawn")
    return (total, ngettext("project", "projects", total)) if total else None


def newest(here: Here) -> front_parts.Part | None:
    """The three handed in last, while projects are what the cycle is about."""
    if here.status is None or here.status.phase not in SHOWING:
        return None
    found = queries.handed_in_last(here.the_cycle.id)
    if not found:
        return None
    return "projects/_front.html", {"projects": [card_of(here, project) for project in found]}
