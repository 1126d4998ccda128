"""The operator's desk at a centre: who stands there with an identity card, and what for. No choice is seen here."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.core.errors import Closed
from pb.cycles.queries import Here
from pb.policy import Action
from pb.voting.forms import InPersonForm, PhoneForm
from pb.voting.kiosk import Issued, issue_token
from pb.voting.phones import bind_phone
from pb.web.filters import datetime_words
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard
from pb.web.wording import error_words

blueprint = Blueprint("centre", __name__, url_prefix="/<town>/<int:year>/centre")


@blueprint.route("", methods=["GET", "POST"])
@guard(Action.HELP_IN_PERSON)
def desk(here: Here) -> ResponseReturnValue:
    """Type the number, issue a token for the screen. The token stands on this page alone, and once."""
    form = InPersonForm()
    issued: list[Issued] = []

    def act() -> None:
        issued.append(
            issue_token(
                cycle_id=here.the_cycle.id,
                number=form.number.data or "",
                actor=current_actor(),
                now=clock.now(),
            )
        )

    try:
        done = submitted(form, act)
    except Closed as error:
        if error.code != "already_voted":
            raise
        done, form.number.errors = False, [error_words(error)]
    if done:
        page = render_template("voting/token.html", issued=issued[-1], screen_minutes=5)
    else:
        page = render_template("voting/desk.html", form=form, ways=here.rules.identification)
    response = make_response(page, 200 if done else status_of(form))
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.route("/phone", methods=["GET", "POST"])
@guard(Action.BIND_PHONE)
def phone(here: Here) -> ResponseReturnValue:
    """Write down, or change, to which mobile number the codes of a voter go."""
    form = PhoneForm()
    bound: list[datetime] = []

    def act() -> None:
        bound.append(
            bind_phone(
                cycle_id=here.the_cycle.id, number=form.number.data or "", mobile=form.mobile.data or "",
                actor=current_actor(), now=clock.now(),
            )
        )  # fmt: skip

    if submitted(form, act):
        flash(
            _("The number is written down. Codes go to it from: %(when)s.", when=datetime_words(bound[-1])),
            "success",
        )
        return redirect(url_for("centre.phone", town=here.town.slug, year=here.the_cycle.year))
    response = make_response(render_template("voting/phone.html", form=form), status_of(form))
    response.headers["Cache-Control"] = "no-store"
    return response
