"""Claims to the roll: a citizen's page, and the officers' list where data are read with a reason and decided."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.core.errors import Invalid
from pb.core.whole import whole_number
from pb.cycles.queries import Here
from pb.places.queries import units_of
from pb.policy import Action
from pb.voting import claims
from pb.voting.forms import ClaimForm, DecideForm, ReasonForm
from pb.voting.models_claims import RollClaim
from pb.voting.roll_rows import read_date
from pb.web.filters import words
from pb.web.forms import choices_of, status_of, submitted
from pb.web.guard import current_actor, guard

blueprint = Blueprint("claims", __name__, url_prefix="/<town>/<int:year>/roll-claims")


def _at(here: Here) -> dict[str, Any]:
    return {"town": here.town.slug, "year": here.the_cycle.year}


def _load(here: Here, claim: str) -> RollClaim | None:
    number = whole_number(claim)
    return claims.claim_of(here.the_cycle.id, number) if number is not None else None


@blueprint.route("/new", methods=["GET", "POST"])
@guard(Action.CLAIM_ROLL)
def new(here: Here) -> ResponseReturnValue:
    """Hand in a claim; below stand the own ones with what became of them."""
    form, actor = ClaimForm(), current_actor()
    units = units_of(here.town.id)
    form.unit.choices = choices_of((unit.id, words(unit.name)) for unit in units)
    assert actor.account_id is not None

    def act() -> None:
        born = read_date((form.born.data or "").strip())
        if born is None:
            raise Invalid("claim_bad_date", field="born")
        claims.hand_in_claim(
            cycle_id=here.the_cycle.id, kind=form.kind.data, number=form.number.data or "",
            name=form.name.data or "", born=born, unit_id=form.unit.data, address=form.address.data or "",
            mobile=form.mobile.data or "", actor=actor, now=clock.now(),
        )  # fmt: skip

    if submitted(form, act):
        flash(_("Your claim was handed in. What becomes of it stands on this page."), "success")
        return redirect(url_for("claims.new", **_at(here)))
    page = render_template(
        "voting/claim_new.html", form=form, own=claims.claims_of(here.the_cycle.id, actor.account_id),
        until=claims.claims_until(here.the_cycle.id, here),
    )  # fmt: skip
    return page, status_of(form)


@blueprint.route("")
@guard(Action.SEE_CLAIMS)
def index(here: Here) -> ResponseReturnValue:
    """All claims, without a name or number."""
    units = {unit.id: unit.name for unit in units_of(here.town.id)}
    return render_template(
        "voting/claims.html", claims=claims.claims_of(here.the_cycle.id), units=units,
        until=claims.claims_until(here.the_cycle.id, here),
    )  # fmt: skip


@blueprint.route("/<claim>", methods=["GET", "POST"])
@guard(Action.READ_CLAIM, claim=_load)
def show(here: Here, claim: RollClaim) -> ResponseReturnValue:
    """Read what was typed, with a reason that is logged first; the data stand on the answer alone."""
    form, told = ReasonForm(), dict[str, str]()

    def act() -> None:
        reason = form.reason.data or ""
        told.update(
            claims.read_claim(claim_id=claim.id, reason=reason, actor=current_actor(), now=clock.now())
        )

    submitted(form, act)
    return _claim_page(here, claim, form, DecideForm(formdata=None, prefix="decision"), told)


@blueprint.route("/<claim>/decide", methods=["POST"])
@guard(Action.DECIDE_CLAIM, claim=_load)
def decide(here: Here, claim: RollClaim) -> ResponseReturnValue:
    form = DecideForm(prefix="decision")

    def act() -> None:
        claims.decide_claim(
            claim_id=claim.id, accept=form.outcome.data == "accept", reason=form.reason.data or "",
            actor=current_actor(), now=clock.now(),
        )  # fmt: skip

    if submitted(form, act):
        flash(_("The decision is recorded and the claimant is told."), "success")
        return redirect(url_for("claims.index", **_at(here)))
    return _claim_page(here, claim, ReasonForm(formdata=None), form, {})


def _claim_page(
    here: Here, claim: RollClaim, form: ReasonForm, decide_form: DecideForm, told: dict[str, str]
) -> ResponseReturnValue:
    units = {unit.id: unit.name for unit in units_of(here.town.id)}
    page = render_template(
        "voting/claim.html", claim=claim, units=units, form=form, decide_form=decide_form, told=told,
        has_read=claims.has_read(claim, current_actor()),
    )  # fmt: skip
    response = make_response(page, max(status_of(form), status_of(decide_form)))
    response.headers["Cache-Control"] = "no-store"
    return response
