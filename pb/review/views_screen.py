"""The screen in the room, and the empty page of whoever has left the room.

While a project is on, every page of the commission that could say something of it is empty for a member who is recused
from it: the hook below stands before all routes of this feature, those that come later included.
"""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from pb import clock
from pb.cycles.queries import Here
from pb.policy import Action, Role
from pb.projects.models import Project
from pb.projects.records import number_of
from pb.review import queries_session as queries
from pb.review import showing_session as showing
from pb.review.blueprint import blueprint
from pb.review.models_session import Sitting
from pb.review.queries_commission import panel_of
from pb.review.showing_ranking import outcome_words
from pb.review.views_session import ONE, load
from pb.web.guard import current_actor, guard

# Pages of the commission that never say anything of a project that is on.
ELSEWHERE = frozenset(
    {
        "review.desk", "review.members", "review.seats", "review.end_seat", "review.calibration", "review.calibrate",
        "review.arrange_calibration", "review.sessions",
    }
)  # fmt: skip
REFRESH = 5  # seconds


def left_the_room(here: Here, account_id: int | None) -> Project | None:
    """The project that is on in the open session, when the person is recused from it."""
    if here.cycle is None or account_id is None:
        return None
    sitting = queries.open_sitting(here.cycle.id)
    turn = queries.turn_on(sitting.id) if sitting is not None else None
    project = turn.item.project if turn is not None else None
    if project is None:
        return None
    return project if panel_of(here).kind(account_id, project.id) else None


@blueprint.before_request
def empty_page() -> ResponseReturnValue | None:
    """The empty page, where it must stand instead of the one that was asked for."""
    values: dict[str, Any] = request.view_args or {}
    path = request.path.split("/")  # "", town, year, "commission", …
    if path[3:4] != ["commission"] or "year" not in values or request.endpoint in ELSEWHERE:
        return None
    here: Here = current_app.extensions["pb_scope"](values["town"], values["year"])
    actor = current_actor()
    if not actor.has(here.town.id, Role.CHAIR, Role.MEMBER):
        return None
    project = left_the_room(here, actor.account_id)
    if project is None or values.get("number", project.number) != project.number:
        return None
    html = render_template("review/session_left.html")
    if request.method != "GET":
        return html, 403
    return html, 200, {"Refresh": str(REFRESH)}  # the page comes back by itself once the member may


@blueprint.get(f"{ONE}/screen")
@guard(Action.SEE_SESSION, session=load)
def screen(here: Here, session: Sitting) -> ResponseReturnValue:
    """What everybody in the room sees: the project, its scores once they are open, the count of votes. No names."""
    values = showing.page_values(here, session, current_actor().account_id)
    still = "still" in request.args
    html = render_template(
        "review/session_screen.html",
        still=still,
        number=number_of(values["project"]) if values["project"] is not None else "",
        outcome_words=lambda code: outcome_words(here, code),
        clock_now=clock.now(),
        **values,
    )
    return html, 200, {} if still else {"Refresh": str(REFRESH)}
