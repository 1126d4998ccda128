"""The page on which ideas are taken over from a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf.file import FileField, FileRequired
from wtforms import IntegerField
from wtforms.validators import InputRequired

from pb import clock
from pb.core.errors import Invalid
from pb.cycles.queries import Here
from pb.ideas import commands_import as commands
from pb.ideas.import_table import HEADINGS, MOST_ROWS, NEEDED
from pb.ideas.models_import import IdeaImport
from pb.ideas.queries_import import import_in
from pb.ideas.views import bp
from pb.policy import Action
from pb.web.forms import Form, status_of, submitted
from pb.web.guard import current_actor, guard
from pb.web.wording import error_words

BASE = "/<town>/<int:year>/import"
REQUIRED = _l("Please fill this in.")


class TableForm(Form):
    """The spreadsheet."""

    file = FileField(_l("Spreadsheet (XLSX or CSV)"), [FileRequired(_l("Choose a file."))])


class CountForm(Form):
    """How many ideas are imported, as typed by whoever confirms."""

    count = IntegerField(_l("Number of ideas"), [InputRequired(REQUIRED)])


def load(here: Here, table: int) -> IdeaImport | None:
    """A spreadsheet that was checked, of this contest."""
    return import_in(here.the_cycle.id, table)


def _address(here: Here, endpoint: str, **values: Any) -> str:
    return url_for(f"ideas.{endpoint}", town=here.town.slug, year=here.the_cycle.year, **values)


@bp.route(BASE, methods=["GET", "POST"])
@guard(Action.IMPORT_IDEAS)
def import_table(here: Here) -> ResponseReturnValue:
    """Choose a file; it is checked, and nothing is imported yet."""
    form, kept = TableForm(), list[int]()
    if submitted(form, lambda: kept.append(_keep(here, form))):
        return redirect(_address(here, "import_report", table=kept[0]))
    columns = [(names[0], names[1], key in NEEDED) for key, names in HEADINGS.items()]
    page = render_template("ideas/import.html", form=form, columns=columns, most=MOST_ROWS)
    return page, status_of(form)


def _keep(here: Here, form: TableForm) -> int:
    return commands.keep_import(
        cycle_id=here.the_cycle.id, raw=form.file.data.read(), actor=current_actor(), now=clock.now()
    )


@bp.get(f"{BASE}/form.csv")
@guard(Action.IMPORT_IDEAS)
def import_form(here: Here) -> ResponseReturnValue:
    """An empty spreadsheet with the headings."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerow([names[0] for names in HEADINGS.values()])
    named = {"Content-Disposition": 'attachment; filename="ideas-import.csv"'}
    return Response("\ufeff" + out.getvalue(), mimetype="text/csv", headers=named)


@bp.route(f"{BASE}/<int:table>", methods=["GET", "POST"])
@guard(Action.IMPORT_IDEAS, table=load)
def import_report(here: Here, table: IdeaImport) -> ResponseReturnValue:
    """What the import would do, row by row; importing asks for the number."""
    form, done = CountForm(), list[int]()
    if submitted(form, lambda: done.append(_run(table.id, form.count.data))):
        flash(ngettext("%(num)s idea was imported.", "%(num)s ideas were imported.", done[0]), "success")
        return redirect(_address(here, "index"))
    rows = commands.report(table, here)
    good = sum(not row.problems for row in rows)
    page = render_template(
        "ideas/import_report.html",
        form=form,
        table_row=table,
        rows=[
            (row, [(HEADINGS[p.field or "title"][0], _words(p)) for p in row.problems])
            for row in sorted(rows, key=lambda row: (not row.problems, row.line.number))
        ],
        good=good,
        bad=len(rows) - good,
    )
    return page, status_of(form), {"Cache-Control": "no-store"}


def _words(problem: Any) -> str:
    return error_words(Invalid(problem.code, None, **problem.params))


def _run(import_id: int, count: int | None) -> int:
    return commands.run_import(import_id=import_id, count=count, actor=current_actor(), now=clock.now())


@bp.post(f"{BASE}/<int:table>/drop")
@guard(Action.IMPORT_IDEAS, table=load)
def drop_import(here: Here, table: IdeaImport) -> ResponseReturnValue:
    """Erase the file unused."""
    commands.drop_import(import_id=table.id, actor=current_actor(), now=clock.now())
    flash(_("The file was erased. Nothing was imported."), "success")
    return redirect(_address(here, "import_table"))
