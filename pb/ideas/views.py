"""Public pages: the list of ideas, one idea, its picture, the table to take away."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import Row

from pb import clock
from pb.core.errors import Missing
from pb.cycles.queries import Here
from pb.ideas import again, joining_part, page_parts, queries, queries_attached, queries_list, queries_own
from pb.ideas.content import clean_line, language_of, public_number
from pb.ideas.forms import group_words
from pb.ideas.queries_list import Filters
from pb.ideas.table import table
from pb.ideas.terms import answer_by
from pb.web.filters import words
from pb.web.guard import current_actor, public
from pb.web.i18n import select_language

bp = Blueprint("ideas", __name__)


def public_idea(here: Here, number: int) -> Row[Any] | None:
    """The public idea of this number."""
    return queries.public_idea(here, number)


@bp.get("/<town>/<int:year>/ideas")
@public()
def index(here: Here) -> ResponseReturnValue:
    """All ideas that were handed in, newest first, searched and filtered."""
    names = ("q", "unit", "category", "state", "order")
    args = {name: clean_line(request.args.get(name, ""))[:100] for name in names}
    filters = Filters(**args)
    units = queries.units_of(here.town.id)
    cycle = here.the_cycle
    conditions = queries_list.conditions_of(filters, units, here.town.number_prefix, cycle.year)
    after, before = request.args.get("after", "")[:30], request.args.get("before", "")[:30]
    page = queries_list.public_page(cycle.id, conditions, order=filters.order, after=after, before=before)
    if not page.rows and (after or before):  # the ideas beyond the mark were taken back meanwhile
        page = queries_list.public_page(cycle.id, conditions, order=filters.order)
    return render_template(
        "ideas/index.html", filters=filters, units=units, page=page,
        unit_names={unit.id: words(unit.name) for unit in units},
        categories={category.id: words(category.name) for category in here.rules.categories},
        states=queries.PUBLIC_STATES, asked={name: value for name, value in args.items() if value},
        number=lambda n: public_number(here.town.number_prefix, cycle.year, n),
    )  # fmt: skip


@bp.get("/<town>/<int:year>/ideas/<int:idea>")
@public(idea=public_idea)
def show(here: Here, idea: Row[Any]) -> ResponseReturnValue:
    """One idea: its text, what became of it and why."""
    actor = current_actor()
    parts = [Markup(render_template(name, **context)) for name, context in page_parts.parts_of(here, idea)]
    category = here.category(idea.category)
    return render_template(
        "ideas/show.html", idea=idea, parts=parts,
        number=public_number(here.town.number_prefix, here.the_cycle.year, idea.number),
        category=words(category.name) if category else "",
        numbered=lambda n: public_number(here.town.number_prefix, here.the_cycle.year, n),
        answer_by=answer_by(here, [idea], clock.now()).get(idea.id),
        pictures=queries_attached.pictures_of(idea.id), documents=queries_attached.documents_of(idea.id),
        groups=group_words(idea.groups),
        **joining_part.beside(here, idea), again=again.beside(here, idea),
        own_id=idea.id if queries_own.is_author(idea.id, actor.account_id) else None,
    )  # fmt: skip


@bp.get("/<town>/<int:year>/ideas/<int:idea>/picture/<int:picture>.webp")
@public(idea=public_idea)
def picture(here: Here, idea: Row[Any], picture: int) -> ResponseReturnValue:
    """The picture of a public idea, for reading."""
    return picture_response(queries_attached.picture(idea.id, picture, large=True), shared=True)


@bp.get("/<town>/<int:year>/ideas/<int:idea>/picture/<int:picture>-small.webp")
@public(idea=public_idea)
def small_picture(here: Here, idea: Row[Any], picture: int) -> ResponseReturnValue:
    """The same for lists: at most 40 KB."""
    return picture_response(queries_attached.picture(idea.id, picture, large=False), shared=True)


def picture_response(data: bytes | None, *, shared: bool) -> Response:
    """A picture, kept by browsers for a day (an id never changes its picture)."""
    if data is None:
        raise Missing("no_such_page")
    response = Response(data, content_type="image/webp")
    response.headers["Cache-Control"] = f"{'public' if shared else 'private'}, max-age=86400"
    return response


@bp.get("/<town>/<int:year>/ideas/<int:idea>/document/<int:document>")
@public(idea=public_idea)
def document(here: Here, idea: Row[Any], document: int) -> ResponseReturnValue:
    """A document of a public idea, to take away."""
    return document_response(queries_attached.document(idea.id, document), shared=True)


def document_response(found: Row[Any] | None, *, shared: bool) -> Response:
    """A PDF as a download: whatever it holds, no browser runs it on this site's ground."""
    if found is None:
        raise Missing("no_such_page")
    response = Response(found.data, content_type="application/pdf")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name)}"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = f"{'public' if shared else 'private'}, max-age=86400"
    return response


@bp.get("/<town>/<int:year>/ideas.csv")
@public()
def csv(here: Here) -> ResponseReturnValue:
    """Every public idea as a table. ``?sep=semicolon`` for spreadsheets that expect it."""
    separator = ";" if request.args.get("sep") == "semicolon" else ","
    text = table(here, queries.all_public(here.the_cycle.id), separator)
    response = Response(text, content_type="text/csv; charset=utf-8")
    name = f"ideas-{here.town.slug}-{here.the_cycle.year}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.app_template_filter("written_in")
def written_in(text: str | None) -> str:
    """The tag of the language in which somebody typed ``text``, for the attribute ``lang``."""
    return language_of(text or "", select_language())


def url_of(here: Here, endpoint: str, **values: Any) -> str:
    """The address of one of this feature's pages in the same cycle."""
    return url_for(f"ideas.{endpoint}", town=here.town.slug, year=here.the_cycle.year, **values)
