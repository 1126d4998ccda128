"""Pages of the commission's composition: what everybody reads, and what the administrator and the chair do."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.cycles.queries import Here
from pb.policy import Action
from pb.review import commands_seats as commands
from pb.review import queries_conflicts
from pb.review import queries_seats as queries
from pb.review.blueprint import blueprint
from pb.review.forms_panel import ReasonForm, SeatForm, seat_form
from pb.review.models_panel import Seat
from pb.review.presiding import presiding
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard, public

BASE = "/<town>/<int:year>/commission"


def load(here: Here, seat: int) -> Seat | None:
    """A seat in force of this cycle."""
    return queries.seat_in_cycle(here.the_cycle.id, seat)


def _url(here: Here, endpoint: str) -> str:
    return url_for(f"review.{endpoint}", town=here.town.slug, year=here.the_cycle.year)


@blueprint.get(f"{BASE}/members")
@public()
def members(here: Here) -> ResponseReturnValue:
    """Who sits on the commission, for whom, and by which act."""
    now = clock.now()
    seats = queries.all_seats(here.the_cycle.id, now)
    return render_template(
        "review/panel_members.html",
        seats=[seat for seat in seats if seat.ended_at is None or seat.ended_at > now],
        former=[seat for seat in seats if seat.ended_at is not None and seat.ended_at <= now],
        called=queries.calls(here.the_cycle.id),
        challenged=[
            row
            for row in queries_conflicts.challenges(here.the_cycle.id, now)
            if row.decision is not None and row.decision.at <= now
        ],
    )


@blueprint.route(f"{BASE}/seats", methods=["GET", "POST"])
@guard(Action.APPOINT_COMMISSION)
def seats(here: Here) -> ResponseReturnValue:
    """The seats in force, and a form for one more."""
    form = seat_form(here)
    if submitted(form, lambda: _appoint(here, form)):
        flash(_("Appointed. Everybody can read it on the page of the commission."), "success")
        return redirect(_url(here, "seats"))
    page = render_template("review/panel_seats.html", form=form, seats=queries.seats(here.the_cycle.id))
    return page, status_of(form)


def _appoint(here: Here, form: SeatForm) -> int:
    return commands.appoint(
        cycle_id=here.the_cycle.id,
        account_id=form.account_id,
        function=form.function.data or "",
        represents=form.represents.data or "",
        act_number=form.act_number.data or "",
        act_date=form.act_date.data,
        actor=current_actor(),
        now=clock.now(),
    )


@blueprint.route(f"{BASE}/seats/<int:seat>/end", methods=["GET", "POST"])
@guard(Action.APPOINT_COMMISSION, seat=load)
def end_seat(here: Here, seat: Seat) -> ResponseReturnValue:
    """End a seat, with the reason that everybody reads."""
    form, seat_id = ReasonForm(), seat.id

    def act() -> None:
        commands.end_seat(
            seat_id=seat_id, reason=form.reason.data or "", actor=current_actor(), now=clock.now()
        )

    if submitted(form, act):
        flash(_("The seat has ended."), "success")
        return redirect(_url(here, "seats"))
    return render_template("review/panel_end.html", form=form, seat=seat), status_of(form)


@blueprint.route(f"{BASE}/seats/<int:seat>/call", methods=["GET", "POST"])
@guard(Action.CALL_SUBSTITUTE, seat=load)
def call_substitute(here: Here, seat: Seat) -> ResponseReturnValue:
    """Call a substitute in for a member who cannot take part."""
    form, seat_id = ReasonForm(), seat.id

    def act() -> None:
        commands.call_substitute(
            seat_id=seat_id, reason=form.reason.data or "", actor=current_actor(), now=clock.now()
        )

    if submitted(form, act):
        flash(_("The substitute scores from now on like any other member."), "success")
        return redirect(_url(here, "desk"))
    page = render_template(
        "review/panel_call.html",
        form=form,
        seat=seat,
        presides=presiding(here).by(current_actor().account_id),
    )
    return page, status_of(form)
