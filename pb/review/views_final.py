"""The chair's pages after the preliminary list: decisions taken anew after objections, and the final list."""

from __future__ import annotations

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.appeals.terms import objections_until, term_is_over
from pb.core.errors import Closed, Invalid
from pb.cycles.queries import Here
from pb.policy import Action
from pb.projects.models import Project
from pb.review import commands_final as commands
from pb.review import queries_ranking
from pb.review import showing_ranking as showing
from pb.review.blueprint import blueprint
from pb.review.commands_decision import DEPARTURE_REASON, OUTCOMES, REASON_MAX
from pb.review.forms_commission import DecisionForm, FinalForm
from pb.review.redone import granted, obstacles, redo_decision
from pb.review.views_commission import address, load
from pb.web.forms import choices_of, status_of, submitted
from pb.web.guard import current_actor, guard
from pb.web.wording import error_words


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
        obstacles=[error_words(Invalid(p.code, **p.params)) for p in obstacles(here)],
    )
    return page, status_of(form)


@blueprint.route("/<town>/<int:year>/commission/<int:number>/redo", methods=["GET", "POST"])
@guard(Action.DECIDE_PROJECT, number=load)
def redo(here: Here, number: Project) -> ResponseReturnValue:
    """The decision anew, beside the first one and the answer to the objection."""
    cycle_id, project_id = here.the_cycle.id, number.id
    objection, snapshot = granted(cycle_id).get(project_id), queries_ranking.newest_snapshot(cycle_id)
    if objection is None or snapshot is None or queries_ranking.confirmation(cycle_id) is not None:
        raise Closed("nothing_to_redecide")
    first = queries_ranking.decisions(cycle_id, redone=False)[project_id]
    last = queries_ranking.decisions(cycle_id)[project_id]
    row = next(r for r in showing.rows_of(here, snapshot) if r.project.id == project_id)
    again = last.objection_id is not None
    form = DecisionForm(data={"outcome": last.outcome, "reason": last.reason} if again else {})
    form.outcome.choices = choices_of((code, showing.outcome_words(here, code)) for code in OUTCOMES)

    def act() -> int:
        return redo_decision(
            project_id=project_id, outcome=form.outcome.data or "", reason=form.reason.data or "",
            actor=current_actor(), now=clock.now(),
        )  # fmt: skip

    if submitted(form, act):
        flash(_("The new decision is recorded. It comes out with the final list."), "success")
        return redirect(address(here, "decisions"))
    page = render_template(
        "review/commission_redo.html", form=form, row=row, objection=objection,
        first=showing.outcome_words(here, first.outcome), first_reason=first.reason,
        reason_min=DEPARTURE_REASON, reason_max=REASON_MAX,
    )  # fmt: skip
    return page, status_of(form)
