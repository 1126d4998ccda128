"""Pages of the calibration round: the two projects, a sheet on each, and how the members' levels spread."""

from __future__ import annotations

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.cycles.queries import Here
from pb.policy import Action
from pb.review import commands_calibration as commands
from pb.review import queries_calibration as queries
from pb.review.blueprint import blueprint
from pb.review.forms_panel import LevelsForm, calibration_form, levels_form
from pb.review.models_panel import CalibrationProject
from pb.review.views_commission import address, text_values
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard

BASE = "/<town>/<int:year>/commission/calibration"


def load(here: Here, place: int) -> CalibrationProject | None:
    """A project of the round by its place."""
    return next((row for row in queries.chosen(here.the_cycle.id) if row.place == place), None)


@blueprint.get(BASE)
@guard(Action.SEE_COMMISSION)
def calibration(here: Here) -> ResponseReturnValue:
    """The two projects, or the way to choose them."""
    assert here.calendar is not None
    me = current_actor().account_id or 0
    rows = queries.chosen(here.the_cycle.id)
    return render_template(
        "review/calibration.html",
        rows=[(row, queries.own_sheet(row.id, me), len(queries.sheets(row.id))) for row in rows],
        over=clock.now() >= here.calendar.window("scoring").opens,
        scoring_opens=here.calendar.window("scoring").opens,
    )


@blueprint.route(f"{BASE}/choose", methods=["GET", "POST"])
@guard(Action.ARRANGE_CALIBRATION)
def arrange_calibration(here: Here) -> ResponseReturnValue:
    """Choose two projects of former years."""
    form, cycle_id = calibration_form(queries.former_projects(here)), here.the_cycle.id

    def act() -> None:
        first, second = form.ids()
        commands.arrange(
            cycle_id=cycle_id, first=first, second=second, actor=current_actor(), now=clock.now()
        )

    if submitted(form, act):
        flash(_("The calibration round is arranged."), "success")
        return redirect(address(here, "calibration"))
    page = render_template(
        "review/calibration_choose.html", form=form, any_offered=len(form.first.choices or ()) > 2
    )
    return page, status_of(form)


@blueprint.route(f"{BASE}/<int:place>", methods=["GET", "POST"])
@guard(Action.CALIBRATE, place=load)
def calibrate(here: Here, place: CalibrationProject) -> ResponseReturnValue:
    """A sheet on one of the projects; once it is handed in, the spread of all members' levels."""
    me, rubric = current_actor().account_id or 0, here.rules.rubric
    own = queries.own_sheet(place.id, me)
    if own is not None:
        found = queries.sheets(place.id)
        return render_template(
            "review/calibration_spread.html",
            row=place,
            spread=queries.spread_of(found, own.levels, rubric),
            members=len(found),
        )
    form, at = levels_form(rubric), place.place
    if submitted(form, lambda: _hand_in(here, at, form)):
        flash(_("Handed in. Now you see how the levels of all members lie."), "success")
        return redirect(address(here, "calibrate", place=at))
    project = place.project
    text = text_values(project) if project.handed_in_revision is not None else {}
    page = render_template("review/calibration_sheet.html", form=form, row=place, **{"text": None, **text})
    return page, status_of(form)


def _hand_in(here: Here, place: int, form: LevelsForm) -> int:
    return commands.hand_in(
        cycle_id=here.the_cycle.id,
        place=place,
        levels=form.levels(here.rules.rubric),
        reasons=form.reasons(here.rules.rubric),
        actor=current_actor(),
        now=clock.now(),
    )
