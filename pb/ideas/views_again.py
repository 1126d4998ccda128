"""The page from which an idea of a former year is handed in again."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from pb import clock
from pb.accounts.limits import CITIZENS
from pb.cycles.queries import Here
from pb.ideas import again, commands_again
from pb.ideas.content import public_number
from pb.ideas.forms import ActForm
from pb.ideas.models import Idea
from pb.ideas.views import bp, url_of
from pb.policy import Action
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard
from pb.web.i18n import select_language


@bp.route("/<town>/<int:year>/ideas/again", methods=["GET", "POST"])
@guard(Action.HAND_IN_IDEA)
@CITIZENS
def hand_in_again(here: Here) -> ResponseReturnValue:
    """The reader's own refused ideas of former years, each with the way to a draft of this year."""
    actor, form = current_actor(), ActForm()
    made: list[Idea] = []
    old_id = request.form.get("idea", type=int) or 0
    if submitted(
        form,
        lambda: made.append(
            commands_again.begin_again(
                cycle_id=here.the_cycle.id, old_id=old_id, actor=actor, now=clock.now(),
                language=select_language(),
            )
        ),
    ):  # fmt: skip
        return redirect(url_of(here, "step", idea=made[0].id, step="idea"))
    rows = [
        (
            idea,
            end,
            idea.cycle.year,
            public_number(here.town.number_prefix, idea.cycle.year, idea.number or 0),
        )
        for idea, end in again.former_ideas(here, actor.account_id or 0)
    ]
    return render_template("ideas/again.html", rows=rows, form=form), status_of(form)
