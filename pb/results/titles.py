"""Titles of projects in a result, in the language in which they were typed."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from pb.projects.models import Project
from pb.results.outcome import Outcome


def titled(title: str, lang: str) -> Markup:
    """A title in the language in which it was typed."""
    return Markup('<span lang="{}">{}</span>').format(lang, title)


def title_of(code: str, outcome: Outcome, projects: Mapping[str, Project]) -> Markup:
    """The title of a project by its id in the count."""
    project = projects.get(code)
    if project is not None:
        return titled(project.title, project.language)
    record = outcome.records.get(code)
    return titled(record.name if record else code, "ka")
