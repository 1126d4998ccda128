"""Pages of staff: the winners, one winner's steps, one step."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.cycles.queries import Here
from pb.delivery import commands, queries
from pb.delivery.forms import AbandonForm, MilestoneForm, RecordForm
from pb.delivery.models import Milestone
from pb.delivery.views import bp, card_of, lang_of, timeline_of
from pb.policy import Action
from pb.projects.models import Project
from pb.projects.queries import project_by_number
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard


def winner(here: Here, number: int) -> Project | None:
    """A funded project of this cycle whose result is public."""
    project = project_by_number(here.the_cycle.id, number)
    return project if project and queries.delivery_of(project, clock.now()) else None


def step_of(here: Here, step: int) -> Milestone | None:
    """A step of one of the cycle's projects."""
    row = queries.milestone_by_id(step)
    return row if row and queries.cycle_of_project(row.project_id) == here.the_cycle.id else None


def _url(here: Here, endpoint: str, **values: object) -> str:
    return url_for(f"delivery.{endpoint}", town=here.town.slug, year=here.the_cycle.year, **values)  # type: ignore[arg-type]


@bp.get("/<town>/<int:year>/delivery/manage")
@guard(Action.RECORD_DELIVERY)
def manage(here: Here) -> ResponseReturnValue:
    """All winners, what is late first."""
    found = queries.deliveries(here, clock.now())
    found.sort(key=lambda one: (-one.progress.delay_days if one.progress.overdue else 0, one.project.number))
    return render_template("delivery/manage.html", rows=[card_of(here, one) for one in found])


@bp.route("/<town>/<int:year>/delivery/manage/<int:number>", methods=["GET", "POST"])
@guard(Action.RECORD_DELIVERY, number=winner)
def project(here: Here, number: Project) -> ResponseReturnValue:
    """One winner's steps; promising a new one."""
    form = MilestoneForm()
    if submitted(form, lambda: _add(number, form)):
        flash(_("The step is on the public page."), "success")
        return redirect(_url(here, "project", number=number.number))
    found = queries.delivery_of(number, clock.now())
    assert found is not None  # the loader has looked
    page = render_template(
        "delivery/project.html",
        project=number,
        card=card_of(here, found),
        steps=list(zip(found.progress.steps, timeline_of(found.progress), strict=True)),
        form=form,
        under_way=number.state in commands.UNDER_WAY,
    )
    return page, status_of(form)


def _add(row: Project, form: MilestoneForm) -> None:
    commands.add_milestone(
        project_id=row.id,
        title=form.title.data or "",
        due=form.due.data,  # type: ignore[arg-type]
        actor=current_actor(),
        now=clock.now(),
    )


@bp.route("/<town>/<int:year>/delivery/step/<int:step>", methods=["GET", "POST"])
@guard(Action.RECORD_DELIVERY, step=step_of)
def step(here: Here, step: Milestone) -> ResponseReturnValue:
    """What happened to one step."""
    form = RecordForm(obj=step)
    row = queries.project_by_id(step.project_id)
    if submitted(form, lambda: _record(step.id, form)):
        flash(_("Recorded. Everybody can read it now."), "success")
        return redirect(_url(here, "project", number=row.number))
    page = render_template("delivery/step.html", form=form, step=step, project=row, lang_of=lang_of)
    return page, status_of(form)


def _record(milestone_id: int, form: RecordForm) -> None:
    commands.record_milestone(
        milestone_id=milestone_id,
        done_on=form.done_on.data,
        paid_tetri=form.paid_tetri.data or 0,
        note=form.note.data or "",
        actor=current_actor(),
        now=clock.now(),
    )


@bp.post("/<town>/<int:year>/delivery/manage/<int:number>/finish")
@guard(Action.RECORD_DELIVERY, number=winner)
def finish(here: Here, number: Project) -> ResponseReturnValue:
    """All steps are done: the project is finished."""
    commands.move_delivery(project_id=number.id, act="finish", actor=current_actor(), now=clock.now())
    flash(_("The project is finished."), "success")
    return redirect(_url(here, "project", number=number.number))


@bp.route("/<town>/<int:year>/delivery/manage/<int:number>/abandon", methods=["GET", "POST"])
@guard(Action.RECORD_DELIVERY, number=winner)
def abandon(here: Here, number: Project) -> ResponseReturnValue:
    """Give a funded project up, with the reason."""
    form = AbandonForm()
    if submitted(form, lambda: _abandon(number, form)):
        flash(_("The project was given up. The reason is public."), "success")
        return redirect(_url(here, "manage"))
    return render_template("delivery/abandon.html", form=form, project=number), status_of(form)


def _abandon(row: Project, form: AbandonForm) -> None:
    commands.move_delivery(
        project_id=row.id,
        act="abandon",
        reason=form.reason.data or "",
        actor=current_actor(),
        now=clock.now(),
    )
