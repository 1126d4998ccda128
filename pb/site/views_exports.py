"""The office's tables to take away."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, Length

from pb import clock
from pb.core.errors import Missing, Refused
from pb.cycles.queries import Here
from pb.policy import Action, allowed
from pb.site import exports
from pb.site.sheets import Table, comma_separated, xlsx
from pb.site.views import bp
from pb.web.forms import Form, choices_of, status_of, submitted
from pb.web.guard import current_actor, guard

KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


class PeopleForm(Form):
    """Why the table with people's data is needed, and in which form."""

    reason = StringField(
        _l("Why you need it"), [InputRequired(_l("Please fill this in.")), Length(max=exports.REASON_MAX)]
    )
    form = RadioField(_l("File"), choices=choices_of([("xlsx", "XLSX"), ("csv", "CSV")]), default="xlsx")


@bp.get("/<town>/<int:year>/tables")
@guard(Action.SEE_BOARD)
def tables(here: Here) -> ResponseReturnValue:
    """Which tables there are for whoever is signed in."""
    return _page(here, PeopleForm())


def _page(here: Here, form: PeopleForm) -> ResponseReturnValue:
    names = [name for name in exports.TABLES if _may(here, name)]
    may_people = allowed(current_actor(), Action.EXPORT_PEOPLE, town_id=here.town.id)
    page = render_template("site/tables.html", names=names, form=form, may_people=may_people)
    return page, status_of(form)


def _may(here: Here, name: str) -> bool:
    if name == "scores":
        return exports.may_see_scores(here, current_actor(), clock.now())
    return allowed(current_actor(), Action.EXPORT_TABLES, town_id=here.town.id)


@bp.get("/<town>/<int:year>/tables/<name>.<kind>")
@guard(Action.SEE_BOARD)
def table(here: Here, name: str, kind: str) -> ResponseReturnValue:
    """One table as a file: xlsx, or csv (with ; as Georgian Excel wants it) or comma.csv."""
    plain, _dot, sub = name.partition(".")
    if plain not in exports.TABLES or kind not in KINDS or (sub and (sub, kind) != ("comma", "csv")):
        raise Missing("no_such_page")
    if not _may(here, plain):
        raise Refused("not_allowed")
    return _file(here, plain, kind, exports.TABLES[plain](here, current_actor()), "," if sub else ";")


@bp.post("/<town>/<int:year>/tables/people")
@guard(Action.EXPORT_PEOPLE)
def people_table(here: Here) -> ResponseReturnValue:
    """The authors with their numbers, once the log knows who took it and why."""
    form, found = PeopleForm(), list[Table]()
    if submitted(form, lambda: found.append(_people(here, form))):
        return _file(here, "authors", form.form.data or "xlsx", found[0], ";")
    return _page(here, form)


def _people(here: Here, form: PeopleForm) -> Table:
    return exports.people(here=here, reason=form.reason.data or "", actor=current_actor(), now=clock.now())


def _file(here: Here, name: str, kind: str, found: Table, delimiter: str) -> Response:
    body = xlsx(found) if kind == "xlsx" else comma_separated(found, delimiter)
    named = f"{here.town.slug}-{here.the_cycle.year}-{name}.{kind}"
    headers: dict[str, Any] = {
        "Content-Disposition": f'attachment; filename="{named}"', "Cache-Control": "no-store",
    }  # fmt: skip
    return Response(body, content_type=KINDS[kind], headers=headers)
