"""Administration of a cycle's dates: the calendar before publication, acts of two administrators after."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.accounts.queries import actor_by_id
from pb.core.phases import Phase
from pb.cycles import commands, commands_acts, queries
from pb.cycles.fields import SelectChoice
from pb.cycles.forms_dates import DatesForm, ProposeForm
from pb.cycles.guide import guide, plan
from pb.cycles.models import CycleAct, typed_in
from pb.cycles.queries import Here
from pb.cycles.views import bp
from pb.cycles.words_rules import ACTS, OUTCOMES
from pb.policy import Action
from pb.web.filters import deadline
from pb.web.forms import Form, status_of, submitted
from pb.web.guard import current_actor, guard
from pb.web.wording import label


@bp.route("/<town>/admin/<int:year>/dates", methods=["GET", "POST"])
@guard(Action.EDIT_CYCLE)
def edit_dates(here: Here) -> ResponseReturnValue:
    """When each phase begins, whether there is a vote, and the terms inside phases."""
    dates, _status = plan(here)
    form = DatesForm()
    if not form.is_submitted():
        form.show(dates)
    if submitted(form, lambda: _save_dates(here, form)):
        flash(_("Saved."), "success")
        return redirect(url_for("cycles.tasks", town=here.town.slug, year=here.the_cycle.year))
    published = here.the_cycle.published_at is not None
    return render_template("cycles/edit_dates.html", form=form, frozen=published), status_of(form)


def _save_dates(here: Here, form: DatesForm) -> None:
    commands.save_calendar(
        cycle_id=here.the_cycle.id, calendar=form.calendar(), actor=current_actor(), now=clock.now()
    )


def _act(here: Here, act_id: int) -> CycleAct | None:
    return queries.act_of(here.the_cycle.id, act_id)


@bp.route("/<town>/<int:year>/acts", methods=["GET", "POST"])
@guard(Action.PROPOSE_ACT)
def acts(here: Here) -> ResponseReturnValue:
    """Extend, pause, resume, halt: one administrator proposes with a reason, another decides."""
    form = _propose_form(here)
    if submitted(form, lambda: _propose(here, form)):
        flash(_("Proposed. Another administrator has to approve it."), "success")
        return redirect(url_for("cycles.acts", town=here.town.slug, year=here.the_cycle.year))
    cycle = here.the_cycle
    decided = [act for act in queries.acts_of(cycle.id) if act.outcome is not None]
    pending = queries.pending_act(cycle.id)
    page = render_template(
        "cycles/acts.html", form=form, pending=pending, decided=decided, names=_names,
        language_of=typed_in, acts_words=ACTS, outcomes=OUTCOMES, guide=guide(here, clock.now()),
        published=cycle.published_at is not None,
        mine=pending is not None and pending.proposed_by == current_actor().account_id,
    )  # fmt: skip
    return page, status_of(form)


def _names(account_id: int | None) -> str:
    return actor_by_id(account_id).display_name if account_id else ""


def _propose_form(here: Here) -> ProposeForm:
    dates, status = plan(here)
    form = ProposeForm()
    kinds = ["extend", "resume" if status.paused else "pause", "halt"]
    form.kind.choices = [SelectChoice(kind, ACTS[kind]) for kind in kinds]
    form.phase.choices = [
        SelectChoice(phase.value, f"{label(phase)} ({deadline(dates.closes(phase))})")
        for phase in commands_acts.extendable(status, dates)
    ]
    return form


def _propose(here: Here, form: ProposeForm) -> None:
    extends = form.kind.data == "extend"
    commands_acts.propose_act(
        cycle_id=here.the_cycle.id,
        kind=form.kind.data,
        reason=form.reason.data or "",
        phase=Phase(form.phase.data) if extends and form.phase.data in set(Phase) else None,
        until=form.until.data if extends else None,
        actor=current_actor(),
        now=clock.now(),
    )


@bp.post("/<town>/<int:year>/acts/<int:act>/<any(approve, reject):verdict>")
@guard(Action.APPROVE_ACT, act=_act)
def decide_act(here: Here, act: CycleAct, verdict: str) -> ResponseReturnValue:
    """Approve or reject what another administrator proposed."""
    if Form().validate_on_submit():
        commands_acts.decide_act(
            act_id=act.id, approve=verdict == "approve", actor=current_actor(), now=clock.now()
        )
        flash(_("Decided. The act and its reason are public."), "success")
    return redirect(url_for("cycles.acts", town=here.town.slug, year=here.the_cycle.year))


@bp.post("/<town>/<int:year>/acts/<int:act>/withdraw")
@guard(Action.PROPOSE_ACT, act=_act)
def withdraw_act(here: Here, act: CycleAct) -> ResponseReturnValue:
    """Take an own proposal back."""
    commands_acts.withdraw_act(act_id=act.id, actor=current_actor(), now=clock.now())
    flash(_("Withdrawn."), "success")
    return redirect(url_for("cycles.acts", town=here.town.slug, year=here.the_cycle.year))
