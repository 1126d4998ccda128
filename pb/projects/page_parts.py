"""What later features show on pages of a project; this file alone keeps what they registered.

Each function answers the template of a fragment (headings from h2) with its context, or None: nothing to
show.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pb.core.errors import Problem
from pb.cycles.queries import Here
from pb.projects.models import Project

Part = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Task:
    """One line of the author's list; ``state`` as in components/tasks.html, ``words`` instead of the state's own.

    ``url``: where it is done; ``due``: until when, where that is another moment than the end of development.
    """

    label: str
    state: str
    hint: str = ""
    words: str = ""
    url: str = ""
    due: datetime | None = None


@dataclass(frozen=True)
class Hurdle:
    """What keeps a text from being handed in, besides what is missing in it.

    ``problem.code`` has its sentence in the feature's wording.ERRORS; ``endpoint`` with ``values`` is the page on
    which it is put right (town, year and number of the project are added).
    """

    problem: Problem
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)


# The public page: fn(here, project).
PARTS: list[Callable[[Here, Project], Part | None]] = []
# The same page, below what officials decided and where the project comes from: what people say of it.
LAST: list[Callable[[Here, Project], Part | None]] = []

# The author's pages: fn(here, project, page), page being "tasks", "text", "budget", "timeline", "upkeep" or
# "hand_in" (for remarks beside the fields, trainings, answers on cost).
EDIT_PARTS: list[Callable[[Here, Project, str], Part | None]] = []

# Beside the fields of the author's pages: fn(here, project) gives fragments by the name of a field (text.FIELD_PAGES:
# "title", "problem", …, "budget", "timeline", "upkeep"). Asked once a page.
REMARKS: list[Callable[[Here, Project], Mapping[str, Sequence[Part]]]] = []

# More lines of the author's list of tasks, before "hand in": fn(here, project).
TASKS: list[Callable[[Here, Project], Sequence[Task]]] = []

# What must be settled before a project is handed in: fn(here, project, now). The command asks in its transaction,
# under the project's lock; the page before handing in shows the same.
HURDLES: list[Callable[[Here, Project, datetime], Sequence[Hurdle]]] = []


def parts_of(here: Here, project: Project) -> list[Part]:
    """All parts of the public page that have something to show, in the order of registration."""
    return [found for give in PARTS if (found := give(here, project)) is not None]


def last_parts_of(here: Here, project: Project) -> list[Part]:
    """The same for what stands below."""
    return [found for give in LAST if (found := give(here, project)) is not None]


def edit_parts_of(here: Here, project: Project, page: str) -> list[Part]:
    """The same for a page of the author's."""
    return [found for give in EDIT_PARTS if (found := give(here, project, page)) is not None]


def remarks_of(here: Here, project: Project) -> dict[str, list[Part]]:
    """The fragments beside the fields, by field."""
    found: dict[str, list[Part]] = {}
    for give in REMARKS:
        for name, parts in give(here, project).items():
            found.setdefault(name, []).extend(parts)
    return found


def more_tasks_of(here: Here, project: Project) -> list[Task]:
    """The further lines of the list of tasks."""
    return [task for give in TASKS for task in give(here, project)]


def hurdles_of(here: Here, project: Project, now: datetime) -> list[Hurdle]:
    """Everything else that must be settled before the project is handed in."""
    return [hurdle for give in HURDLES for hurdle in give(here, project, now)]
