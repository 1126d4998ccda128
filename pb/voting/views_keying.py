"""Pages of paper after the close: the protocol of each centre, keying, putting all into the box."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.core.errors import Closed, Missing, Refused
from pb.core.whole import whole_number
from pb.cycles.models import typed_in
from pb.cycles.queries import Here
from pb.policy import Action
from pb.voting import commands_keying as commands
from pb.voting import paper
from pb.voting.commands_steps import propose_step
from pb.voting.forms_box import PublishedReasonForm
from pb.voting.forms_paper import CountForm, SheetForm, SignForm, offer_batches, offer_reasons
from pb.voting.paper import AtCentre
from pb.voting.rounds import freeze, round_of, the_round
from pb.voting.views_paper import url
from pb.voting.wording_paper import SHEET_REASONS
from pb.web.forms import Form, status_of, submitted
from pb.web.guard import current_actor, guard
from pb.web.pdf import pdf_response
from pb.web.wording import error_words

blueprint = Blueprint("keying", __name__, url_prefix="/<town>/<int:year>/paper")


def _centre(here: Here, centre: str) -> AtCentre | None:
    row, wanted = round_of(here.the_cycle.id), whole_number(centre)
    found = paper.centres(row.id) if row is not None else []
    return next((one for one in found if one.centre.id == wanted), None)


@blueprint.route("/centre/<centre>", methods=["GET", "POST"])
@guard(Action.KEY_PAPER, centre=_centre)
def protocol(here: Here, centre: AtCentre) -> ResponseReturnValue:
    """Count what lay in the box of a centre; another person counts again and signs."""
    kept = centre.protocol
    counting = CountForm(obj=kept) if kept is not None else CountForm()
    signing = SignForm(formdata=None)
    if submitted(
        counting,
        lambda: commands.count_papers(
            cycle_id=here.the_cycle.id, centre_id=centre.centre.id, in_box=counting.in_box.data or 0,
            missing=counting.missing.data or 0, note=counting.note.data or "", actor=current_actor(), now=clock.now(),
        ),
    ):  # fmt: skip
        flash(_("The count is entered. Another person counts again and signs."), "success")
        return redirect(url(here, "keying.protocol", centre=centre.centre.id))
    return _protocol(here, centre, counting, signing, counting)


@blueprint.route("/centre/<centre>/sign", methods=["POST"])
@guard(Action.KEY_PAPER, centre=_centre)
def sign(here: Here, centre: AtCentre) -> ResponseReturnValue:
    """The second signature."""
    form = SignForm()
    try:
        done = submitted(
            form,
            lambda: commands.sign_protocol(
                cycle_id=here.the_cycle.id, centre_id=centre.centre.id, in_box=form.in_box.data or 0,
                actor=current_actor(), now=clock.now(),
            ),
        )  # fmt: skip
    except Refused as error:
        if error.code != "same_person_paper":
            raise
        form.in_box.errors, done = [error_words(error)], False
    if not done:
        return _protocol(here, centre, CountForm(formdata=None, obj=centre.protocol), form, form)
    flash(_("The protocol is signed. The sheets can be keyed now."), "success")
    return redirect(url(here, "keying.protocol", centre=centre.centre.id))


@blueprint.route("/centre/<centre>/anew", methods=["POST"])
@guard(Action.CLOSE_BOX, centre=_centre)
def anew(here: Here, centre: AtCentre) -> ResponseReturnValue:
    """The first person: what was signed is wrong, and the papers of the centre are to be counted anew."""
    form = PublishedReasonForm(prefix="anew")
    if submitted(
        form,
        lambda: propose_step(
            cycle_id=here.the_cycle.id, kind="reopen", subject=str(centre.centre.id),
            reason=form.reason.data or "", actor=current_actor(), now=clock.now(),
        ),
    ):  # fmt: skip
        flash(
            _("Proposed. Another administrator must approve it within a day, signed in as themselves."),
            "success",
        )
        return redirect(url(here, "opening.index"))
    counting = CountForm(formdata=None, obj=centre.protocol)
    return _protocol(here, centre, counting, SignForm(formdata=None), form, form)


def _protocol(
    here: Here,
    centre: AtCentre,
    counting: CountForm,
    signing: SignForm,
    sent: Form,
    again: PublishedReasonForm | None = None,
) -> ResponseReturnValue:
    actor = current_actor()
    own = centre.protocol is not None and centre.protocol.counted_by == actor.account_id
    page = render_template(
        "voting/paper_protocol.html", at_centre=centre, counting=counting, signing=signing, sent=sent, own=own,
        reasons=SHEET_REASONS, again=again or PublishedReasonForm(formdata=None, prefix="anew"),
        former=paper.former_protocols(the_round(here.the_cycle.id).id, centre.centre.id), language_of=typed_in,
    )  # fmt: skip
    return page, status_of(sent)


@blueprint.route("/centre/<centre>.pdf")
@guard(Action.SEE_PAPER, centre=_centre)
def protocol_pdf(here: Here, centre: AtCentre) -> ResponseReturnValue:
    """The protocol to be signed by hand and hung up."""
    row = the_round(here.the_cycle.id)
    html = render_template(
        "voting/paper_protocol_print.html", at_centre=centre, vote=row, reasons=SHEET_REASONS,
        batches=[one for one in paper.batches(row.id) if one.centre_id == centre.centre.id],
    )  # fmt: skip
    return pdf_response(html, f"{row.label}-{centre.centre.id}-protocol.pdf")


@blueprint.route("/centre/<centre>/key", methods=["GET", "POST"])
@guard(Action.KEY_PAPER, centre=_centre)
def key(here: Here, centre: AtCentre) -> ResponseReturnValue:
    """Sheet after sheet: the numbers, Enter. What others have keyed is shown to nobody."""
    row, account_id = the_round(here.the_cycle.id), current_actor().account_id
    if account_id is None or not centre.is_signed:
        raise Missing("no_such_page")
    form = SheetForm()
    offer_batches(form.batch, [one for one in paper.batches(row.id) if one.centre_id == centre.centre.id])
    offer_reasons(form.reason)
    following = paper.next_sheet(row.id, centre.centre.id, account_id)
    if request.method == "GET":
        form.sheet.data, form.batch.data = following, whole_number(request.args.get("batch", ""))
    said: list[str] = []
    try:
        done = submitted(
            form,
            lambda: said.append(
                commands.key_sheet(
                    cycle_id=here.the_cycle.id, centre_id=centre.centre.id, sheet=form.sheet.data or 0,
                    batch=form.batch.data, numbers=form.numbers.data, reason=form.reason.data or "",
                    actor=current_actor(), now=clock.now(),
                )
            ),
        )  # fmt: skip
    except Closed as error:
        if error.code not in ("sheet_settled", "keyed_by_you"):
            raise
        form.sheet.errors, done = [error_words(error)], False
    if done:
        flash(_after(said[-1], form.sheet.data or 0), "error" if said[-1] == commands.DIFFERS else "success")
        return redirect(url(here, "keying.key", centre=centre.centre.id, batch=form.batch.data))
    page = render_template(
        "voting/paper_key.html", form=form, at_centre=centre, following=following, rules=freeze(row).rules
    )
    return page, status_of(form), {"Cache-Control": "no-store"}


def _after(said: str, sheet: int) -> str:
    if said == commands.AGREED:
        return _("Sheet %(n)s: keyed alike, settled.", n=sheet)
    if said == commands.DIFFERS:
        return _("Sheet %(n)s: the two differ. A third person keys it.", n=sheet)
    return _("Sheet %(n)s is kept. Another person keys it the second time.", n=sheet)


@blueprint.route("/into-the-box", methods=["POST"])
@guard(Action.CLOSE_BOX)
def into_the_box(here: Here) -> ResponseReturnValue:
    """All keyed ballots go into the box together."""
    count, invalid = commands.box_papers(cycle_id=here.the_cycle.id, actor=current_actor(), now=clock.now())
    flash(
        _(
            "%(count)s ballots of paper are in the box; %(invalid)s sheets are invalid.",
            count=count,
            invalid=invalid,
        ),
        "success",
    )
    return redirect(url(here, "paper.index"))
