"""The lot between projects that are equal in everything: fix the list, then two persons enter the public number."""

from __future__ import annotations

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.core.errors import Closed
from pb.core.workdays import TBILISI
from pb.cycles.queries import Here
from pb.policy import Action
from pb.review import commands_draws as commands
from pb.review import queries_ranking
from pb.review import queries_scoring as queries
from pb.review.blueprint import blueprint
from pb.review.forms_scoring import LotForm, LotNumberForm
from pb.review.hiding import hidden_from
from pb.review.queries_scoring import Lot
from pb.review.views_commission import address
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard

BASE = "/<town>/<int:year>/commission/lots"


def load(here: Here, lot: int) -> Lot | None:
    """A lot of this cycle, by its number."""
    return next((one for one in queries.lots(here.the_cycle.id) if one.lot.number == lot), None)


@blueprint.route(BASE, methods=["GET", "POST"])
@guard(Action.DRAW_LOT)
def lots(here: Here) -> ResponseReturnValue:
    """What is tied, the lots so far, and a form that fixes a list."""
    cycle_id = here.the_cycle.id
    snapshot = queries_ranking.newest_snapshot(cycle_id)
    if snapshot is None:
        raise Closed("scores_sealed")
    form = LotForm()

    def act() -> int:
        return commands.fix_lot(
            cycle_id=cycle_id,
            source=form.source.data or "",
            source_on=form.source_on.data,
            actor=current_actor(),
            now=clock.now(),
        )

    if submitted(form, act):
        flash(_("The list is fixed. Its fingerprint stands in the public log."), "success")
        return redirect(address(here, "lots"))
    entries, hidden = queries_ranking.entries_of(snapshot), hidden_from(here, current_actor().account_id)
    rows = queries.lots(cycle_id)
    page = render_template(
        "review/lots.html",
        form=form,
        rows=rows,
        titles={n: entry["title"] for n, entry in entries.items() if n not in hidden},
        tied=[entry for entry in entries.values() if entry["tied_with"] and entry["number"] not in hidden],
        tied_hidden=sum(bool(entry["tied_with"]) for n, entry in entries.items() if n in hidden),
        pending=bool(rows) and rows[-1].drawn is None,
        today=clock.now().astimezone(TBILISI).date(),
        published=queries_ranking.publication(cycle_id) is not None,
    )
    return page, status_of(form)


@blueprint.route(f"{BASE}/<int:lot>", methods=["GET", "POST"])
@guard(Action.DRAW_LOT, lot=load)
def enter_lot_number(here: Here, lot: Lot) -> ResponseReturnValue:
    """One of two persons enters the number."""
    form, lot_id, drawn = LotNumberForm(), lot.lot.id, False

    def act() -> None:
        nonlocal drawn
        drawn = commands.enter_lot_number(
            lot_id=lot_id, number=form.seed.data or "", actor=current_actor(), now=clock.now()
        )

    if submitted(form, act):
        if drawn:
            flash(
                _("Both numbers are the same: the lot is drawn, and the ranking was computed anew."),
                "success",
            )
        else:
            flash(_("Entered. Another person has to enter the same number."), "success")
        return redirect(address(here, "lots"))
    if lot.drawn is not None:
        return redirect(address(here, "lots"))
    return render_template("review/lot_number.html", form=form, row=lot), status_of(form)
