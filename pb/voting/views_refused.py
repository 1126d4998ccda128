"""Pages that say why a vote cannot be given now, and whether anything was recorded."""

from __future__ import annotations

import logging

from flask import Blueprint, g, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from pb import clock
from pb.core.errors import Closed
from pb.core.phases import Phase
from pb.cycles.queries import Here, scope
from pb.policy import NOBODY
from pb.voting import passes
from pb.voting.identify import may_ask
from pb.voting.passes import NoPass
from pb.web.errors import plain_page

CAST = "cast.cast"
log = logging.getLogger(__name__)


def handle_refusals(blueprint: Blueprint) -> None:
    """Let the routes of ``blueprint`` answer a closed vote and a missing pass with these pages."""
    blueprint.register_error_handler(NoPass, no_pass)
    blueprint.register_error_handler(Closed, closed)


def _here() -> Here:
    """Where the request stands; the route that casts has not asked for it."""
    if "here" not in g:
        place, of = (request.view_args or {})["place"], (request.view_args or {})["of"]
        g.here = scope(place, of, NOBODY, clock.now())
    here: Here = g.here
    return here


def no_pass(error: NoPass) -> ResponseReturnValue:
    """No proof of a code, or none that is good. What was ticked is kept for a pass that ran out."""
    here = _here()
    page = render_template("voting/no_pass.html", reason=error.code, sent=request.method == "POST")
    response = make_response(page, error.status)
    late, chosen = passes.late_voter(here.the_cycle.id), request.form.getlist("choice")
    if late is not None and chosen:
        path = url_for("vote.start", town=here.town.slug, year=here.the_cycle.year)
        passes.keep_choices(response, here.the_cycle.id, path, late.slot, chosen, clock.now())
    return response


def closed(error: Closed) -> ResponseReturnValue:
    """The vote is not open, or this person has voted."""
    return closed_page(_here(), error.code), error.status


def closed_page(here: Here, reason: str) -> str:
    """The page itself; ``reason``: already_voted, voting_over, codes_paused, link_key_destroyed or wrong_phase."""
    calendar = here.calendar
    held = calendar is not None and Phase.VOTING in calendar.starts
    return render_template(
        "voting/closed.html", reason=reason, sent=request.endpoint == CAST, held=held,
        opens=calendar.starts[Phase.VOTING] if calendar and held else None,
        closes=calendar.closes(Phase.VOTING) if calendar and held else None, can_ask=may_ask(here),
    )  # fmt: skip


def not_recorded(error: SQLAlchemyError) -> ResponseReturnValue:
    """The database failed while a ballot was cast (full disk, power, network): no receipt, and the same ballot again.

    Whether it was written is not known where the connection broke; the form's token makes sending again harmless.
    Nothing of the request is logged but the kind of the failure.
    """
    cause = getattr(error, "orig", None) or error
    log.error("a cast failed: %s %s", type(cause).__name__, getattr(cause, "sqlstate", None) or "")
    given = request.view_args or {}
    page = plain_page(
        "voting/not_recorded.html", url_for=url_for, town=given["place"], year=given["of"],
        choices=request.form.getlist("choice"), token=request.form.get("token", ""),
    )  # fmt: skip
    return page, 503
