"""Pages of paper before the close: batches, their print, the desk at a centre. No choice is ever seen here."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.core.errors import Closed, Missing
from pb.core.whole import whole_number
from pb.cycles.queries import Here
from pb.places.queries import unit_names
from pb.policy import Action
from pb.voting import commands_paper as commands
from pb.voting import paper
from pb.voting.forms_paper import BatchForm, PaperDeskForm, SpoiltForm, offer_batches
from pb.voting.models import VotingRound
from pb.voting.models_paper import PaperBatch
from pb.voting.qr import qr_svg
from pb.voting.rounds import freeze, round_of, the_round
from pb.web.filters import words
from pb.web.forms import choices_of, status_of, submitted
from pb.web.guard import current_actor, guard
from pb.web.pdf import pdf_response
from pb.web.wording import error_words

blueprint = Blueprint("paper", __name__, url_prefix="/<town>/<int:year>/paper")


def batch_of(here: Here, number: str) -> PaperBatch | None:
    """A batch at an address."""
    row, wanted = round_of(here.the_cycle.id), whole_number(number)
    return paper.batch_at(row.id, wanted) if row is not None and wanted is not None else None


def url(here: Here, endpoint: str, **values: Any) -> str:
    """An address in this contest."""
    return url_for(endpoint, town=here.town.slug, year=here.the_cycle.year, **values)


@blueprint.route("", methods=["GET"])
@guard(Action.SEE_PAPER)
def index(here: Here) -> ResponseReturnValue:
    """Where paper stands: batches, centres, what is to be done next."""
    return _index(here, _batch_form(here))


@blueprint.route("", methods=["POST"])
@guard(Action.MANAGE_PAPER)
def make(here: Here) -> ResponseReturnValue:
    """Draw up a batch."""
    form = _batch_form(here)
    if not submitted(
        form,
        lambda: commands.make_batch(
            cycle_id=here.the_cycle.id, centre_id=form.centre_id.data, size=form.size.data or 0,
            unit_slug=form.unit_slug.data or "", actor=current_actor(), now=clock.now(),
        ),
    ):  # fmt: skip
        return _index(here, form)
    flash(_("The batch is drawn up; its order stands on the public board. Print it now."), "success")
    return redirect(url(here, "paper.index"))


def _batch_form(here: Here) -> BatchForm:
    form = BatchForm()
    form.centre_id.choices = choices_of((one.id, words(one.name)) for one in here.town.centres)
    units = unit_names(here.town.id) if here.rules.ballot.scope == "own_unit" else []
    form.unit_slug.choices = choices_of((unit.slug, words(unit.name)) for unit in units)
    return form


def _index(here: Here, form: BatchForm) -> ResponseReturnValue:
    row = round_of(here.the_cycle.id)
    page = render_template(
        "voting/paper.html", form=form, vote=row, on_paper=here.rules.ballot.on_paper,
        batches=paper.batches(row.id) if row else [], centres=paper.centres(row.id) if row else [],
        names={one.id: one.name for one in here.town.centres},
        units={unit.slug: unit.name for unit in unit_names(here.town.id)},
        unsettled=paper.unsettled(row) if row is not None and row.closed_at is not None else None,
    )  # fmt: skip
    return page, status_of(form)


@blueprint.route("/batch/<batch>.pdf")
@guard(Action.SEE_PAPER, batch=batch_of)
def batch_pdf(here: Here, batch: PaperBatch) -> ResponseReturnValue:
    """The ballot of a batch, after a cover that says how often it is printed."""
    row = the_round(here.the_cycle.id)
    html = render_template("voting/paper_ballot.html", **_ballot(here, row, batch))
    return pdf_response(html, f"{row.label}-{batch.number}.pdf")


def _ballot(here: Here, row: VotingRound, batch: PaperBatch) -> dict[str, Any]:
    frozen = freeze(row)
    return {
        "batch": batch,
        "vote": row,
        "projects": [frozen.by_id[one] for one in batch.order],
        "rules": frozen.rules,
        "budget": frozen.budget(batch.unit_slug or None),
        "centre": paper.centre_name(batch.centre_id),
        "units": {unit.slug: unit.name for unit in unit_names(here.town.id)},
        "qr": qr_svg(f"pb-paper-v1 {row.label} {batch.number}"),
    }


@blueprint.route("/desk", methods=["GET", "POST"])
@guard(Action.HELP_IN_PERSON)
def desk(here: Here) -> ResponseReturnValue:
    """The operator issues ballots, replaces spoilt ones and takes unused ones back."""
    row = the_round(here.the_cycle.id)
    form, spoilt, found = PaperDeskForm(), SpoiltForm(formdata=None), _own_batches(here, row)
    if not here.rules.ballot.on_paper:
        raise Missing("no_such_page")
    for field in (form.batch, spoilt.spoilt_batch):
        offer_batches(field, found)
    if _done(here, form):
        return redirect(url(here, "paper.desk", batch=form.batch.data))
    return _desk(here, form, spoilt, row)


def _own_batches(here: Here, row: VotingRound) -> list[PaperBatch]:
    """The batches of the centre to which the operator's role is bound; all where it is bound to none."""
    bound = current_actor().centres.get(here.town.id)
    return [one for one in paper.batches(row.id) if bound in (None, one.centre_id)]


def _done(here: Here, form: PaperDeskForm) -> bool:
    def act() -> None:
        given: dict[str, Any] = {
            "cycle_id": here.the_cycle.id, "number": form.number.data or "", "batch": form.batch.data,
            "actor": current_actor(), "now": clock.now(),
        }  # fmt: skip
        if form.back.data:
            commands.take_back(**given)
            flash(_("The ballot was taken back, and is not counted."), "success")
        else:
            commands.issue_paper(**given)
            flash(_("Issued: hand over one ballot of batch %(n)s.", n=form.batch.data), "success")

    try:
        return submitted(form, act)
    except Closed as error:
        if error.code not in ("already_voted", "batch_used_up", "nothing_issued"):
            raise
        form.number.errors = [error_words(error)]
        return False


@blueprint.route("/desk/spoilt", methods=["POST"])
@guard(Action.HELP_IN_PERSON)
def spoilt(here: Here) -> ResponseReturnValue:
    """A spoilt paper came back; another one is handed over."""
    row = the_round(here.the_cycle.id)
    form = SpoiltForm()
    offer_batches(form.spoilt_batch, _own_batches(here, row))
    if form.validate_on_submit():
        commands.replace_spoilt(
            cycle_id=here.the_cycle.id, batch=form.spoilt_batch.data, actor=current_actor(), now=clock.now()
        )
        flash(
            _("Replaced. Tear the spoilt ballot, put it into the envelope unread, hand over a new one."),
            "success",
        )
    return redirect(url(here, "paper.desk"))


def _desk(here: Here, form: PaperDeskForm, spoilt: SpoiltForm, row: VotingRound) -> ResponseReturnValue:
    page = render_template(
        "voting/paper_desk.html", form=form, spoilt=spoilt, centres=paper.centres(row.id),
        left=[(one, one.size - paper.issued_of(row.id, one.number)) for one in _own_batches(here, row)],
        names={one.id: one.name for one in here.town.centres},
    )  # fmt: skip
    return page, status_of(form), {"Cache-Control": "no-store"}
