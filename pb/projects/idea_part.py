"""What the pages of an idea show of the project it became."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pb.core.workflow import ProjectState
from pb.cycles.queries import Here
from pb.ideas.page_parts import Part
from pb.policy import Action, allowed
from pb.projects import queries
from pb.web.guard import current_actor


def project_of_idea(here: Here, idea: Any) -> Part | None:
    """The link to the project, and for its author the way to the tasks."""
    project = queries.project_of_idea(idea.id) if idea.state in ("invited", "merged_into") else None
    if project is None:
        return None
    return "projects/_of_idea.html", {
        "withdrawn": project.state == ProjectState.WITHDRAWN,
        "project": project,
        "own_project": allowed(current_actor(), Action.SEE_OWN, town_id=here.town.id, thing=project),
    }


def work_it_out(here: Here, idea: Any) -> tuple[str, str] | None:
    """In the author's list of ideas: the way to the tasks of the project."""
    project = queries.project_of_idea(idea.id) if idea.state in ("invited", "merged_into") else None
    if project is None or project.state == ProjectState.WITHDRAWN:
        return None
    address = url_for("projects.edit", town=here.town.slug, year=here.the_cycle.year, number=project.number)
    return address, _("Work it out as a project")
