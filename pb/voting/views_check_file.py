"""Pages of the check file: taken before casting, after a warning; computed again later, on any device."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pb import clock
from pb.core.errors import Invalid
from pb.cycles.queries import Here
from pb.extensions import limiter
from pb.places.queries import unit_names
from pb.policy import Action
from pb.voting import check_file, passes, queries
from pb.voting.check_file import Checked
from pb.voting.forms import CheckFileForm
from pb.voting.rounds import freeze, round_of
from pb.voting.views_refused import handle_refusals
from pb.web.forms import status_of, submitted
from pb.web.guard import guard, public

blueprint = Blueprint("checkfile", __name__, url_prefix="/<town>/<int:year>/vote/check-file")
handle_refusals(blueprint)
LIMIT = limiter.limit("60 per 10 minutes", methods=["POST"])


@blueprint.route("/take", methods=["POST"])
@guard(Action.VOTE)
def take(here: Here) -> ResponseReturnValue:
    """The file of the ballot on the last page. Nothing is recorded by taking it."""
    voter = passes.voter_of(here.the_cycle.id, clock.now())
    try:
        made = check_file.make(
            round_id=voter.round_id, slot=voter.slot, unit_id=voter.unit_id,
            choices=request.form.getlist("chosen"), token=request.form.get("token", ""),
        )  # fmt: skip
    except Invalid:
        return redirect(url_for("vote.review", town=here.town.slug, year=here.the_cycle.year))
    headers = {
        "Content-Disposition": f'attachment; filename="{here.town.slug}-{here.the_cycle.year}-check.json"',
        "Cache-Control": "no-store",
    }
    return Response(made, mimetype="application/json", headers=headers)


@blueprint.route("", methods=["GET", "POST"])
@public()
@LIMIT
def check(here: Here) -> ResponseReturnValue:
    """Compute a file: what is chosen in it, and whether that ballot is on the board. Nothing of it is kept."""
    form, read = CheckFileForm(), list[Checked]()

    def act() -> None:
        text = form.text.data or ""
        if form.file.data:
            text = form.file.data.read(check_file.LONGEST + 1).decode(errors="replace")
        read.append(check_file.read(text))

    submitted(form, act)
    row, found = round_of(here.the_cycle.id), None
    checked = read[-1] if read else None
    if checked is not None and row is not None and checked.ballot.round_id == row.label:
        found = queries.find_receipt(here.the_cycle.id, checked.code)
        if found is not None and found.receipt.commitment != checked.commitment:
            found = None
    projects = freeze(row).by_id if row is not None else {}
    page = render_template(
        "voting/check_file.html", form=form, checked=checked, found=found, projects=projects,
        units={unit.slug: unit.name for unit in unit_names(here.town.id)},
        opened=row is not None and row.opened_at is not None,
    )  # fmt: skip
    return page, status_of(form), {"Cache-Control": "no-store"}
