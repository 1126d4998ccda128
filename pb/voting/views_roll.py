"""Pages of the roll: upload with a dry run, the report, approval by a second administrator."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.core.errors import Invalid, Missing
from pb.core.whole import whole_number
from pb.cycles.queries import Here
from pb.policy import Action
from pb.voting import commands_roll as commands
from pb.voting import queries_people as queries
from pb.voting import roll_jobs
from pb.voting.claims import claims_until, open_claims
from pb.voting.forms import RollForm
from pb.voting.models_people import Roll
from pb.voting.roll_files import NEEDED
from pb.voting.roll_rows import LISTED, faults_csv
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard
from pb.web.wording import error_words, label

blueprint = Blueprint("roll", __name__, url_prefix="/<town>/<int:year>/roll")


def _load(here: Here, roll_id: str) -> Roll | None:
    number = whole_number(roll_id)
    return queries.roll_by_id(here.the_cycle.id, number) if number is not None else None


def _url(here: Here, endpoint: str, **values: Any) -> str:
    return url_for(endpoint, town=here.town.slug, year=here.the_cycle.year, **values)


@blueprint.route("")
@guard(Action.SEE_ROLL)
def index(here: Here) -> ResponseReturnValue:
    return _page(here, RollForm(formdata=None))


@blueprint.route("", methods=["POST"])
@guard(Action.IMPORT_ROLL)
def upload(here: Here) -> ResponseReturnValue:
    form = RollForm()
    begun: list[int] = []

    def act() -> None:
        kind = "import" if form.store.data else "check"
        source, now = request.files["file"].stream, clock.now()
        begun.append(
            roll_jobs.start(
                cycle_id=here.the_cycle.id, kind=kind, source=source, actor=current_actor(), now=now
            )
        )

    if submitted(form, act):
        return redirect(_url(here, "roll.show", roll=begun[0]))
    return _page(here, form)


@blueprint.route("/<roll>")
@guard(Action.SEE_ROLL, roll=_load)
def show(here: Here, roll: Roll) -> ResponseReturnValue:
    units = {unit.slug: unit.name for unit in here.town.units}
    why = error_words(Invalid(roll.failed)) if roll.failed else ""
    return render_template(
        "voting/roll_show.html",
        roll=roll,
        report=roll.report,
        units=units,
        listed=LISTED,
        why=why,
        claims_until=claims_until(here.the_cycle.id, here),
        claims_open=open_claims(here.the_cycle.id),
    )


@blueprint.route("/<roll>/report.csv")
@guard(Action.SEE_ROLL, roll=_load)
def report(here: Here, roll: Roll) -> ResponseReturnValue:
    """Every row that was wrong, with its reason: to mend the file by. No personal data."""
    if roll.faults is None:
        raise Missing("no_such_page")
    lines = b"".join(faults_csv(roll.faults, label, (_("Row"), _("Reason"))))
    name = f"roll-{here.town.slug}-{here.the_cycle.year}-{roll.id}.csv"
    return Response(
        lines, mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@blueprint.route("/<roll>/approve", methods=["POST"])
@guard(Action.APPROVE_ROLL, roll=_load)
def approve(here: Here, roll: Roll) -> ResponseReturnValue:
    seen = request.form.get("fingerprint")
    commands.approve_roll(roll_id=roll.id, actor=current_actor(), now=clock.now(), seen=seen)
    flash(_("The roll is approved and in force."), "success")
    return redirect(_url(here, "voting.box"))


@blueprint.route("/<roll>/discard", methods=["POST"])
@guard(Action.IMPORT_ROLL, roll=_load)
def discard(here: Here, roll: Roll) -> ResponseReturnValue:
    commands.discard_roll(roll_id=roll.id, actor=current_actor(), now=clock.now())
    flash(_("The import was discarded and its entries were erased."), "success")
    return redirect(_url(here, "roll.index"))


def _page(here: Here, form: RollForm) -> ResponseReturnValue:
    page = render_template(
        "voting/roll.html", form=form, rolls=queries.rolls_of(here.the_cycle.id), columns=NEEDED,
        min_age=here.rules.min_age_vote,
    )  # fmt: skip
    return page, status_of(form)
