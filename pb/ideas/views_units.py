"""Ideas by place: the map with counts, a page of each unit, and feeds for readers of news."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from pb.core.errors import Missing
from pb.cycles.queries import Here
from pb.ideas import queries, queries_list
from pb.ideas.content import public_number
from pb.ideas.views import bp, url_of
from pb.places import plan
from pb.places.offers import spots_of
from pb.web.filters import words
from pb.web.guard import public

IN_FEED = 30


def unit_of(here: Here, slug: str) -> Row[Any] | None:
    """A unit of the town."""
    return next((unit for unit in queries.units_of(here.town.id) if unit.slug == slug), None)


@bp.get("/<town>/<int:year>/ideas/map")
@public()
def unit_map(here: Here) -> ResponseReturnValue:
    """How many ideas each unit has: a drawing, and the table that says the same."""
    counts = queries_list.counts_by_unit(here.the_cycle.id)
    return render_template(
        "ideas/map.html", spots=spots_of(here.town.id), counts=counts, radius=plan.sizes(counts),
        width=plan.WIDTH, height=plan.HEIGHT, side=plan.SIDE,
    )  # fmt: skip


@bp.get("/<town>/<int:year>/units/<unit>")
@public(unit=unit_of)
def unit_page(here: Here, unit: Row[Any]) -> ResponseReturnValue:
    """One unit: its villages and money, what became of its ideas, the newest of them."""
    cycle = here.the_cycle
    filters = queries_list.Filters(unit=unit.slug)
    conditions = queries_list.conditions_of(filters, [unit], here.town.number_prefix, cycle.year)
    return render_template(
        "ideas/unit.html", unit=unit, name=words(unit.name), page=queries_list.public_page(cycle.id, conditions),
        states=queries_list.counts_by_state(cycle.id, unit.id), money=here.rules.unit_sums.get(unit.slug),
        categories={category.id: words(category.name) for category in here.rules.categories},
        number=lambda n: public_number(here.town.number_prefix, cycle.year, n),
        villages=[words(place) for place in unit.villages or []],
    )  # fmt: skip


@bp.get("/<town>/<int:year>/ideas.atom")
@public()
def feed(here: Here) -> ResponseReturnValue:
    """The newest ideas as an Atom feed; ``?unit=SLUG`` for one unit."""
    unit = unit_of(here, request.args["unit"]) if request.args.get("unit") else None
    if request.args.get("unit") and unit is None:
        raise Missing("no_such_page")
    rows = queries_list.latest(here.the_cycle.id, unit.id if unit else None, IN_FEED)
    base = current_app.extensions["pb_settings"].base_url.rstrip("/")
    xml = render_template(
        "ideas/feed.xml", rows=rows, unit=words(unit.name) if unit else "", base=base,
        index=base + url_of(here, "index", unit=unit.slug if unit else None),
        own=base + url_of(here, "feed", unit=unit.slug if unit else None),
        address=lambda n: base + url_of(here, "show", idea=n),
        number=lambda n: public_number(here.town.number_prefix, here.the_cycle.year, n),
        begun=here.the_cycle.created_at,
    )  # fmt: skip
    return Response(xml, content_type="application/atom+xml; charset=utf-8")
