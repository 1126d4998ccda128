"""Public pages of a result: the result itself, and why one project won or did not."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from pb import clock
from pb.core.errors import Missing
from pb.core.phases import Phase
from pb.cycles.queries import Here
from pb.cycles.words_rules import RULES, RULES_EXPLAINED
from pb.projects.models import Project
from pb.projects.queries import project_by_number
from pb.results import pages, pages_project, queries
from pb.results.beside import parse
from pb.results.models import CountResult
from pb.results.outcome import Outcome
from pb.results.pages_beside import beside_page
from pb.results.sentences import grouped
from pb.web.guard import public

bp = Blueprint("results", __name__)
MOMENT = timedelta(microseconds=1)  # a phase ends just before the next begins


@bp.get("/<town>/<int:year>/results")
@public()
def show(here: Here) -> ResponseReturnValue:
    """Who won, with what money, and why; before the publication when it will be."""
    found = queries.published(here.the_cycle.id, clock.now())
    if found is None:
        return render_template("results/not_yet.html", status=here.status, **_dates(here))
    if found.count is None or found.outcome is None:
        return render_template("results/decided.html", at=found.at, **decided(here))
    return render_template(
        "results/show.html", at=found.at, count=found.count, **shown(here, found.count, found.outcome)
    )


def _dates(here: Here) -> dict[str, datetime | None]:
    """First and last days of the vote and of the results, for the page before the publication."""
    if here.calendar is None:
        raise Missing("no_calendar")
    held = Phase.VOTING in here.calendar.phases
    opens = here.calendar.opens(Phase.VOTING) if held else None
    closes = here.calendar.closes(Phase.VOTING) - MOMENT if held else None
    results = here.calendar.opens(Phase.RESULTS)
    due = here.calendar.closes(Phase.RESULTS) - MOMENT
    return {"voting_from": opens, "voting_to": closes, "results_from": results, "due": due}


def shown(here: Here, count: CountResult, outcome: Outcome, *, public: bool = True) -> dict[str, object]:
    """The context of templates/results/_outcome.html, for the page and for its preview."""
    projects = queries.projects_by_code(here)
    beside = queries.comparison_text(count.id)
    return {
        "outcome": outcome,
        "page": pages.result_page(here, outcome, projects, public=public),
        "beside": beside_page(here, parse(beside), outcome, projects) if beside else None,
        "voters": queries.participation(here, outcome),
        "rule_words": RULES.get(outcome.rule, outcome.rule),
        "rule_explained": RULES_EXPLAINED.get(outcome.rule, ""),
        "grouped": grouped,
        "delivery_url": _delivery_url(here) if public else "",
    }


def _delivery_url(here: Here) -> str:
    """The page of what became of the winners, once they are carried out."""
    if here.status is None or here.status.phase is not Phase.IMPLEMENTATION:
        return ""
    if "delivery.index" not in current_app.view_functions:
        return ""
    return url_for("delivery.index", town=here.town.slug, year=here.the_cycle.year)


def decided(here: Here) -> dict[str, object]:
    """The same of a contest without a vote: the projects as the commission's decisions left them."""
    projects = queries.projects_of(here.the_cycle.id)
    won = [project for project in projects if project.state in queries.WON]
    return {
        "won": won,
        "lost": [
            project for project in projects if project.state in ("not_selected", "reserve", "not_shortlisted")
        ],
        "spent": sum(project.cost_tetri for project in won),
        "units": pages.unit_names(here),
        "code": lambda project: queries.code_of(here, project),
    }


def published_project(here: Here, number: int) -> Project | None:
    """A project of a result that is public now; else there is no such page."""
    project = project_by_number(here.the_cycle.id, number)
    if project is None or queries.outcome_of_project(here, project, clock.now()) is None:
        return None
    return project


@bp.get("/<town>/<int:year>/results/<int:number>")
@public(number=published_project)
def why(here: Here, number: Project) -> ResponseReturnValue:
    """Why one project won or did not, and what would have changed it."""
    found = queries.outcome_of_project(here, number, clock.now())
    assert found is not None  # the loader has looked
    outcome, record = found
    projects = queries.projects_by_code(here)
    text = queries.published_comparison(here.the_cycle.id, clock.now())
    return render_template(
        "results/why.html",
        project=number,
        outcome=outcome,
        page=pages_project.project_page(
            here, outcome, number, record, projects, parse(text) if text else None
        ),
        code=queries.code_of(here, number),
        rule_explained=RULES_EXPLAINED.get(outcome.rule, ""),
    )
