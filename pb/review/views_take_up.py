"""Beginning the check of several ideas at once: chosen, confirmed by number, done."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from pb import clock
from pb.core.whole import whole_number
from pb.cycles.queries import Here
from pb.policy import Action, allowed
from pb.review import commands_eligibility, queries_eligibility
from pb.review.blueprint import blueprint
from pb.review.queries_eligibility import QueueRow
from pb.review.views_eligibility import BASE, url_of
from pb.web.forms import Form, status_of, submitted
from pb.web.guard import current_actor, guard

MOST = 100


def _waiting(here: Here) -> list[QueueRow]:
    """Ideas that nobody has begun, the longest waiting first, without the reader's own."""
    rows = queries_eligibility.queue(here.the_cycle.id, now=clock.now())
    actor = current_actor()
    return [
        row
        for row in rows
        if row.idea.state == "submitted"
        and allowed(actor, Action.CHECK_IDEA, town_id=here.town.id, status=here.status, thing=row.idea)
    ][:MOST]


@blueprint.route(f"{BASE}/take-up", methods=["GET", "POST"])
@guard(Action.CHECK_IDEA)
def take_up_many(here: Here) -> ResponseReturnValue:
    """Choose; look at the number; then the authors of these ideas can change nothing any more."""
    rows, form = _waiting(here), Form()
    typed = {whole_number(value) for value in request.form.getlist("idea")}
    chosen = [row for row in rows if row.idea.id in typed]
    done: list[int] = []

    def act() -> None:
        done.append(
            commands_eligibility.take_up_many(
                cycle_id=here.the_cycle.id,
                idea_ids=[row.idea.id for row in chosen],
                actor=current_actor(),
                now=clock.now(),
            )
        )

    sure = request.form.get("act") == "confirm" or (request.method == "POST" and not chosen)
    if sure and submitted(form, act):
        words = ngettext(
            "The check of %(num)s idea is begun.", "The check of %(num)s ideas is begun.", done[0]
        )
        flash(words, "success")
        return redirect(url_of(here, "queue", person=current_actor().account_id))
    asks = request.method == "POST" and bool(chosen) and not form.errors
    page = render_template(
        "review/take_up.html",
        form=form,
        rows=rows,
        chosen=chosen,
        asks=asks,
        title=_("Take up several ideas"),
    )
    return page, status_of(form)
