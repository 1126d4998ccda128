"""Public pages of a town: its community centres and what is done with personal data."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from pb.places import queries
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
