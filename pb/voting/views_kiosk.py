"""A centre's screen: the voter types the token, votes, and the next one finds nothing of it."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from pb import clock
from pb.cycles.queries import Here
from pb.policy import Action
from pb.voting import passes
from pb.voting.forms import TokenForm
from pb.voting.kiosk import use_token
from pb.voting.passes import NoPass
from pb.voting.views import ADDRESS, blueprint
from pb.web.forms import status_of, submitted
from pb.web.guard import guard


@blueprint.route("/screen", methods=["GET", "POST"])
@guard(Action.VOTE)
@ADDRESS
def screen(here: Here) -> ResponseReturnValue:
    """The first page of a screen, on which every vote at a centre begins and ends."""
    at: dict[str, Any] = {"town": here.town.slug, "year": here.the_cycle.year}
    path, form = url_for("vote.start", **at), TokenForm()
    cycle_id, now, proved = here.the_cycle.id, clock.now(), []
    if submitted(
        form, lambda: proved.append(use_token(cycle_id=cycle_id, typed=form.token.data or "", now=now))
    ):
        session.clear()  # nobody is signed in at a screen
        response = make_response(redirect(url_for("vote.ballot", **at)))
        passes.make_kiosk(response, path)
        passes.put_pass(response, cycle_id, path, proved[-1], now)
        return response
    if form.errors.get("token") and _has_pass(cycle_id):  # the button was tapped twice
        return redirect(url_for("vote.ballot", **at))
    response = make_response(render_template("voting/screen.html", form=form), status_of(form))
    if not form.is_submitted():
        passes.make_kiosk(response, path)
    response.headers["Cache-Control"] = "no-store"
    return response


def _has_pass(cycle_id: int) -> bool:
    try:
        return passes.voter_of(cycle_id, clock.now()).channel == "kiosk"
    except NoPass:
        return False
