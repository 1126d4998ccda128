"""The public list of witnesses of the board, and the administrators' form beside it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.core.whole import whole_number
from pb.cycles.models import typed_in
from pb.cycles.queries import Here
from pb.policy import Action
from pb.voting.commands_witnesses import register_witness, remove_witness, witnesses_of
from pb.voting.forms_box import WitnessForm
from pb.voting.models_ceremony import Witness
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard, public
from pb.web.i18n import select_language

blueprint = Blueprint("witnesses", __name__, url_prefix="/<town>/<int:year>/vote/witnesses")


def _witness(here: Here, witness: str) -> Witness | None:
    found = whole_number(witness)
    return next((one for one in witnesses_of(here.the_cycle.id) if one.id == found), None)


def _url(here: Here) -> str:
    return url_for("witnesses.index", town=here.town.slug, year=here.the_cycle.year)


@blueprint.route("", methods=["GET"])
@public()
def index(here: Here) -> ResponseReturnValue:
    """Who keeps the heads."""
    return _page(here, WitnessForm(formdata=None))


@blueprint.route("", methods=["POST"])
@guard(Action.REGISTER_WITNESS)
def register(here: Here) -> ResponseReturnValue:
    """One more."""
    form = WitnessForm()
    if submitted(
        form,
        lambda: register_witness(
            cycle_id=here.the_cycle.id, name=form.name.data or "", email=form.email.data or "",
            contact=form.contact.data or "", language=select_language(), actor=current_actor(), now=clock.now(),
        ),
    ):  # fmt: skip
        flash(_("The witness is on the list."), "success")
        return redirect(_url(here))
    return _page(here, form)


@blueprint.route("/<witness>/remove", methods=["POST"])
@guard(Action.REGISTER_WITNESS, witness=_witness)
def remove(here: Here, witness: Witness) -> ResponseReturnValue:
    """One less; the address is erased."""
    remove_witness(witness_id=witness.id, actor=current_actor(), now=clock.now())
    flash(_("The witness was taken off the list."), "success")
    return redirect(_url(here))


def _page(here: Here, form: WitnessForm) -> ResponseReturnValue:
    page = render_template(
        "voting/witnesses.html", form=form, witnesses=witnesses_of(here.the_cycle.id), language_of=typed_in
    )
    return page, status_of(form)
