"""What delivery shows on pages of other features: on the front page, and on the page of a project."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from pb import clock
from pb.core.phases import Phase
from pb.cycles import front_parts
from pb.cycles.queries import Here
from pb.delivery import queries
from pb.delivery.views import card_of, timeline_of, totals
from pb.projects.models import Project
from pb.projects.page_parts import Part
from pb.results import parts as results_parts

SHOWN = 3  # projects on the front page: what is late first


def action(here: Here) -> front_parts.Action | None:
    """The big button of the implementation."""
    if not queries.deliveries(here, clock.now()):
        return results_parts.action(here)
    return url_for("delivery.index", town=here.town.slug, year=here.the_cycle.year), _(
        "See what has been done"
    )


def front(here: Here) -> front_parts.Part | None:
    """How the winners are doing, while they are carried out."""
    if here.status is None or here.status.phase is not Phase.IMPLEMENTATION:
        return None
    found = queries.deliveries(here, clock.now())
    if not any(one.progress.steps for one in found):
        return None
    shown = sorted(
        found, key=lambda one: (-one.progress.delay_days if one.progress.overdue else 0, one.project.number)
    )
    return "delivery/_front.html", {
        "totals": totals(found),
        "rows": [card_of(here, one) for one in shown[:SHOWN]],
    }


def of_project(here: Here, project: Project) -> Part | None:
    """The steps of a funded project."""
    found = queries.delivery_of(project, clock.now())
    if found is None or not found.progress.steps:
        return None
    return "delivery/_of_project.html", {
        "card": card_of(here, found),
        "steps": timeline_of(found.progress),
    }
