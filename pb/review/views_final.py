"""The chair's page on which the preliminary list becomes final."""

from __future__ import annotations

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.core.errors import Closed
from pb.cycles.queries import Here
from pb.policy import Action
from pb.review import commands_final as commands
from pb.review import queries_ranking
from pb.review import showing_ranking as showing
from pb.review.blueprint import blueprint
from pb.review.commands_decision import OUTCOMES
from pb.review.forms_commission import FinalForm
from pb.review.terms import objections_until, term_is_over
from pb.review.views_commission import address
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard


@blueprint.route("/<town>/<int:year>/commission/final", methods=["GET", "POST"])
@guard(Action.CONFIRM_LIST)
def confirm_list(here: Here) -> ResponseReturnValue:
    """The list as it is to become final, and what keeps it from it; the POST confirms."""
    form, cycle_id = FinalForm(), here.the_cycle.id

    def act() -> dict[str, int]:
        return commands.confirm_list(
            cycle_id=cycle_id, minutes=form.minutes.data or "", actor=current_actor(), now=clock.now()
        )

    if submitted(form, act):
        flash(_("The list is final."), "success")
        return redirect(address(here, "ranking"))
    publication, snapshot = queries_ranking.publication(cycle_id), queries_ranking.newest_snapshot(cycle_id)
    if publication is None or snapshot is None:
        raise Closed("not_published_yet")
    if queries_ranking.confirmation(cycle_id) is not None:
        return redirect(address(here, "ranking"))
    page = render_template(
        "review/commission_final.html",
        form=form,
        rows=showing.rows_of(here, snapshot),
        groups=[(code, showing.outcome_words(here, code)) for code in OUTCOMES],
        publication=publication,
        objections_until=objections_until(publication.at, here.rules),
        term_is_over=term_is_over(publication.at, here.rules, clock.now()),
    )
    return page, status_of(form)
