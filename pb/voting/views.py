"""The voter's pages: number, code, ballot, review, receipt. The last button is the only one that records."""

from __future__ import annotations

from typing import Any

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
from pb.core.ballots import draw_order, read_tracking_code
from pb.core.errors import Closed, Invalid
from pb.core.phases import Phase
from pb.cycles.queries import Here
from pb.extensions import limiter
from pb.places.queries import unit_names
from pb.policy import Action
from pb.voting import kiosk, passes, queries, tokens
from pb.voting.breaker import pause_of
from pb.voting.forms import BallotForm, CodeForm, NumberForm
from pb.voting.identify import MINE, may_ask, prove_code, request_code
from pb.voting.people import Voter
from pb.voting.qr import qr_svg
from pb.voting.queries_board import SignedHead, last_head
from pb.voting.receipts import receipt_text
from pb.voting.rounds import FrozenRound, frozen_round, the_round
from pb.voting.views_refused import closed_page, handle_refusals
from pb.web.forms import status_of, submitted
from pb.web.guard import guard, public
from pb.web.i18n import select_language
from pb.web.wording import error_words

blueprint = Blueprint("vote", __name__, url_prefix="/<town>/<int:year>/vote")
handle_refusals(blueprint)
# A whole village shares one address of a mobile network; numbers are limited in the database besides.
ADDRESS = limiter.limit("120 per 10 minutes; 3000 per day", methods=["POST"])


def _url(here: Here, endpoint: str, **values: Any) -> str:
    return url_for(endpoint, town=here.town.slug, year=here.the_cycle.year, **values)


def _path(here: Here) -> str:
    """Where the cookies go: the pages of this vote alone."""
    return _url(here, "vote.start")


@blueprint.after_request
def keep_nothing_at_a_centre(response: Response) -> Response:
    """A centre's screen keeps no page of the vote: “Back” asks again, and finds no pass."""
    if passes.is_kiosk():
        response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.context_processor
def at_a_centre() -> dict[str, Any]:
    """``kiosk``: at a centre's screen, after how many seconds a page gives way to the first one; else None."""
    return {"kiosk": int(kiosk.GOOD_FOR.total_seconds()) + 5 if passes.is_kiosk() else None}


def _voter(here: Here) -> tuple[Voter, FrozenRound]:
    voter = passes.voter_of(here.the_cycle.id, clock.now())
    return voter, frozen_round(voter.round_id)


@blueprint.route("", methods=["GET"])
@public()
def start(here: Here) -> ResponseReturnValue:
    mine = request.args.get("aim") == MINE and may_ask(here)
    if mine and pause_of(here.the_cycle.id) is None:
        return _start_page(here, NumberForm(data={"aim": MINE}))
    if here.status is None or here.status.phase is not Phase.VOTING or not here.status.is_open:
        return closed_page(here, "wrong_phase"), 200
    if pause_of(here.the_cycle.id) is not None and "sms_code" in here.rules.identification:
        return closed_page(here, "codes_paused"), 200
    return _start_page(here, NumberForm())


@blueprint.route("", methods=["POST"])
@guard(Action.ASK_OWN_VOTE)
@ADDRESS
def ask(here: Here) -> ResponseReturnValue:
    form, asked = NumberForm(), []
    cycle_id, now = here.the_cycle.id, clock.now()
    aim = MINE if form.aim.data == MINE else ""
    if not submitted(
        form,
        lambda: asked.append(
            request_code(
                cycle_id=cycle_id, number=form.number.data or "", language=select_language(), now=now, aim=aim
            )
        ),
    ):
        return _start_page(here, form)
    response = make_response(redirect(_url(here, "vote.code")))
    passes.put_challenge(response, cycle_id, _path(here), asked[-1], now)
    passes.mark_device(response, _path(here))
    return response


def _start_page(here: Here, form: NumberForm) -> ResponseReturnValue:
    template = "voting/ask_mine.html" if form.aim.data == MINE else "voting/start.html"
    page = render_template(template, form=form, ways=here.rules.identification)
    return page, status_of(form)


@blueprint.route("/code", methods=["GET", "POST"])
@guard(Action.ASK_OWN_VOTE)
@ADDRESS
def code(here: Here) -> ResponseReturnValue:
    cycle_id, now = here.the_cycle.id, clock.now()
    challenge = passes.challenge_of(cycle_id, now)
    if challenge is None:
        return redirect(_path(here))
    form, proved = CodeForm(), []
    if submitted(
        form,
        lambda: proved.append(
            prove_code(
                cycle_id=cycle_id,
                challenge_id=challenge.id,
                code=form.code.data or "",
                now=now,
                seen=passes.seen(),
                aim=challenge.aim,
            )
        ),
    ):
        response = make_response(
            redirect(_url(here, "vote.mine" if challenge.aim == MINE else "vote.ballot"))
        )
        passes.put_pass(response, cycle_id, _path(here), proved[-1], now)
        return response
    page = render_template(
        "voting/code.html", form=form, shown_code=challenge.shown_code, mine=challenge.aim == MINE
    )
    return page, status_of(form)


@blueprint.route("/mine")
@guard(Action.ASK_OWN_VOTE)
def mine(here: Here) -> ResponseReturnValue:
    """Whether a vote was cast in the name of whoever proved who they are: yes or no, and the channel.

    Also between the close and the destruction of the slots' values, after which nobody can tell.
    """
    voter, _frozen = _voter(here)
    if not may_ask(here):
        raise Closed("link_key_destroyed")
    channel = queries.channel_used(voter.round_id, voter.slot)
    over = here.status is None or here.status.phase is not Phase.VOTING
    return render_template("voting/mine.html", channel=channel, over=over)


@blueprint.route("/ballot", methods=["GET", "POST"])
@guard(Action.VOTE)
def ballot(here: Here) -> ResponseReturnValue:
    voter, frozen = _voter(here)
    unit, now = frozen.unit_on_ballot(voter.unit_id), clock.now()
    if queries.slot_is_used(voter.round_id, voter.slot):
        raise Closed("already_voted")
    form, error = BallotForm(), ""
    chosen = request.form.getlist("choice") or passes.kept_choices(here.the_cycle.id, voter.slot, now)
    if form.validate_on_submit():
        try:
            frozen.check(request.form.getlist("choice"), unit)
        except Invalid as problem:
            error, chosen = error_words(problem), request.form.getlist("choice")
        else:
            response = make_response(redirect(_url(here, "vote.review")))
            passes.keep_choices(response, here.the_cycle.id, _path(here), voter.slot, chosen, now)
            return response
    order = draw_order(voter.slot, frozen.eligible(unit))
    page = render_template(
        "voting/ballot.html", form=form, error=error, chosen=set(chosen), rules=frozen.rules,
        projects=[frozen.by_id[p] for p in order], budget=frozen.budget(unit), units=_units(here),
    )  # fmt: skip
    return page, 422 if error else status_of(form)


@blueprint.route("/review")
@guard(Action.VOTE)
def review(here: Here) -> ResponseReturnValue:
    voter, frozen = _voter(here)
    chosen = passes.kept_choices(here.the_cycle.id, voter.slot, clock.now())
    unit = frozen.unit_on_ballot(voter.unit_id)
    if queries.slot_is_used(voter.round_id, voter.slot):
        raise Closed("already_voted")
    try:
        frozen.check(chosen, unit)
    except Invalid:
        return redirect(_url(here, "vote.ballot"))
    return _review_page(here, voter, frozen, chosen)


def _review_page(here: Here, voter: Voter, frozen: FrozenRound, chosen: list[str]) -> ResponseReturnValue:
    projects = [frozen.by_id[p] for p in draw_order(voter.slot, chosen)]
    return render_template(
        "voting/review.html", form=BallotForm(formdata=None), projects=projects, units=_units(here),
        token=tokens.issue(voter.round_id, voter.slot, chosen), rules=frozen.rules,
        cost=sum(p.cost_tetri for p in projects), budget=frozen.budget(frozen.unit_on_ballot(voter.unit_id)),
    )  # fmt: skip


@blueprint.route("/cast", methods=["GET"])
@public()
def cast_by_reading(here: Here) -> ResponseReturnValue:
    """Somebody opened the address of the last button: nothing is recorded by reading."""
    return redirect(_url(here, "vote.review"))


def _receipt(here: Here, code: str) -> queries.Found | None:
    try:
        return queries.find_receipt(here.the_cycle.id, read_tracking_code(code))
    except Invalid:
        return None


def _head(here: Here) -> SignedHead | None:
    """The last head of the board, which the voter takes along: whoever keeps one can show a change before it."""
    row = the_round(here.the_cycle.id)
    return last_head(row.id, row.label)


@blueprint.route("/receipt/<code>")
@public(code=_receipt)
def receipt(here: Here, code: queries.Found) -> ResponseReturnValue:
    base: str = current_app.extensions["pb_settings"].base_url
    address = base + _url(here, "voting.check", code=code.receipt.code)
    page = render_template(
        "voting/receipt.html", receipt=code.receipt, qr=qr_svg(address), address=address, head=_head(here),
        board_by=here.calendar.closes(Phase.VOTING) if here.calendar else None,
    )  # fmt: skip
    response = make_response(page)
    if passes.is_kiosk():  # the session at a centre ends with the vote
        passes.forget_all(response, _path(here))
    return response


@blueprint.route("/receipt/<code>.txt")
@public(code=_receipt)
def receipt_file(here: Here, code: queries.Found) -> ResponseReturnValue:
    board_by = here.calendar.closes(Phase.VOTING).isoformat() if here.calendar else ""
    head = _head(here)
    return Response(
        receipt_text(code.receipt, board_by, head.head if head else None, head.signature if head else ""),
        mimetype="text/plain",
        headers={"Content-Disposition": f'attachment; filename="receipt-{code.receipt.code}.txt"'},
    )


@blueprint.route("/finish", methods=["POST"])
@public()
def finish(here: Here) -> ResponseReturnValue:
    flash(_("Finished. This device keeps nothing of your vote."), "success")
    response = make_response(redirect(_url(here, "vote.screen" if passes.is_kiosk() else "cycles.front")))
    passes.forget_all(response, _path(here))
    return response


def _units(here: Here) -> dict[str, dict[str, str]]:
    return {unit.slug: unit.name for unit in unit_names(here.town.id)}
