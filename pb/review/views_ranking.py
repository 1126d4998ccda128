"""What everybody reads once the decisions are published: the ranking, and the file it can be redone from."""

from __future__ import annotations

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from pb import clock
from pb.core.canonical import canonical_json
from pb.core.errors import Missing
from pb.core.phases import Phase
from pb.cycles.queries import Here
from pb.review import commands_decision, queries_commission, queries_ranking, queries_session
from pb.review import showing_ranking as showing
from pb.review.blueprint import blueprint
from pb.review.terms import objections_until, term_is_over
from pb.web.guard import public


@blueprint.get("/<town>/<int:year>/ranking")
@public()
def ranking(here: Here) -> ResponseReturnValue:
    """Ranks, means, decisions with their reasons, recusals. Before the publication: nothing but when."""
    cycle_id = here.the_cycle.id
    publication, snapshot = queries_ranking.publication(cycle_id), queries_ranking.newest_snapshot(cycle_id)
    if publication is None or snapshot is None or publication.at > clock.now():
        closes = here.calendar.closes(Phase.REVIEW) if here.calendar else None
        return render_template("review/commission_not_yet.html", closes=closes), 404
    rows = showing.rows_of(here, snapshot)
    return render_template(
        "review/commission_ranking.html",
        rows=rows,
        groups=[
            (
                showing.outcome_words(here, code),
                [r for r in rows if r.decision and r.decision.outcome == code],
            )
            for code in commands_decision.OUTCOMES
        ],
        departures=[row for row in rows if row.decision and row.decision.departs],
        second_sheets=showing.second_sheets_of(here),
        sessions=len(queries_session.minutes_of(cycle_id)),
        recusals=showing.recusals_of(here, queries_commission.panel_of(here)),
        publication=publication,
        snapshot=snapshot,
        versions=queries_ranking.snapshots(cycle_id),
        objections_until=objections_until(publication.at, here.rules),
        term_is_over=term_is_over(publication.at, here.rules, clock.now()),
        final=queries_ranking.final_list(cycle_id, clock.now()),
        why=lambda entry: showing.why(here, entry),
        outcome_words=lambda outcome: showing.outcome_words(here, outcome),
    )


@blueprint.get("/<town>/<int:year>/ranking.json")
@public()
def ranking_json(here: Here) -> ResponseReturnValue:
    """The same as canonical JSON. Missing before the publication."""
    cycle_id = here.the_cycle.id
    publication, snapshot = queries_ranking.publication(cycle_id), queries_ranking.newest_snapshot(cycle_id)
    if publication is None or snapshot is None or publication.at > clock.now():
        raise Missing("no_such_page")
    response = Response(
        canonical_json(showing.public_bundle(here, snapshot, publication)), mimetype="application/json"
    )
    name = f"ranking-{here.town.slug}-{here.the_cycle.year}.json"
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response
