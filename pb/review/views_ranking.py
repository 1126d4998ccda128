"""What everybody reads once the decisions are published: the ranking, the files it can be redone from, and a page that
redoes it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from pb import clock
from pb.appeals.terms import objections_until, term_is_over
from pb.core import bundles
from pb.core.bundles import Report
from pb.core.canonical import canonical_json
from pb.core.errors import Invalid, Missing
from pb.core.phases import Phase
from pb.cycles.queries import Here
from pb.extensions import limiter
from pb.review import commands_decision, queries_commission, queries_ranking, queries_session, ranking_tables
from pb.review import showing_ranking as showing
from pb.review.blueprint import blueprint
from pb.review.forms_scoring import BundleForm
from pb.review.models import DecisionsPublished, RankingSnapshot
from pb.web.forms import status_of, submitted
from pb.web.guard import public

LIMIT = limiter.limit("30 per 10 minutes", methods=["POST"])


def _published(here: Here) -> tuple[DecisionsPublished, RankingSnapshot] | None:
    cycle_id = here.the_cycle.id
    publication, snapshot = queries_ranking.publication(cycle_id), queries_ranking.newest_snapshot(cycle_id)
    if publication is None or snapshot is None or publication.at > clock.now():
        return None
    return publication, snapshot


def _bundle(here: Here) -> dict[str, Any]:
    """The published file. Raises Missing before."""
    found = _published(here)
    if found is None:
        raise Missing("no_such_page")
    publication, snapshot = found
    return showing.public_bundle(here, snapshot, publication)


@blueprint.get("/<town>/<int:year>/ranking")
@public()
def ranking(here: Here) -> ResponseReturnValue:
    """Ranks, means, decisions with their reasons, recusals. Before the publication: nothing but when."""
    found = _published(here)
    if found is None:
        closes = here.calendar.closes(Phase.REVIEW) if here.calendar else None
        return render_template("review/commission_not_yet.html", closes=closes), 404
    publication, snapshot = found
    rows, document = showing.rows_of(here, snapshot, public=True), queries_ranking.document_of(snapshot)
    return render_template(
        "review/commission_ranking.html",
        rows=rows,
        document=document,
        lots=[(lot, date.fromisoformat(lot["source_on"])) for lot in document.get("lots", ())],
        groups=[
            (
                showing.outcome_words(here, code),
                [r for r in rows if r.decision and r.decision.outcome == code],
            )
            for code in commands_decision.OUTCOMES
        ],
        departures=[row for row in rows if row.decision and row.decision.departs],
        second_sheets=showing.second_sheets_of(here),
        sessions=len(queries_session.minutes_of(here.the_cycle.id)),
        recusals=showing.recusals_of(here, queries_commission.panel_of(here)),
        publication=publication,
        snapshot=snapshot,
        versions=queries_ranking.snapshots(here.the_cycle.id),
        objections_until=objections_until(publication.at, here.rules),
        term_is_over=term_is_over(publication.at, here.rules, clock.now()),
        final=queries_ranking.final_list(here.the_cycle.id, clock.now()),
        why=lambda entry: showing.why(here, entry),
        outcome_words=lambda outcome: showing.outcome_words(here, outcome),
    )


@blueprint.get("/<town>/<int:year>/ranking.json")
@public()
def ranking_json(here: Here) -> ResponseReturnValue:
    """Everything the ranks follow from, as canonical JSON. Missing before the publication."""
    return _file(here, canonical_json(_bundle(here)), "ranking", "json")


TABLES = "'ranking.csv', 'ranking-semicolon.csv', 'sheets.csv', 'sheets-semicolon.csv'"


@blueprint.get(f"/<town>/<int:year>/<any({TABLES}):table>")
@public()
def ranking_csv(here: Here, table: str) -> ResponseReturnValue:
    """The ranking, or its sheets, as a table. Missing before the publication, and where no sheets are published."""
    bundle, name = _bundle(here), table.removesuffix(".csv")
    separator = ";" if name.endswith("-semicolon") else ","
    if name.startswith("ranking"):
        outcomes = {row["number"]: row["outcome"] for row in bundle["decisions"]}
        return _file(here, ranking_tables.ranking_table(bundle["ranking"], outcomes, separator), name, "csv")
    if here.rules.scores_public == "aggregate":
        raise Missing("no_such_page")
    return _file(here, ranking_tables.sheets_table(bundle["ranking"], separator), name, "csv")


def _file(here: Here, data: bytes, name: str, ending: str) -> Response:
    mimetype = "application/json" if ending == "json" else "text/csv"
    response = Response(data, mimetype=mimetype)
    file = f"{name}-{here.town.slug}-{here.the_cycle.year}.{ending}"
    response.headers["Content-Disposition"] = f"attachment; filename={file}"
    return response


@blueprint.route("/<town>/<int:year>/ranking/again", methods=["GET", "POST"])
@public()
@LIMIT
def ranking_again(here: Here) -> ResponseReturnValue:
    """Compute a ranking anew: the published one of this contest, or any file that somebody chooses. Nothing is kept."""
    form, reports = BundleForm(), list[Report]()

    def act() -> None:
        if "published" in request.form:
            reports.append(bundles.rescore(_bundle(here)))
        elif not form.file.data:
            raise Invalid("bundle_missing", field="file")
        else:
            reports.append(bundles.rescore(bundles.read(form.file.data.read(bundles.MOST_BYTES + 1))))

    submitted(form, act)
    page = render_template(
        "review/ranking_again.html",
        form=form,
        report=reports[-1] if reports else None,
        published=_published(here) is not None,
    )
    return page, status_of(form), {"Cache-Control": "no-store"}
