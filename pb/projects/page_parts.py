"""What later features show on pages of a project; this file alone keeps what they registered.

Each function answers the template of a fragment (headings from h2) with its context, or None: nothing to
show.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pb.cycles.queries import Here
from pb.projects.models import Project

Part = tuple[str, dict[str, Any]]

# The public page: fn(here, project).
PARTS: list[Callable[[Here, Project], Part | None]] = []

# The author's pages: fn(here, project, page), page being "tasks", "text", "budget", "timeline", "upkeep" or
# "hand_in" (for remarks beside the fields, trainings, answers on cost).
EDIT_PARTS: list[Callable[[Here, Project, str], Part | None]] = []


def parts_of(here: Here, project: Project) -> list[Part]:
    """All parts of the public page that have something to show, in the order of registration."""
    return [found for give in PARTS if (found := give(here, project)) is not None]


def edit_parts_of(here: Here, project: Project, page: str) -> list[Part]:
    """The same for a page of the author's."""
    return [found for give in EDIT_PARTS if (found := give(here, project, page)) is not None]
