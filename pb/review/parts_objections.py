"""How the review's decisions join the objections, and where objections show on pages of projects."""

from __future__ import annotations

from typing import Any

from pb.appeals import kinds, parts
from pb.cycles.queries import Here
from pb.ideas import page_parts as idea_parts
from pb.projects import page_parts as project_parts
from pb.projects.queries import project_of_idea
from pb.review import contested_ideas, contested_projects


def next_of_project(here: Here, idea: Any) -> tuple[str, str] | None:
    """In the author's list of ideas: the way to object to the decision on the project."""
    project = project_of_idea(idea.id) if idea.state == "invited" else None
    return parts.next_of(here, kinds.PROJECT, project.number) if project is not None else None


def join() -> None:
    """Register; once, however many applications there are."""
    kinds.register(*contested_ideas.KINDS, *contested_projects.KINDS)
    if parts.of_project not in project_parts.PARTS:
        project_parts.PARTS.append(parts.of_project)
    if next_of_project not in idea_parts.NEXT:
        idea_parts.NEXT.insert(0, next_of_project)  # before the way to the text, which is fixed by then
