"""Public pages of a town: its community centres and what is done with personal data."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from pb.core.whole import whole_number
from pb.places import plan, queries
from pb.places.offers import spots_of
from pb.web.guard import public

bp = Blueprint("places", __name__)


@bp.get("/<town>/centres")
@public()
def centres(here: Any) -> ResponseReturnValue:
    """Where an operator helps people without internet or phone."""
    units = {unit.id: unit.name for unit in queries.units_of(here.town.id)}
    return render_template("places/centres.html", centres=queries.centres_of(here.town.id), units=units)


@bp.get("/<town>/privacy")
@public()
def privacy(here: Any) -> ResponseReturnValue:
    """What is stored of people, who reads it, for how long, and whom to ask."""
    return render_template("places/privacy.html", officer=here.town.protection_officer)


@bp.get("/<town>/plan.svg")
@public()
def plan_picture(here: Any) -> ResponseReturnValue:
    """The schematic plan as a picture. ``?around=SLUG`` shows a part, ``&pin=X,Y`` puts a pin on it."""
    spots = spots_of(here.town.id)
    across, _comma, down = request.args.get("pin", "").partition(",")
    x, y = whole_number(across), whole_number(down)
    pin = (x, y) if x is not None and y is not None and max(x, y) <= plan.SIDE else None
    svg = render_template(
        "places/plan.svg", spots=spots, view=plan.around(spots, request.args.get("around", "")), pin=pin,
        width=plan.WIDTH, height=plan.HEIGHT, side=plan.SIDE, chosen=request.args.get("around", ""),
    )  # fmt: skip
    return Response(svg, content_type="image/svg+xml; charset=utf-8")
