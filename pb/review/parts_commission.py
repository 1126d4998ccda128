"""What the commission shows on pages of other features: the panel on a project, the front page of a cycle."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Flask, url_for
from flask_babel import gettext as _

from pb import clock
from pb.appeals.terms import objections_until, term_is_over
from pb.core.phases import Phase
from pb.core.workdays import TBILISI
from pb.cycles import front_parts
from pb.cycles.queries import Here
from pb.projects import page_parts
from pb.projects.models import Project
from pb.projects.records import number_of
from pb.review import queries_commission, queries_ranking
from pb.review import showing_ranking as showing
from pb.review.points import line_points, percent, points
from pb.web.filters import day
from pb.web.guard import current_actor


def of_project(here: Here, project: Project) -> tuple[str, dict[str, Any]] | None:
    """How the commission scored the project and what it decided; nothing before the publication."""
    cycle_id = here.the_cycle.id
    publication = queries_ranking.publication(cycle_id)
    snapshot = queries_ranking.newest_snapshot(cycle_id)
    if publication is None or snapshot is None or publication.at > clock.now():
        return None
    entries = queries_ranking.entries_of(snapshot)
    decision = queries_ranking.public_decisions(cycle_id, clock.now()).get(project.id)
    if project.number not in entries or decision is None:
        return None
    row = showing.Row(entries[project.number], project, number_of(project), decision)
    sheets = queries_ranking.counted_sheets(cycle_id, project.id).get(project.id, [])
    context = {
        "row": row,
        "of": len(entries),
        "criteria": showing.criteria_of(here, row, sheets),
        "outcome": showing.outcome_words(here, decision.outcome),
        "proposal": showing.outcome_words(here, row.entry["proposal"]),
        "why": showing.why(here, row.entry),
        "objections_until": objections_until(publication.at, here.rules),
        "term_is_over": term_is_over(publication.at, here.rules, clock.now()),
        "final": queries_ranking.final_list(cycle_id, clock.now()),
        "is_author": current_actor().account_id in project.author_ids,
        "url": url_for("review.ranking", town=here.town.slug, year=here.the_cycle.year),
    }
    return "review/commission_of_project.html", context


def action(here: Here) -> tuple[str, str] | None:
    """The way to the ranking while the vote has not begun."""
    if not queries_ranking.is_published(here.the_cycle.id, clock.now()):
        return None
    address = url_for("review.ranking", town=here.town.slug, year=here.the_cycle.year)
    return address, _("See what the commission decided")


def join(app: Flask) -> None:
    """Register filters and parts."""
    app.jinja_env.filters.update(
        points=points,
        weight=percent,
        line_points=line_points,
        person_name=queries_commission.name_of,
        iso_day=lambda text: day(date.fromisoformat(text)),
        clock_words=lambda moment: f"{moment.astimezone(TBILISI):%H:%M}",
    )
    front_parts.on_phase(app, Phase.REVIEW, action)
    if of_project not in page_parts.PARTS:
        page_parts.PARTS.append(of_project)
