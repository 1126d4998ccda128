"""The public pages: all objections of a cycle, one of them, the table to take away; files for who may read them."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from pb import clock
from pb.appeals import queries
from pb.appeals.blueprint import bp, filed_case, own_case, thing_url
from pb.appeals.numbers import number_words
from pb.appeals.queries import Case
from pb.appeals.showing import rows_of, shown
from pb.appeals.table import table
from pb.core.errors import Missing
from pb.cycles.queries import Here
from pb.policy import Action, allowed
from pb.web.guard import current_actor, guard, public


@bp.get("/<town>/<int:year>/objections")
@public()
def index(here: Here) -> ResponseReturnValue:
    """Every objection that was filed: against what, ground, term, outcome. No personal data."""
    rows = rows_of(here, queries.filed(here.the_cycle.id, clock.now()), clock.now())
    return render_template("appeals/index.html", rows=rows)


@bp.get("/<town>/<int:year>/objections.csv")
@public()
def csv(here: Here) -> ResponseReturnValue:
    """The same as a table. ``?sep=semicolon`` for spreadsheets that expect it."""
    separator = ";" if request.args.get("sep") == "semicolon" else ","
    text = table(rows_of(here, queries.filed(here.the_cycle.id, clock.now()), clock.now()), separator)
    response = Response(text, content_type="text/csv; charset=utf-8")
    name = f"objections-{here.town.slug}-{here.the_cycle.year}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.get("/<town>/<int:year>/objections/<int:number>")
@public(number=filed_case)
def show(here: Here, number: Case) -> ResponseReturnValue:
    """One objection. Its text and files are for its author, who helped, and officials."""
    case, actor = number, current_actor()
    reads = allowed(actor, Action.READ_OBJECTION, town_id=here.town.id, thing=case)
    examines = allowed(actor, Action.EXAMINE_OBJECTION, town_id=here.town.id, thing=case)
    return render_template(
        "appeals/show.html",
        row=shown(here, case.row, clock.now()),
        words=case.row.words if reads else "",
        language=case.row.language,
        files=queries.files_of(case.row.id) if reads else [],
        examines=examines,
        withdraws=case.row.state == "filed"
        and allowed(actor, Action.OBJECT, town_id=here.town.id, thing=case),
        objection_id=case.row.id,
        number=number_words(here, case.row),
        thing_url=thing_url(here, case),
    )


@bp.get("/<town>/<int:year>/objections/mine/<int:objection>/file/<int:file>")
@guard(Action.READ_OBJECTION, objection=own_case)
def file(here: Here, objection: Case, file: int) -> ResponseReturnValue:
    """A file of an objection, for its author, who helped, and officials once it is filed."""
    case, actor = objection, current_actor()
    party = allowed(actor, Action.OBJECT, town_id=here.town.id, thing=case)
    found = queries.file_of(case.row.id, file)
    if found is None or (case.row.number is None and not party):
        raise Missing("no_such_page")
    kind = "application/pdf" if found.kind == "pdf" else "image/webp"
    response = Response(found.data, content_type=kind)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name)}"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response
