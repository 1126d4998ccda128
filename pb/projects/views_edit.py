"""The author's pages: the list of tasks, and the forms of each part."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.core.errors import Invalid
from pb.cycles.queries import Here
from pb.policy import Action
from pb.projects import rows, text
from pb.projects.editing import Editing, newest, place_of
from pb.projects.guidance import EXAMPLES, HINTS, points_beside
from pb.projects.models import Project
from pb.projects.page_parts import edit_parts_of, hurdles_of, more_tasks_of, remarks_of
from pb.projects.queries_drafts import unsaved_pages
from pb.projects.records import author_labels
from pb.projects.tasks import next_of, tasks_of
from pb.projects.views import blueprint, drawn, load, number_words
from pb.web.forms import choices_of, status_of
from pb.web.guard import current_actor, guard
from pb.web.wording import error_words, label, language


@blueprint.get("/<int:number>/edit")
@guard(Action.SEE_OWN, number=load)
def edit(here: Here, number: Project) -> ResponseReturnValue:
    """The tasks of the author, with what is done, and what comes next."""
    place, account = place_of(here, number), current_actor().account_id
    tasks = tasks_of(
        number, newest(number), here.rules, language(),
        more=more_tasks_of(here, number), hurdles=bool(hurdles_of(here, number, clock.now())),
        unsaved=unsaved_pages(number.id, account) if account is not None else frozenset(),
    )  # fmt: skip
    urls = {
        name: task.url if name.startswith("more-") else url_for(f"projects.{name}", **place)
        for name, task in tasks.items()
    }
    return page_of(
        "edit", here, number, "tasks", text=newest(number), tasks=tasks, urls=urls, next=next_of(tasks)
    )


def page_of(name: str, here: Here, project: Project, part: str, **values: Any) -> str:
    """A page of the author's with what later features show on it."""
    return render_template(
        f"projects/{name}.html",
        project=project,
        number=number_words(here, project.number),
        back=url_for("projects.edit", **place_of(here, project)),
        parts=drawn(edit_parts_of(here, project, part)),
        remarks={field: drawn(found) for field, found in remarks_of(here, project).items()},
        **values,
    )


def _form_page(name: str, editing: Editing, **values: Any) -> ResponseReturnValue:
    here, project = editing.here, editing.project
    clashes = editing.clashes()
    page = page_of(
        name, here, project, editing.page, form=editing.form, editing=editing, limits=text.FIELD_LIMITS,
        clashes={one.name: one for one in clashes}, hints=HINTS, examples=EXAMPLES,
        points=points_beside(here.rules),
        saved_by=author_labels(project).get(editing.saved.by or 0, "") if clashes else "", **values,
    )  # fmt: skip
    return page, status_of(editing.form)


def _saved(here: Here, project: Project) -> ResponseReturnValue:
    flash(_("Saved."), "success")
    return redirect(url_for("projects.edit", **place_of(here, project)))


def _fields_page(here: Here, project: Project, page: str, title: str, lede: str) -> ResponseReturnValue:
    editing = Editing(here, project, page)
    for name, codes in text.CHOICES.items():
        if name in editing.form._fields:
            editing.form[name].choices = choices_of((c, label(f"{name}_{c}")) for c in codes)
    if (answer := editing.answer()) is not None:
        return answer
    if editing.saves():
        return _saved(here, project)
    return _form_page("fields", editing, names=text.PAGES[page], title=title, lede=lede)


@blueprint.route("/<int:number>/edit/text", methods=["GET", "POST"], endpoint="text")
@guard(Action.DEVELOP_PROJECT, number=load)
def text_page(here: Here, number: Project) -> ResponseReturnValue:
    """Title, problem, what will be done, who benefits."""
    lede = _("Write for your neighbours: short sentences, places and numbers that anybody can check.")
    return _fields_page(here, number, "text", _("What it is about"), lede)


@blueprint.route("/<int:number>/edit/land", methods=["GET", "POST"])
@guard(Action.DEVELOP_PROJECT, number=load)
def land(here: Here, number: Project) -> ResponseReturnValue:
    """On whose land it stands, and what permit it needs."""
    lede = _("Money of the town is spent only where the town may build. Ask at your administrative unit.")
    return _fields_page(here, number, "land", _("Land and permits"), lede)


@blueprint.route("/<int:number>/edit/team", methods=["GET", "POST"])
@guard(Action.DEVELOP_PROJECT, number=load)
def team(here: Here, number: Project) -> ResponseReturnValue:
    """Who does the work."""
    lede = _("A project that somebody takes care of is finished in time.")
    return _fields_page(here, number, "team", _("Team"), lede)


@blueprint.route("/<int:number>/edit/upkeep", methods=["GET", "POST"])
@guard(Action.DEVELOP_PROJECT, number=load)
def upkeep(here: Here, number: Project) -> ResponseReturnValue:
    """Who looks after it, what that costs, from what money."""
    lede = _("A project is worth as much as what is left of it after five years.")
    return _fields_page(here, number, "upkeep", _("Upkeep"), lede)


@blueprint.route("/<int:number>/edit/budget", methods=["GET", "POST"])
@guard(Action.DEVELOP_PROJECT, number=load)
def budget(here: Here, number: Project) -> ResponseReturnValue:
    """Lines of the budget; rows are added, moved and removed without saving."""
    editing = Editing(here, number, "budget")
    if (answer := editing.answer()) is not None:
        return answer
    if editing.saves():
        return _saved(here, number)
    lines, rules = rows.typed_budget(editing.form, editing.count), here.rules
    totals, sums = rows.typed_totals(lines), rows.line_sums(lines)
    asked = [{"sum_tetri": totals.asked}] if totals.whole else []
    wrong = text.cost_problems(asked, cap=rules.cost_cap_tetri, floor=rules.cost_floor_tetri) if asked else ()
    return _form_page(
        "budget", editing, totals=totals, sums=sums, cap=rules.cost_cap_tetri, floor=rules.cost_floor_tetri,
        wrong=[error_words(Invalid(p.code, **p.params)) for p in wrong],
    )  # fmt: skip


@blueprint.route("/<int:number>/edit/timeline", methods=["GET", "POST"])
@guard(Action.DEVELOP_PROJECT, number=load)
def timeline(here: Here, number: Project) -> ResponseReturnValue:
    """Steps by month."""
    assert here.calendar is not None
    editing = Editing(here, number, "timeline")
    rows.offer_months(editing.form, editing.count, editing.saved, here.calendar, language())
    if (answer := editing.answer()) is not None:
        return answer
    if editing.saves():
        return _saved(here, number)
    return _form_page("timeline", editing)
