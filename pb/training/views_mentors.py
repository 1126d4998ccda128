"""Pages of mentors: who mentors what (staff), the project to remark on (mentor), remarks and questions (author)."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.accounts.queries import given_name, staff_of
from pb.core.errors import Missing
from pb.core.whole import whole_number
from pb.core.words import in_language
from pb.cycles.queries import Here
from pb.policy import Action, Role
from pb.projects import rows as project_rows
from pb.projects.models import Project
from pb.projects.queries import project_by_number
from pb.projects.records import number_of
from pb.projects.text import FIELD_PAGES
from pb.training import commands_mentors as commands
from pb.training import queries_mentors as queries
from pb.training.forms import AnswerForm, AskForm, MentorForm, RemarksForm, assess_form, people
from pb.training.models_mentors import MentorRemark, MentorRequest
from pb.training.queries_mentors import Mentored
from pb.training.views import blueprint, may, url_of
from pb.web.forms import Form, choices_of, status_of, submitted
from pb.web.guard import current_actor, guard
from pb.web.wording import label, language


def load_project(here: Here, number: int) -> Mentored | None:
    """A project of the cycle with its mentors; 404 for one that was imported without a text."""
    project = project_by_number(here.the_cycle.id, number)
    return queries.mentored(project) if project is not None and project.revision is not None else None


@blueprint.get("/mentors")
@guard(Action.SEE_MENTORS)
def mentors(here: Here) -> ResponseReturnValue:
    """Staff see every project that is worked on; a mentor the own ones. What is late stands first."""
    actor = current_actor()
    everything = actor.has(here.town.id, Role.ADMINISTRATOR, Role.SECRETARY)
    found = queries.lines(here.the_cycle.id, clock.now(), mentor_id=None if everything else actor.account_id)
    return render_template(
        "training/mentors.html",
        rows=[(line, number_of(line.project), [given_name(one) for one in line.mentors]) for line in found],
        mine={line.project.id for line in found if any(one.id == actor.account_id for one in line.mentors)},
        everything=everything,
        assignable={line.project.id for line in found if _assignable(here, line.project)},
    )


def _assignable(here: Here, project: Project) -> bool:
    return may(here, Action.ASSIGN_MENTOR, Mentored(project, frozenset()))


@blueprint.route("/mentors/<int:number>", methods=["GET", "POST"])
@guard(Action.ASSIGN_MENTOR, number=load_project)
def assign(here: Here, number: Mentored) -> ResponseReturnValue:
    """Give a project a mentor, or release one."""
    form, project = MentorForm(), number.project
    offered = [(row.id, given_name(row) or row.email or "") for row in staff_of(here.town.id, Role.MENTOR)]
    form.mentor_id.choices = people(_("Choose"), offered)
    project_id, shown = project.id, project.number

    def act() -> None:
        commands.assign_mentor(
            project_id=project_id, mentor_id=form.mentor_id.data or 0, actor=current_actor(), now=clock.now()
        )

    if submitted(form, act):
        flash(_("The mentor gets a letter."), "success")
        return redirect(url_of(here, "assign", number=shown))
    page = render_template(
        "training/assign.html", form=form, project=project, number=number_of(project),
        current=[(row.mentor_id, given_name(row.mentor)) for row in queries.mentors_of(project.id)],
        people=offered, term=commands.TERM_WORKING_DAYS,
    )  # fmt: skip
    return page, status_of(form)


@blueprint.post("/mentors/<int:number>/release")
@guard(Action.ASSIGN_MENTOR, number=load_project)
def release(here: Here, number: Mentored) -> ResponseReturnValue:
    """A mentor no longer works with the project."""
    shown = number.project.number
    commands.release_mentor(
        project_id=number.project.id, mentor_id=whole_number(request.form.get("mentor")) or 0,
        actor=current_actor(), now=clock.now(),
    )  # fmt: skip
    flash(_("Saved."), "success")
    return redirect(url_of(here, "assign", number=shown))


@blueprint.route("/mentor/<int:number>", methods=["GET", "POST"])
@guard(Action.READ_AS_MENTOR, number=load_project)
def mentor(here: Here, number: Mentored) -> ResponseReturnValue:
    """The newest text, each part with its remarks and room for one more."""
    form, project = RemarksForm(), number.project
    project_id, shown = project.id, project.number

    def act() -> None:
        commands.write_remarks(
            project_id=project_id, actor=current_actor(), now=clock.now(),
            remarks={name: form[f"remark_{name}"].data or "" for name in commands.FIELDS},
        )  # fmt: skip

    if submitted(form, act):
        flash(_("The author sees your remarks beside the text and gets a text message."), "success")
        return redirect(url_of(here, "mentor", number=shown))
    return _mentor_page(here, number, form)


def _mentor_page(
    here: Here, number: Mentored, form: Form, answer: AnswerForm | None = None, at: int = 0
) -> ResponseReturnValue:
    project = number.project
    assert project.revision is not None
    today = queries.today_of(clock.now())
    page = render_template(
        "training/mentor.html", project=project, number=number_of(project), form=form, text=project.revision,
        fields=commands.FIELDS, remarks=_by_field(queries.remarks_of(project.id)), limit=commands.WORDS_LIMIT,
        budget=project_rows.budget_table(project.revision.budget, language()),
        money_rows=project_rows.money_parts(project.revision.budget, _("Everything else")),
        steps=[
            {"when": project_rows.month_words(step["month"], language()), "title": step["step"]}
            for step in project.revision.timeline
        ],
        requests=_requests(queries.requests_of(project.id)), today=today,
        answer=answer or AnswerForm(formdata=None, prefix="answer"), answering=at,
        open=may(here, Action.MENTOR_PROJECT, number),
    )  # fmt: skip
    return page, status_of(answer or form)


def _by_field(remarks: list[MentorRemark]) -> dict[str, list[tuple[MentorRemark, str]]]:
    found: dict[str, list[tuple[MentorRemark, str]]] = {}
    for row in remarks:
        found.setdefault(row.field, []).append((row, given_name(row.mentor)))
    return found


def _requests(rows: list[MentorRequest]) -> list[tuple[MentorRequest, str]]:
    """Questions with the words of the part that they are about; a first reading is one only while it is open."""
    return [
        (row, label(f"part_{row.field}")) for row in rows if row.kind == "question" or row.answered_at is None
    ]


@blueprint.post("/mentor/<int:number>/answer/<int:asked>")
@guard(Action.MENTOR_PROJECT, number=load_project)
def answer(here: Here, number: Mentored, asked: int) -> ResponseReturnValue:
    """A mentor answers a question."""
    form, shown = AnswerForm(prefix="answer"), number.project.number
    if not any(row.id == asked for row in queries.requests_of(number.project.id)):
        raise Missing("no_such_page")

    def act() -> None:
        commands.answer_request(
            request_id=asked, answer=form.answer.data or "", actor=current_actor(), now=clock.now()
        )

    if submitted(form, act):
        flash(_("The author gets a text message."), "success")
        return redirect(url_of(here, "mentor", number=shown))
    return _mentor_page(here, number, RemarksForm(formdata=None), form, asked)


@blueprint.route("/remarks/<int:number>", methods=["GET", "POST"])
@guard(Action.SEE_OWN, number=load_project)
def remarks(here: Here, number: Mentored) -> ResponseReturnValue:
    """The author's page: all remarks to be marked, questions and answers, one more question."""
    form, project = AskForm(), number.project
    form.field.choices = choices_of((name, label(f"part_{name}")) for name in ("", *commands.FIELDS[:-1]))
    project_id, shown = project.id, project.number

    def act() -> None:
        commands.ask_mentor(
            project_id=project_id, field=form.field.data or "", question=form.question.data or "",
            actor=current_actor(), now=clock.now(),
        )  # fmt: skip

    if submitted(form, act):
        flash(_("The mentor gets a letter."), "success")
        return redirect(url_of(here, "remarks", number=shown))
    mentors = [given_name(row.mentor) for row in queries.mentors_of(project.id)]
    page = render_template(
        "training/remarks.html", project=project, number=number_of(project), form=form, mentors=mentors,
        remarks=_by_field(queries.remarks_of(project.id)), fields=commands.FIELDS, limit=commands.WORDS_LIMIT,
        requests=_requests(queries.requests_of(project.id)), pages=FIELD_PAGES, term=commands.TERM_WORKING_DAYS,
        open=may(here, Action.ASK_MENTOR, number),
    )  # fmt: skip
    return page, status_of(form)


@blueprint.post("/remarks/<int:number>/mark/<int:remark>")
@guard(Action.ASK_MENTOR, number=load_project)
def mark_remark(here: Here, number: Mentored, remark: int) -> ResponseReturnValue:
    """Done, or still to do."""
    shown = number.project.number
    if not any(row.id == remark for row in queries.remarks_of(number.project.id)):
        raise Missing("no_such_page")
    commands.mark_remark(
        remark_id=remark, done=request.form.get("done") == "1", actor=current_actor(), now=clock.now()
    )
    return redirect(url_of(here, "remarks", number=shown, _anchor=f"r{remark}"))


@blueprint.route("/own-score/<int:number>", methods=["GET", "POST"])
@guard(Action.SEE_OWN, number=load_project)
def own_score(here: Here, number: Mentored) -> ResponseReturnValue:
    """The own project by the commission's criteria, before the work and after it; for this author alone."""
    project, account = number.project, current_actor().account_id
    own = queries.assessments_of(project.id, account)
    again = "after" if request.args.get("again") and "after" in own else ""
    stage = again or ("before" if "before" not in own else "after" if "after" not in own else "")
    kept = own.get(stage)
    form = assess_form(here.rules.rubric)(data={k: str(v) for k, v in kept.levels.items()} if kept else {})
    project_id, shown, rubric = project.id, project.number, here.rules.rubric

    def act() -> None:
        levels = {criterion.id: whole_number(form[criterion.id].data) for criterion in rubric.scored}
        commands.assess(
            project_id=project_id, stage=stage, levels=levels, actor=current_actor(), now=clock.now()
        )

    open_now = may(here, Action.ASSESS_OWN, number)
    if stage and open_now and submitted(form, act):
        flash(_("Kept. Nobody but you sees it."), "success")
        return redirect(url_of(here, "own_score", number=shown))
    page = render_template(
        "training/own_score.html", project=project, number=number_of(project), form=form, stage=stage, own=own,
        open=open_now, rubric=rubric, rows=_differences(here, own),
    )  # fmt: skip
    return page, status_of(form)


def _differences(here: Here, own: dict[str, queries.SelfAssessment]) -> list[dict[str, object]]:
    """For each criterion: name, level before and after, and the words of the next level."""
    last = own.get("after") or own.get("before")
    found: list[dict[str, object]] = []
    for criterion in here.rules.rubric.scored:
        before, after = (own[s].levels.get(criterion.id) if s in own else None for s in ("before", "after"))
        level = last.levels.get(criterion.id) if last else None
        if level is None:
            continue
        following = level + 1 if level < criterion.high else None
        asks = criterion.levels[following - criterion.low] if following is not None else {}
        found.append({
            "name": in_language(criterion.name, language()), "before": before, "after": after, "next": following,
            "high": criterion.high, "words": in_language(asks, language()),
        })  # fmt: skip
    return found
