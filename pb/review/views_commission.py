"""A member's pages: the own list, the declaration, the sheet. None of them tells another member's score."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.core.errors import Refused
from pb.core.whole import whole_number
from pb.cycles.queries import Here
from pb.policy import Action, Role
from pb.projects import rows
from pb.projects.models import Project
from pb.projects.records import number_of
from pb.review import commands_commission as commands
from pb.review import queries_commission as queries
from pb.review import queries_conflicts, queries_ranking, queries_seats
from pb.review.blueprint import blueprint
from pb.review.forms_commission import ConfirmForm, DeclarationForm, SheetForm, sheet_form, stored_values
from pb.review.models import ScoreSheet
from pb.review.panel_members import CLEAN, DETAILS_MAX
from pb.review.points import total
from pb.review.queries_commission import Duty, Standing
from pb.review.queries_duty import conflicts, sheets_in
from pb.review.queries_hints import hints_for
from pb.review.showing_sheet import answered, reading, values_of
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard
from pb.web.wording import language


def load(here: Here, number: int) -> Project | None:
    """A project before the commission."""
    return queries.scored_project(here, number)


def address(here: Here, endpoint: str, **values: Any) -> str:
    """The address of a page of this cycle."""
    return url_for(f"review.{endpoint}", town=here.town.slug, year=here.the_cycle.year, **values)


def text_values(project: Project) -> dict[str, Any]:
    """What templates/projects/_text.html shows of the frozen text."""
    text = project.handed_in_revision
    assert text is not None
    return {
        "project": project,
        "number": number_of(project),
        "text": text,
        "budget": rows.budget_table(text.budget, language()),
        "money_rows": rows.money_parts(text.budget, _("Everything else")),
        "steps": [
            {"when": rows.month_words(step["month"], language()), "title": step["step"]}
            for step in text.timeline
        ],
    }


def _me() -> int:
    account_id = current_actor().account_id
    assert account_id is not None
    return account_id


@blueprint.get("/<town>/<int:year>/commission")
@guard(Action.SEE_COMMISSION)
def desk(here: Here) -> ResponseReturnValue:
    """The own list, and for chair and secretary how many sheets are in (never what they say)."""
    assert here.calendar is not None
    duties = queries.duties(here, _me())
    due = [duty for duty in duties if duty.standing is not Standing.RECUSED]
    organises = current_actor().has(here.town.id, Role.CHAIR, Role.SECRETARY)
    window = here.calendar.window("scoring")
    return render_template(
        "review/commission.html",
        duties=[_task(here, duty) for duty in duties],
        due=len(due),
        done=sum(duty.standing is Standing.SUBMITTED for duty in due),
        waiting=queries.next_duty(duties, 0),
        window=window,
        not_open=clock.now() < window.opens,
        late=clock.now() >= window.closes,
        days_left=max(0, (window.closes - max(clock.now(), window.opens)).days),
        sheets=sheets_in(here) if organises else None,
        conflicts=conflicts(here) if organises else [],
        opened=queries_ranking.is_open(here.the_cycle.id),
        published=queries_ranking.is_published(here.the_cycle.id, clock.now()),
        seat=queries_seats.seat_of(here.the_cycle.id, _me()),
        substitutes=queries_seats.seats(here.the_cycle.id, "substitute") if organises else [],
        open_challenges=sum(
            row.decision is None for row in queries_conflicts.challenges(here.the_cycle.id, clock.now())
        ),
        called=queries_seats.calls(here.the_cycle.id) if organises else {},
    )


def _task(here: Here, duty: Duty) -> dict[str, Any]:
    project, standing = duty.project, duty.standing
    endpoint = "declare" if standing is Standing.DECLARE else "sheet"
    return {
        "label": project.title,
        "lang": project.language,
        "number": number_of(project),
        "unit": project.unit.name if project.unit else None,
        "cost": project.cost_tetri,
        "url": "" if standing is Standing.RECUSED else address(here, endpoint, number=project.number),
        "standing": standing.value,
        "kind": duty.kind,
    }


@blueprint.route("/<town>/<int:year>/commission/<int:number>/declare", methods=["GET", "POST"])
@guard(Action.DECLARE_CONFLICT, number=load)
def declare(here: Here, number: Project) -> ResponseReturnValue:
    """None, or a typed conflict; before the first look at the sheet, and again whenever one is discovered."""
    form, project = DeclarationForm(), number

    def act() -> int:
        return commands.declare_conflict(
            project_id=project.id,
            kind=form.kind.data or "",
            details=form.details.data or "",
            actor=current_actor(),
            now=clock.now(),
        )

    if submitted(form, act):
        if form.kind.data == CLEAN:
            return redirect(address(here, "sheet", number=project.number))
        flash(_("You are recused. The declaration stands in the minutes."), "success")
        return redirect(address(here, "desk"))
    sheet = queries.own_sheet(project.id, _me())
    page = render_template(
        "review/commission_declare.html",
        form=form,
        recused=queries.panel_of(here).kind(_me(), project.id),
        declared=queries.clean_declaration(project.id, _me()) is not None,
        has_sheet=sheet is not None and sheet.state == "submitted",
        details_max=DETAILS_MAX,
        hints=hints_for(_me(), project.id),
        **text_values(project),
    )
    return page, status_of(form)


def _may_open(here: Here, project: Project) -> ResponseReturnValue | None:
    """None when the member may open the sheet; else where to go first. Raises Refused for the recused."""
    if queries.panel_of(here).kind(_me(), project.id):
        raise Refused("recused")
    if queries.clean_declaration(project.id, _me()) is None:
        return redirect(address(here, "declare", number=project.number))
    return None


@blueprint.route("/<town>/<int:year>/commission/<int:number>/sheet", methods=["GET", "POST"])
@guard(Action.SCORE_PROJECT, number=load)
def sheet(here: Here, number: Project) -> ResponseReturnValue:
    """The sheet beside the frozen text: save, save and go on, or check and submit."""
    if (first := _may_open(here, number)) is not None:
        return first
    project, rubric = number, here.rules.rubric
    stored = queries.own_sheet(project.id, _me())
    if stored is not None and stored.state == "submitted":
        return render_template("review/commission_sealed.html", **reading(here, project, stored))
    form = sheet_form(rubric, stored)
    if "autosave" in request.form:
        return _by_itself(here, project, form)
    if submitted(form, lambda: _save(here, project, form)):
        return redirect(_after_saving(here, project))
    stored = queries.own_sheet(project.id, _me()) if form.is_submitted() else stored
    page = render_template(
        "review/commission_sheet.html",
        form=form,
        theirs=_of_other_window(form, stored),
        values=values_of(stored),
        answered=answered(stored),
        total=total(rubric, values_of(stored)),
        sheet=stored,
        **text_values(project),
    )
    return page, status_of(form)


def _by_itself(here: Here, project: Project, form: SheetForm) -> ResponseReturnValue:
    """The page saves itself while the member writes: 204 with the sheet's new version, 422 when it cannot."""
    if not submitted(form, lambda: _save(here, project, form)):
        return "", 422
    stored = queries.own_sheet(project.id, _me())
    return "", 204, {"X-Version": str(stored.version if stored else 0)}


def _save(here: Here, project: Project, form: SheetForm) -> None:
    rubric, check = here.rules.rubric, "check" in request.form
    commands.save_sheet(
        project_id=project.id,
        lines=form.lines(rubric),
        actor=current_actor(),
        now=clock.now(),
        version=form.seen(),
    )
    if check:
        commands.check_sheet(queries.own_sheet(project.id, _me()), rubric)


def _after_saving(here: Here, project: Project) -> str:
    if "check" in request.form:
        return address(here, "check_sheet", number=project.number)
    flash(_("Saved. Nobody but you sees this sheet until the scores are opened."), "success")
    if "next" in request.form:
        return _next_address(here, project.number)
    return address(here, "sheet", number=project.number)


def _next_address(here: Here, after: int) -> str:
    """The next project that waits for the member, or the list."""
    duty = queries.next_duty(queries.duties(here, _me()), after)
    if duty is None:
        return address(here, "desk")
    endpoint = "declare" if duty.standing is Standing.DECLARE else "sheet"
    return address(here, endpoint, number=duty.project.number)


def _of_other_window(form: SheetForm, stored: ScoreSheet | None) -> dict[str, Any]:
    """What another window saved where this one says something else, by name of the field. The form then
    carries the new version, so that sending again is a choice and not an accident.
    """
    version = stored.version if stored else 0
    if not form.is_submitted() or form.seen() == version:
        return {}
    form.version.data = str(version)
    saved = stored_values(stored)
    return {
        name: value for name, value in saved.items() if value not in (None, "") and form[name].data != value
    }


@blueprint.route("/<town>/<int:year>/commission/<int:number>/sheet/check", methods=["GET", "POST"])
@guard(Action.SCORE_PROJECT, number=load)
def check_sheet(here: Here, number: Project) -> ResponseReturnValue:
    """The whole sheet once more; submitting it locks it."""
    if (first := _may_open(here, number)) is not None:
        return first
    project, stored = number, queries.own_sheet(number.id, _me())
    complete = answered(stored) == len(here.rules.rubric.criteria)
    if stored is None or not complete or stored.state == "submitted":
        return redirect(address(here, "sheet", number=project.number))
    form = ConfirmForm(data={"version": str(stored.version)})
    seen = whole_number(form.version.data)

    def act() -> int:
        return commands.submit_sheet(
            project_id=project.id,
            actor=current_actor(),
            now=clock.now(),
            version=-1 if seen is None else seen,
        )

    if submitted(form, act):
        flash(_("The sheet on “%(title)s” is submitted and locked.", title=project.title), "success")
        return redirect(_next_address(here, project.number))
    page = render_template("review/commission_check.html", form=form, **reading(here, project, stored))
    return page, status_of(form)
