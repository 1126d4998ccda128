"""The request that casts. It asks for nothing that it does not need: the command alone decides, under its
lock.

The form's own token stands in for the general one against forged requests: it is random, stands in the voter's
page alone, and is bound to round, slot and choices; and the pass is never sent along from another site.

The address has the shape of the others, but the guard is not asked where it stands: the pass names the
round, and no page is shown unless something is wrong. So casting costs little more than writing two rows.
"""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from pb import clock
from pb.core.errors import Invalid, Refused
from pb.extensions import csrf
from pb.voting import passes
from pb.voting.casting import cast_ballot
from pb.voting.passes import NoPass
from pb.voting.rounds import round_at
from pb.voting.views_refused import handle_refusals, not_recorded
from pb.web.guard import public
from pb.web.wording import error_words

blueprint = Blueprint("cast", __name__)
handle_refusals(blueprint)
blueprint.register_error_handler(SQLAlchemyError, not_recorded)


@blueprint.route("/<place>/<int:of>/vote/cast", methods=["POST"])
@csrf.exempt
@public()
def cast(place: str, of: int) -> ResponseReturnValue:
    cycle_id, round_id = round_at(place, of)
    voter, until = passes.voter_until(cycle_id)
    chosen = request.form.getlist("choice")
    try:
        receipt = cast_ballot(
            round_id=round_id, slot=voter.slot, unit_id=voter.unit_id, channel=voter.channel,
            choices=chosen, token=request.form.get("token", ""), until=until,
        )  # fmt: skip
    except Invalid as error:
        flash(error_words(error), "error")
        response = make_response(redirect(url_for("vote.ballot", town=place, year=of)))
        passes.keep_choices(
            response, cycle_id, url_for("vote.start", town=place, year=of), voter.slot, chosen, clock.now()
        )
        return response
    except Refused as error:
        raise NoPass(error.code) from error
    response = make_response(redirect(url_for("vote.receipt", town=place, year=of, code=receipt.code)))
    if passes.KEPT in request.cookies:
        passes.forget_choices(response, url_for("vote.start", town=place, year=of))
    return response
