"""Letters with a printed code: made from the clerk's file and given as a paper once, voided; and voted with."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.core.phases import Phase
from pb.cycles.queries import Here
from pb.policy import Action
from pb.voting import letters, passes
from pb.voting.forms import LetterForm, LettersForm, VoidLetterForm
from pb.voting.qr import qr_svg
from pb.voting.views import ADDRESS
from pb.voting.views import blueprint as vote
from pb.web import pdf
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard

blueprint = Blueprint("letters", __name__, url_prefix="/<town>/<int:year>/letters")


def _at(here: Here) -> dict[str, Any]:
    return {"town": here.town.slug, "year": here.the_cycle.year}


@blueprint.route("")
@guard(Action.SEE_ROLL)
def index(here: Here) -> ResponseReturnValue:
    return _page(here, LettersForm(formdata=None), VoidLetterForm(formdata=None))


@blueprint.route("", methods=["POST"])
@guard(Action.MAKE_LETTERS)
def make(here: Here) -> ResponseReturnValue:
    """The answer is the paper itself: the codes stand on it and nowhere else."""
    form, made, now = LettersForm(), list[letters.Made](), clock.now()

    def print_(number: int, batch: list[letters.Letter]) -> bytes:
        html = paper(here, number, batch, form.size.data or "a4")
        return pdf.render_pdf(html) if pdf.available() else html.encode()

    def act() -> None:
        source: Any = request.files["file"].stream
        made.append(
            letters.make_letters(
                cycle_id=here.the_cycle.id, source=source, print_=print_, actor=current_actor(), now=now
            )
        )

    if not submitted(form, act):
        return _page(here, form, VoidLetterForm(formdata=None))
    name = f"letters-{here.town.slug}-{here.the_cycle.year}-{made[-1].number}"
    kind, ending = ("application/pdf", "pdf") if pdf.available() else ("text/html; charset=utf-8", "html")
    return Response(
        made[-1].paper,
        content_type=kind,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}.{ending}",
            "Cache-Control": "no-store",
        },
    )


def paper(here: Here, number: int, batch: list[letters.Letter], size: str) -> str:
    """The print page of a batch: a letter a sheet."""
    base: str = current_app.extensions["pb_settings"].base_url
    address = base + url_for("vote.letter", **_at(here))
    calendar = here.calendar
    return render_template(
        "voting/letters_print.html", number=number, letters=batch, size=size, address=address,
        qr=qr_svg(address), opens=calendar.starts[Phase.VOTING] if calendar else None,
        closes=calendar.closes(Phase.VOTING) if calendar else None,
    )  # fmt: skip


@blueprint.route("/void", methods=["POST"])
@guard(Action.MAKE_LETTERS)
def void(here: Here) -> ResponseReturnValue:
    form = VoidLetterForm()

    def act() -> None:
        letters.void_letter(
            cycle_id=here.the_cycle.id, serial=form.serial.data or "", reason=form.reason.data or "",
            actor=current_actor(), now=clock.now(),
        )  # fmt: skip

    if submitted(form, act):
        flash(_("The letter’s code is void. You can make a new letter for this person."), "success")
        return redirect(url_for("letters.index", **_at(here)))
    return _page(here, LettersForm(formdata=None), form)


def _page(here: Here, form: LettersForm, void_form: VoidLetterForm) -> ResponseReturnValue:
    page = render_template(
        "voting/letters.html", form=form, void_form=void_form, most=letters.MOST,
        batches=letters.batches_of(here.the_cycle.id), columns=list(letters.COLUMNS),
        chosen="printed_code" in here.rules.identification,
    )  # fmt: skip
    return page, max(status_of(form), status_of(void_form))


@vote.route("/letter", methods=["GET", "POST"])
@guard(Action.VOTE)
@ADDRESS
def letter(here: Here) -> ResponseReturnValue:
    """The voter's first page with a letter in hand; the ballot comes next."""
    form, proved = LetterForm(), []
    cycle_id, now, path = here.the_cycle.id, clock.now(), url_for("vote.start", **_at(here))

    def act() -> None:
        proved.append(
            letters.prove_letter(
                cycle_id=cycle_id, number=form.number.data or "", code=form.code.data or "", now=now,
                seen=passes.seen(),
            )
        )  # fmt: skip

    if submitted(form, act):
        response = make_response(redirect(url_for("vote.ballot", **_at(here))))
        passes.put_pass(response, cycle_id, path, proved[-1], now)
    else:
        page = render_template("voting/letter.html", form=form, ways=here.rules.identification)
        response = make_response(page, status_of(form))
    passes.mark_device(response, path)
    return response
