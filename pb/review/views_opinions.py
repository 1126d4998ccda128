"""Pages of opinions (asked for by the office, given by departments) and of the author's answers to notes."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.core.errors import Missing
from pb.cycles.queries import Here
from pb.ideas.models import Idea
from pb.policy import Action
from pb.review import commands_feasibility as commands
from pb.review import queries_eligibility
from pb.review import queries_feasibility as queries
from pb.review.blueprint import blueprint
from pb.review.forms_feasibility import OpinionForm, answers_form, ask_form
from pb.review.models_feasibility import OpinionRequest
from pb.review.showing_feasibility import answers_shown, department_words
from pb.review.views_eligibility import BASE, load, url_of
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard


def load_asked(here: Here, asked: int) -> OpinionRequest | None:
    """A request for an opinion in this cycle."""
    return queries.request_in_cycle(here.the_cycle.id, asked)


@blueprint.get(f"{BASE}/opinions")
@guard(Action.SEE_QUEUE)
def opinions(here: Here) -> ResponseReturnValue:
    """What waits for an opinion, of one department or of all; what is late stands first."""
    known = queries.departments(here.rules)
    department = request.args.get("department", "")
    department = department if department in known else ""
    return render_template(
        "review/opinions.html",
        rows=queries.open_opinions(here.the_cycle.id, clock.now(), department),
        department=department,
        departments=[(name, department_words(name)) for name in known],
        department_words=department_words,
    )


@blueprint.route(f"{BASE}/<int:number>/ask", methods=["GET", "POST"])
@guard(Action.GIVE_OPINION, number=load)
def ask_opinion(here: Here, number: Idea) -> ResponseReturnValue:
    """Ask a department or the mayor's representative about an idea."""
    form, idea_id, n = ask_form(queries.departments(here.rules)), number.id, number.number

    def act() -> int:
        return commands.ask_opinion(
            idea_id=idea_id,
            department=form.department.data or "",
            question=form.question.data or "",
            actor=current_actor(),
            now=clock.now(),
        )

    if submitted(form, act):
        flash(_("Asked. It stands in the queue of the department."), "success")
        return redirect(url_of(here, "check", number=n))
    page = render_template("review/opinion_ask.html", form=form, idea=number, days=commands.OPINION_DAYS)
    return page, status_of(form)


@blueprint.route(f"{BASE}/<int:number>/opinion/<int:asked>", methods=["GET", "POST"])
@guard(Action.GIVE_OPINION, asked=load_asked, number=load)
def give_opinion(here: Here, number: Idea, asked: OpinionRequest) -> ResponseReturnValue:
    """Record the opinion that was asked for."""
    row, n = asked, number.number
    request_id = row.id
    if row.idea_id != number.id:
        raise Missing("no_such_page")
    if queries.opinion_of(request_id) is not None:
        return redirect(url_of(here, "check", number=n))
    form = OpinionForm()

    def act() -> None:
        commands.give_opinion(
            request_id=request_id,
            verdict=form.verdict.data or "",
            words=form.words.data or "",
            document=form.document.data or "",
            actor=current_actor(),
            now=clock.now(),
        )

    if submitted(form, act):
        flash(_("The opinion is recorded."), "success")
        return redirect(url_of(here, "opinions"))
    page = render_template(
        "review/opinion_give.html",
        form=form,
        idea=number,
        row=row,
        department=department_words(row.department),
    )
    return page, status_of(form)


@blueprint.route("/<town>/<int:year>/ideas/<int:number>/notes", methods=["GET", "POST"])
@guard(Action.ANSWER_RETURN, number=load)
def answer_notes(here: Here, number: Idea) -> ResponseReturnValue:
    """The author answers the notes of the check, one by one."""
    check = queries_eligibility.last_check(number.id, clock.now())
    notes = answers_shown(here, check, clock.now()) if check else []
    if not notes:
        raise Missing("no_such_page")
    form, idea_id = answers_form(notes), number.id

    def act() -> int:
        given = {row["name"]: form[f"answer_{row['name']}"].data or "" for row in notes}
        return commands.answer_notes(idea_id=idea_id, answers=given, actor=current_actor(), now=clock.now())

    if submitted(form, act):
        flash(_("Your answers are saved. Now correct the text and hand it in again."), "success")
        return redirect(url_of_idea(here, idea_id))
    page = render_template("review/answer_notes.html", form=form, idea=number, notes=notes)
    return page, status_of(form)


def url_of_idea(here: Here, idea_id: int) -> str:
    """The author's page on which a returned idea is corrected and sent again."""
    return url_for("ideas.check", town=here.town.slug, year=here.the_cycle.year, idea=idea_id)
