"""Pages of the box: the administrators' steps from the roll to the opening, and the check of a receipt."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from pb import clock
from pb.core.ballots import read_tracking_code
from pb.core.errors import Invalid
from pb.core.phases import Phase
from pb.cycles.queries import Here
from pb.policy import Action
from pb.voting import commands_box, commands_round, queries
from pb.voting.custodians import custodians_of
from pb.voting.forms import ReceiptForm
from pb.voting.posting import unexplained_code
from pb.voting.rounds import round_of
from pb.voting.steps import steps_of
from pb.web.forms import status_of
from pb.web.guard import current_actor, guard, public
from pb.web.wording import error_words

blueprint = Blueprint("voting", __name__, url_prefix="/<town>/<int:year>")


def _box(here: Here) -> str:
    return url_for("voting.box", town=here.town.slug, year=here.the_cycle.year)


@blueprint.route("/box")
@guard(Action.SEE_ROLL)
def box(here: Here) -> ResponseReturnValue:
    vote = round_of(here.the_cycle.id)
    demonstration = current_app.extensions["pb_settings"].is_demonstration
    changed = vote is not None and unexplained_code(vote) is not None
    return render_template(
        "voting/box.html", steps=steps_of(here), vote=vote, unexplained=changed,
        by_ourselves=demonstration and not custodians_of(here.the_cycle.id),
    )  # fmt: skip


@blueprint.route("/box/prepare", methods=["POST"])
@guard(Action.OPEN_TRIAL)
def prepare(here: Here) -> ResponseReturnValue:
    commands_round.prepare_round(cycle_id=here.the_cycle.id, actor=current_actor(), now=clock.now())
    flash(_("The ballot is prepared. Open a trial ballot now."), "success")
    return redirect(_box(here))


@blueprint.route("/box/trial", methods=["POST"])
@guard(Action.OPEN_TRIAL)
def trial(here: Here) -> ResponseReturnValue:
    commands_round.open_trial(cycle_id=here.the_cycle.id, actor=current_actor(), now=clock.now())
    flash(_("The trial ballot was sealed, and opened by each pair of custodians."), "success")
    return redirect(_box(here))


@blueprint.route("/box/close", methods=["POST"])
@guard(Action.CLOSE_BOX)
def close(here: Here) -> ResponseReturnValue:
    count = commands_box.close_box(cycle_id=here.the_cycle.id, actor=current_actor(), now=clock.now())
    said = ngettext(
        "The box is closed with %(num)s ballot.", "The box is closed with %(num)s ballots.", count
    )
    flash(said, "success")
    return redirect(_box(here))


@blueprint.route("/box/open", methods=["POST"])
@guard(Action.CLOSE_BOX)
def open_(here: Here) -> ResponseReturnValue:
    count, invalid = commands_box.open_box(cycle_id=here.the_cycle.id, actor=current_actor(), now=clock.now())
    said = ngettext("%(num)s ballot was opened", "%(num)s ballots were opened", count)
    flash(_("%(said)s, %(invalid)s of them invalid.", said=said, invalid=invalid), "success")
    return redirect(_box(here))


@blueprint.route("/receipt")
@public()
def check(here: Here) -> ResponseReturnValue:
    asked, found = "", None
    form = ReceiptForm(request.args if "code" in request.args else MultiDict())
    if "code" in request.args and form.validate():
        try:
            asked = read_tracking_code(form.code.data or "")
            found = queries.find_receipt(here.the_cycle.id, asked)
        except Invalid as error:
            form.code.errors = [error_words(error)]
    vote = round_of(here.the_cycle.id)
    held = here.calendar is not None and Phase.VOTING in here.calendar.starts
    page = render_template(
        "voting/check.html", form=form, asked=asked, found=found,
        opened=vote is not None and vote.opened_at is not None,
        board_by=here.calendar.closes(Phase.VOTING) if here.calendar and held else None,
    )  # fmt: skip
    return page, status_of(form)
