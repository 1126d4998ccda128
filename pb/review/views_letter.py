"""The author's letter: how the commission scored the project, criterion by criterion, and how to object. Its author's
alone, and the operator's who helped to hand the idea in.
"""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from pb import clock
from pb.appeals.terms import objections_until, term_is_over
from pb.cycles.queries import Here
from pb.policy import Action
from pb.projects.models import Project
from pb.projects.records import number_of
from pb.review import queries_ranking
from pb.review import showing_ranking as showing
from pb.review.blueprint import blueprint
from pb.review.queries_letter import Letter, letter_of
from pb.web.guard import guard
from pb.web.pdf import pdf_response


@blueprint.get("/<town>/<int:year>/projects/<int:number>/letter")
@guard(Action.READ_LETTER, number=letter_of)
def letter(here: Here, number: Letter) -> ResponseReturnValue:
    """The letter as a page."""
    return render_template("review/letter.html", **_context(here, number.project))


@blueprint.get("/<town>/<int:year>/projects/<int:number>/letter.pdf")
@guard(Action.READ_LETTER, number=letter_of)
def letter_pdf(here: Here, number: Letter) -> ResponseReturnValue:
    """The same on A4, to print or to keep."""
    html = render_template("review/letter_paper.html", **_context(here, number.project))
    response = pdf_response(html, f"{number_of(number.project)}-letter.pdf")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _context(here: Here, project: Project) -> dict[str, Any]:
    cycle_id, now = here.the_cycle.id, clock.now()
    publication, snapshot = queries_ranking.publication(cycle_id), queries_ranking.newest_snapshot(cycle_id)
    assert publication is not None
    assert snapshot is not None
    entries = queries_ranking.entries_of(snapshot)
    decided = queries_ranking.public_decisions(cycle_id, now)
    decision = decided[project.id]
    row = showing.Row(entries[project.number], project, number_of(project), decision)
    on_ballot = {r.project.number for r in showing.rows_of(here, snapshot, public=True)
                 if r.decision is not None and r.decision.outcome == "on_ballot"}  # fmt: skip
    sheets = queries_ranking.counted_sheets(cycle_id, project.id).get(project.id, [])
    return {
        "project": project,
        "row": row,
        "number": row.number,
        "of": len(entries),
        "criteria": showing.criteria_of(here, row, sheets),
        "outcome": showing.outcome_words(here, decision.outcome),
        "why": showing.why(here, row.entry),
        # the last score that got onto the ballot: the line
        "line": min((entries[n]["score_hundredths"] for n in on_ballot), default=None),
        "publication": publication,
        "objections_until": objections_until(publication.at, here.rules),
        "term_is_over": term_is_over(publication.at, here.rules, now),
        "final": queries_ranking.final_list(cycle_id, now),
        "may_object": decision.outcome != "on_ballot" and decision.objection_id is None,
    }
