"""Which projects cannot be ranked yet: too few sheets, or a criterion that too few of them judge."""

from __future__ import annotations

from pb.cycles.queries import Here
from pb.projects.records import number_of
from pb.review import queries_commission as queries
from pb.review import queries_scoring
from pb.review.panel_members import Shortfall, shortfalls


def lacking(here: Here) -> list[Shortfall]:
    """The projects whose quorum of counted sheets is missing."""
    projects = [(p.id, number_of(p)) for p in queries.scored_projects(here)]
    return shortfalls(queries.panel_of(here), projects, queries.submitted(here.the_cycle.id))


def thin(here: Here) -> list[tuple[str, str]]:
    """(public number, criterion) of what fewer than three of the counted sheets judge."""
    found = queries_scoring.thin_criteria(here.the_cycle.id)
    return [
        (number_of(project), criterion)
        for project in queries.scored_projects(here)
        for criterion in found.get(project.id, ())
    ]
