"""Pages that belong to no single feature: the front page of the installation, about, the demonstration."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock, installation
from pb.accounts.models import Account
from pb.accounts.queries import account_by_id
from pb.accounts.session import enter
from pb.core.workdays import TBILISI
from pb.cycles import board_parts
from pb.cycles.queries import Here
from pb.policy import Action
from pb.site import queries
from pb.site.demo_people import PASSWORD, demonstration_staff, demonstration_voters
from pb.site.forms import ClockForm
from pb.site.rehearsal import stops
from pb.web.forms import status_of
from pb.web.guard import current_actor, guard, public

bp = Blueprint("site", __name__)


@bp.get("/")
@public()
def index() -> ResponseReturnValue:
    """The towns, and what goes on in each."""
    return render_template("site/index.html", towns=queries.towns_now(clock.now()))


@bp.get("/about")
@public()
def about() -> ResponseReturnValue:
    """What the site is and promises."""
    return render_template("site/about.html")


def _demonstration_only() -> None:
    if not current_app.extensions["pb_settings"].is_demonstration:
        abort(404)


@bp.get("/demo")
@public()
def demo() -> ResponseReturnValue:
    """Whom to sign in as, what to try, and the rehearsal clock. In demonstrations only."""
    _demonstration_only()
    return _demo_page(
        ClockForm(day=clock.now().astimezone(TBILISI).date(), time=clock.now().astimezone(TBILISI).time())
    )


def _demo_page(form: ClockForm) -> ResponseReturnValue:
    now = clock.now()
    clocks = [(town, heres[0], stops(heres[0])) for town, heres in queries.towns_now(now) if heres]
    page = render_template(
        "site/demo.html",
        form=form,
        clocks=clocks,
        staff=demonstration_staff(),
        voters=demonstration_voters(),
        password=PASSWORD,
    )
    return page, status_of(form)


@bp.post("/demo/clock")
@public()
def turn_clock() -> ResponseReturnValue:
    """Turn the whole site to a moment."""
    _demonstration_only()
    wanted = request.form.get("to", "")
    form = ClockForm()
    if wanted == "now":
        moment = clock.system_now()
    elif wanted:
        try:
            moment = datetime.fromisoformat(wanted).astimezone(UTC)
        except (ValueError, OverflowError):
            abort(400)
    elif form.validate_on_submit():
        moment = datetime.combine(form.day.data, form.time.data, TBILISI)  # type: ignore[arg-type]
    else:
        return _demo_page(form)
    installation.turn_clock(to=moment)
    flash(_("The clock was turned."), "success")
    return redirect(url_for("site.demo", _anchor="clock"))


def demonstration_account(account_id: int) -> Account | None:
    """An invented member of staff, or None."""
    account = account_by_id(account_id)
    return account if account and account.email and account.email.endswith("@example.org") else None


@bp.post("/demo/sign-in/<int:account>")
@public(account=demonstration_account)
def demo_sign_in(account: Account) -> ResponseReturnValue:
    """Sign in as one of the invented staff by one press. In demonstrations only."""
    _demonstration_only()
    enter(account.id)
    here = next((g.town_id for g in account.grants if g.revoked_at is None), None)
    for town, heres in queries.towns_now(clock.now()):
        if town.id == here and heres:
            return redirect(url_for("site.board", town=town.slug, year=heres[0].the_cycle.year))
    return redirect(url_for("site.index"))


@bp.get("/<town>/<int:year>/board")
@guard(Action.SEE_BOARD)
def board(here: Here) -> ResponseReturnValue:
    """What waits for whoever is signed in."""
    lines = board_parts.entries(here, current_actor(), clock.now())
    return render_template("site/board.html", entries=lines)
