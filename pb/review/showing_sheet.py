"""A member's own sheet laid out for its pages."""

from __future__ import annotations

from typing import Any

from flask import url_for

from pb.cycles.queries import Here
from pb.projects.models import Project
from pb.projects.records import number_of
from pb.review import queries_scoring
from pb.review.models import ScoreSheet
from pb.review.points import line_points, total


def values_of(sheet: ScoreSheet | None) -> dict[str, int]:
    """The levels given, by criterion."""
    lines = sheet.lines if sheet else ()
    return {line.criterion: line.value for line in lines if line.value is not None}


def answered(sheet: ScoreSheet | None) -> int:
    """How many criteria have a level, or a word that they cannot be judged."""
    return sum(line.value is not None or line.cannot_judge for line in sheet.lines) if sheet else 0


def reading(here: Here, project: Project, sheet: ScoreSheet) -> dict[str, Any]:
    """A sheet as it reads, with its sums."""
    lines = {line.criterion: line for line in sheet.lines}
    found = []
    for c in here.rules.rubric.criteria:
        line = lines[c.id]
        found.append(
            {
                "criterion": c,
                "value": line.value,
                "words": c.level(line.value) if line.value is not None else None,
                "reason": line.reason,
                "note": line.private_note,
                "evidence": line.evidence,
                "points": line_points(c, line.value) if line.value is not None else None,
            }
        )
    return {
        "lines": found,
        "total": total(here.rules.rubric, values_of(sheet)),
        "gaps": sum(line.cannot_judge for line in sheet.lines),
        "accepted": queries_scoring.is_accepted(sheet.id),
        "text_url": url_for(
            "projects.show", town=here.town.slug, year=here.the_cycle.year, number=project.number
        ),
        "sheet": sheet,
        "project": project,
        "number": number_of(project),
    }
