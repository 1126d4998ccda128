"""The page of alarms, for administrators and observers; and the end of a pause of codes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.accounts.queries import account_by_id, name_of
from pb.cycles.queries import Here
from pb.policy import Action, Role
from pb.voting import queries_alarms as queries
from pb.voting.breaker import lift_pause, pause_of
from pb.voting.forms import ReasonForm
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard

blueprint = Blueprint("alarms", __name__, url_prefix="/<town>/<int:year>/alarms")


@blueprint.route("")
@guard(Action.SEE_ALARMS)
def index(here: Here) -> ResponseReturnValue:
    return _page(here, ReasonForm(formdata=None))


@blueprint.route("", methods=["POST"])
@guard(Action.LIFT_PAUSE)
def lift(here: Here) -> ResponseReturnValue:
    form, cycle_id = ReasonForm(), here.the_cycle.id

    def act() -> None:
        reason = form.reason.data or ""
        lift_pause(cycle_id=cycle_id, reason=reason, actor=current_actor(), now=clock.now())

    if submitted(form, act):
        flash(_("Codes are sent again."), "success")
        return redirect(url_for("alarms.index", town=here.town.slug, year=here.the_cycle.year))
    return _page(here, form)


def _page(here: Here, form: ReasonForm) -> ResponseReturnValue:
    cycle_id = here.the_cycle.id
    facts = queries.facts_of(cycle_id, here.rules.voters)
    page = render_template(
        "voting/alarms.html", facts=facts, names=_names(here, facts), pause=pause_of(cycle_id), form=form,
        pauses=queries.pauses_of(cycle_id), voters=here.rules.voters,
    )  # fmt: skip
    return page, status_of(form)


def _names(here: Here, facts: list[queries.Fact]) -> dict[str, Any]:
    """Names of operators, for administrators; an observer sees that there was one."""
    if not current_actor().has(here.town.id, Role.ADMINISTRATOR):
        return {}
    ids = {fact.mark for fact in facts if fact.kind in ("operator", "first_phone")}
    return {mark: name_of(account) for mark in ids if (account := account_by_id(int(mark)))}
