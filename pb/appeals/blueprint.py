"""The one blueprint of the feature, and what its pages share: loading by address."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for

from pb import clock
from pb.appeals import queries
from pb.appeals.kinds import Contested
from pb.appeals.queries import Case
from pb.core.errors import Missing
from pb.cycles.queries import Here

bp = Blueprint("appeals", __name__)


def contested_idea(here: Here, number: int) -> Contested | None:
    """The decision on an idea of the cycle that can be objected to."""
    return _contested(here, "idea", number)


def contested_project(here: Here, number: int) -> Contested | None:
    """The same of a project."""
    return _contested(here, "project", number)


def _contested(here: Here, thing: str, number: int) -> Contested | None:
    found = queries.contested(here, thing, number, clock.now())
    if found is None:
        raise Missing("nothing_to_object")
    return found


def own_case(here: Here, objection_id: int) -> Case | None:
    """An objection of the cycle by its id, draft or not, for its author or helper."""
    return queries.by_id(here.the_cycle.id, objection_id)


def filed_case(here: Here, number: int) -> Case | None:
    """An objection of the cycle that was filed, by its number."""
    return queries.by_number(here.the_cycle.id, number, clock.now())


def url_of(here: Here, endpoint: str, **values: Any) -> str:
    """The address of one of this feature's pages in the same cycle."""
    return url_for(f"appeals.{endpoint}", town=here.town.slug, year=here.the_cycle.year, **values)


def thing_url(here: Here, case: Case) -> str:
    """The page of the idea or project."""
    at: dict[str, Any] = {"town": here.town.slug, "year": here.the_cycle.year}
    if case.row.idea_id is not None:
        return url_for("ideas.show", idea=case.row.thing_number, **at)
    return url_for("projects.show", number=case.row.thing_number, **at)
