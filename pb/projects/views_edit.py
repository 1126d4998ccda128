"""The author's pages: the list of tasks, the forms of each part, handing in."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from pb import clock
from pb.core.errors import Invalid, Missing
from pb.cycles.queries import Here
from pb.policy import Action
from pb.projects import commands, rows
from pb.projects.forms import BasedForm, HandInForm, TextForm, UpkeepForm, WithdrawForm
from pb.projects.models import Project, ProjectRevision
from pb.projects.page_parts import edit_parts_of, hurdles_of, more_tasks_of, remarks_of
from pb.projects.tasks import tasks_of
from pb.projects.text import (
    FIELD_LIMITS,
    FIELD_PAGES,
    MAX_LINES,
    MAX_STEPS,
    REASON_LIMIT,
    cost_of,
    missing_parts,
)
from pb.projects.views import blueprint, drawn, load, number_words, text_values
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard
from pb.web.wording import error_words, language

TEXT_FIELDS = ("title", "problem", "what", "beneficiaries")


def newest(project: Project) -> ProjectRevision:
    """The text to be edited; 404 for a project that was imported without one."""
    if project.revision is None:
        raise Missing("no_such_page")
    return project.revision


@blueprint.get("/<int:number>/edit")
@guard(Action.SEE_OWN, number=load)
def edit(here: Here, number: Project) -> ResponseReturnValue:
    """The tasks of the author, with what is done."""
    text = newest(number)
    tasks = tasks_of(
        number, text, here.rules, language(),
        more=more_tasks_of(here, number), hurdles=bool(hurdles_of(here, number, clock.now())),
    )  # fmt: skip
    urls = {
        name: task.url if name.startswith("more-") else url_for(f"projects.{name}", **_place(here, number))
        for name, task in tasks.items()
    }
    return _page("edit", here, number, "tasks", text=text, tasks=tasks, urls=urls)


def _place(here: Here, project: Project) -> dict[str, Any]:
    return {"town": here.town.slug, "year": here.the_cycle.year, "number": project.number}


def _page(name: str, here: Here, project: Project, part: str, **values: Any) -> str:
    return render_template(
        f"projects/{name}.html",
        project=project,
        number=number_words(here, project.number),
        back=url_for("projects.edit", **_place(here, project)),
        parts=drawn(edit_parts_of(here, project, part)),
        remarks={field: drawn(found) for field, found in remarks_of(here, project).items()},
        limits=FIELD_LIMITS,
        **values,
    )


def _saved(here: Here, project: Project, *, stay: str = "", **query: Any) -> Response:
    """Where the author goes after saving: back to the tasks, or to the same page with more rows."""
    if stay:
        return redirect(url_for(f"projects.{stay}", **_place(here, project), **query))
    flash(_("Saved."), "success")
    return redirect(url_for("projects.edit", **_place(here, project)))


def _conflict(form: BasedForm, project: Project) -> ProjectRevision | None:
    """The text that was saved in another window meanwhile; what is sent next is written over it knowingly."""
    text = newest(project)
    if not form.form_errors or form.base_number == text.number:
        return None
    form.base.data = str(text.number)
    return text


@blueprint.route("/<int:number>/edit/text", methods=["GET", "POST"])
@guard(Action.DEVELOP_PROJECT, number=load)
def text(here: Here, number: Project) -> ResponseReturnValue:
    """Title, problem, what will be done, who benefits."""
    form = TextForm(data={**newest(number).fields, "base": newest(number).number})
    if submitted(form, lambda: _save(number, form, fields={n: form[n].data or "" for n in TEXT_FIELDS})):
        return _saved(here, number)
    return _page("text", here, number, "text", form=form, other=_conflict(form, number)), status_of(form)


@blueprint.route("/<int:number>/edit/upkeep", methods=["GET", "POST"])
@guard(Action.DEVELOP_PROJECT, number=load)
def upkeep(here: Here, number: Project) -> ResponseReturnValue:
    """Who looks after it, and what that costs."""
    form = UpkeepForm(data={**newest(number).fields, "base": newest(number).number})
    if submitted(form, lambda: _save(number, form, fields={"upkeep": form.upkeep.data or ""})):
        return _saved(here, number)
    return _page("upkeep", here, number, "upkeep", form=form, other=_conflict(form, number)), status_of(form)


def _save(project: Project, form: BasedForm, **part: Any) -> None:
    commands.save_revision(
        project_id=project.id, actor=current_actor(), now=clock.now(), base=form.base_number, **part
    )


@blueprint.route("/<int:number>/edit/budget", methods=["GET", "POST"])
@guard(Action.DEVELOP_PROJECT, number=load)
def budget(here: Here, number: Project) -> ResponseReturnValue:
    """Lines of the budget; „more rows“ saves first."""
    form, count = rows.budget_form_for(newest(number), request.values.get("rows"))
    if submitted(form, lambda: _save(number, form, budget=rows.typed_budget(form, count))):
        more = rows.more_rows(count, MAX_LINES)
        return _saved(here, number, stay="budget" if "more" in request.form else "", rows=more)
    sums = rows.line_sums(rows.typed_budget(form, count))
    return _page(
        "budget", here, number, "budget", form=form, count=count, sums=sums, total=sum(s or 0 for s in sums),
        full=count >= MAX_LINES, other=_conflict(form, number), **_other_values(number, form),
    ), status_of(form)  # fmt: skip


@blueprint.route("/<int:number>/edit/timeline", methods=["GET", "POST"])
@guard(Action.DEVELOP_PROJECT, number=load)
def timeline(here: Here, number: Project) -> ResponseReturnValue:
    """Steps by month; „more rows“ saves first."""
    assert here.calendar is not None
    asked = request.values.get("rows")
    form, count = rows.timeline_form_for(newest(number), asked, here.calendar, language())
    if submitted(form, lambda: _save(number, form, timeline=rows.typed_timeline(form, count))):
        more = rows.more_rows(count, MAX_STEPS)
        return _saved(here, number, stay="timeline" if "more" in request.form else "", rows=more)
    return _page(
        "timeline", here, number, "timeline", form=form, count=count, full=count >= MAX_STEPS,
        other=_conflict(form, number), **_other_values(number, form),
    ), status_of(form)  # fmt: skip


def _other_values(project: Project, form: BasedForm) -> dict[str, Any]:
    """The saved rows, for the panel that shows them beside the typed ones."""
    return text_values(project.revision if form.errors else None)


@blueprint.route("/<int:number>/edit/hand-in", methods=["GET", "POST"])
@guard(Action.DEVELOP_PROJECT, number=load)
def hand_in(here: Here, number: Project) -> ResponseReturnValue:
    """Read it all once more, and hand it in."""
    text = newest(number)
    form = HandInForm(data={"base": text.number})
    if submitted(form, lambda: _hand_in(number, form)):
        return redirect(url_for("projects.handed_in", **_place(here, number)))
    text = newest(number)
    form.base.data = str(text.number)
    return _page(
        "hand_in", here, number, "hand_in", form=form, text=text, missing=_missing(here, number, text),
        cost=cost_of(text.budget), **text_values(text),
    ), status_of(form)  # fmt: skip


@blueprint.route("/<int:number>/edit/withdraw", methods=["GET", "POST"])
@guard(Action.WITHDRAW_PROJECT, number=load)
def withdraw(here: Here, number: Project) -> ResponseReturnValue:
    """Take the project back, after one more question."""
    form = WithdrawForm()
    if submitted(form, lambda: _withdraw(number, form)):
        flash(_("The project was withdrawn."), "success")
        return redirect(url_for("ideas.mine", town=here.town.slug, year=here.the_cycle.year))
    return _page(
        "withdraw", here, number, "withdraw", form=form, text=newest(number), limit=REASON_LIMIT
    ), status_of(form)


def _withdraw(project: Project, form: WithdrawForm) -> None:
    commands.withdraw_project(
        project_id=project.id, actor=current_actor(), now=clock.now(), reason=form.reason.data or ""
    )


def _hand_in(project: Project, form: BasedForm) -> None:
    commands.hand_in_project(
        project_id=project.id, actor=current_actor(), now=clock.now(), base=form.base_number
    )


def _missing(here: Here, project: Project, text: ProjectRevision) -> list[tuple[str, str]]:
    """(address of the page to correct it on, words) of everything that is missing or must be settled."""
    found = missing_parts(
        text.fields,
        text.timeline,
        text.budget,
        cap=here.rules.cost_cap_tetri,
        floor=here.rules.cost_floor_tetri,
    )
    place = _place(here, project)
    missing = [
        (
            url_for(f"projects.{FIELD_PAGES.get(p.field or '', 'text')}", **place),
            error_words(Invalid(p.code, **p.params)),
        )
        for p in found
    ]
    return missing + [
        (
            url_for(hurdle.endpoint, **{**place, **hurdle.values}),
            error_words(Invalid(hurdle.problem.code, **hurdle.problem.params)),
        )
        for hurdle in hurdles_of(here, project, clock.now())
    ]


@blueprint.get("/<int:number>/edit/handed-in")
@guard(Action.SEE_OWN, number=load)
def handed_in(here: Here, number: Project) -> ResponseReturnValue:
    """The confirmation, with the number and what comes next."""
    if number.handed_in_revision is None:
        return redirect(url_for("projects.edit", **_place(here, number)))
    return _page("handed_in", here, number, "handed_in", text=number.handed_in_revision)
