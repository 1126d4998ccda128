"""Pages of the commission's sessions: the list, the one page on which a session is run, its agenda."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.core.errors import Invalid
from pb.core.whole import whole_number
from pb.cycles.queries import Here
from pb.policy import Action
from pb.review import commands_session as commands
from pb.review import queries_commission, queries_flags, queries_ranking
from pb.review import queries_session as queries
from pb.review import showing_session as showing
from pb.review.blueprint import blueprint
from pb.review.forms_session import QuestionForm, SessionForm, TitleForm, question_form
from pb.review.models_session import AgendaItem, Sitting
from pb.review.showing_ranking import outcome_words
from pb.review.views_commission import address
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard
from pb.web.wording import error_words

BASE = "/<town>/<int:year>/commission/sessions"
ONE = f"{BASE}/<int:session>"


def load(here: Here, number: int) -> Sitting | None:
    """A session of the cycle by its number."""
    return queries.sitting_by_number(here, number)


def load_item(here: Here, item_id: int) -> AgendaItem | None:
    """An item of an agenda of this cycle."""
    return queries.item_of_cycle(here.the_cycle.id, item_id)


@blueprint.get(BASE)
@guard(Action.SEE_SESSION)
def sessions(here: Here) -> ResponseReturnValue:
    """Every session with its state, its minutes and what is to be done."""
    cycle_id = here.the_cycle.id
    rows = queries.sittings(cycle_id)
    return render_template(
        "review/sessions.html",
        rows=rows,
        agendas=queries.agendas([row.id for row in rows]),
        minutes=queries.minutes_of(cycle_id),
        scans=queries.scans_of(cycle_id),
    )


@blueprint.route(f"{BASE}/new", methods=["GET", "POST"])
@guard(Action.RUN_SESSION)
def call_session(here: Here) -> ResponseReturnValue:
    """Call a session."""
    form, cycle_id = SessionForm(), here.the_cycle.id
    made: list[int] = []

    def act() -> None:
        made.append(
            commands.call_session(
                cycle_id=cycle_id,
                planned_at=form.day.data,
                place=form.place.data or "",
                actor=current_actor(),
                now=clock.now(),
            )
        )

    if submitted(form, act):
        flash(_("The session is called. Put its agenda together."), "success")
        row = next(row for row in queries.sittings(cycle_id) if row.id == made[0])
        return redirect(address(here, "session", session=row.number))
    return render_template("review/session_call.html", form=form, sitting=None), status_of(form)


@blueprint.route(f"{ONE}/change", methods=["GET", "POST"])
@guard(Action.RUN_SESSION, session=load)
def change_session(here: Here, session: Sitting) -> ResponseReturnValue:
    """Another day or place."""
    form, sitting_id, number = (
        SessionForm(data={"day": session.planned_at, "place": session.place}),
        session.id,
        session.number,
    )

    def act() -> None:
        commands.change_session(
            sitting_id=sitting_id,
            planned_at=form.day.data,
            place=form.place.data or "",
            actor=current_actor(),
            now=clock.now(),
        )

    if submitted(form, act):
        return redirect(address(here, "session", session=number))
    return render_template("review/session_call.html", form=form, sitting=session), status_of(form)


@blueprint.get(ONE)
@guard(Action.SEE_SESSION, session=load)
def session(here: Here, session: Sitting) -> ResponseReturnValue:
    """The session on one page: who is there, what is on, the vote, the agenda."""
    return page(here, session)


def page(
    here: Here, sitting: Sitting, question: QuestionForm | None = None, title: TitleForm | None = None
) -> ResponseReturnValue:
    """The page; a form that was sent and refused stands in it with what was typed."""
    me = current_actor().account_id
    values = showing.page_values(here, sitting, me)
    refused = next((form for form in (question, title) if form is not None and form.errors), None)
    html = render_template(
        "review/session.html",
        form=refused,
        question=question or form_of(here, sitting, values),
        title=title or TitleForm(formdata=None),
        outcome_words=lambda code: outcome_words(here, code),
        on_agenda={item.row.project_id for item in values["items"]},
        projects=queries_commission.scored_projects(here),
        flagged=queries_flags.flagged(here),
        **values,
    )
    return html, status_of(refused) if refused is not None else 200


def form_of(here: Here, sitting: Sitting, values: dict[str, Any] | None = None) -> QuestionForm:
    """The form of a question for what is on now."""
    turn = queries.turn_on(sitting.id)
    project = turn.item.project if turn is not None else None
    snapshot = queries_ranking.newest_snapshot(here.the_cycle.id)
    entry = queries_ranking.entries_of(snapshot).get(project.number) if snapshot and project else None
    closed = queries.reconciliation(here.the_cycle.id) is not None
    proposal = entry["proposal"] if entry is not None else None
    return question_form(here, project is not None, proposal if closed else None, closed)


def doing(here: Here, sitting: Sitting, act: Callable[[], Any], anchor: str = "") -> ResponseReturnValue:
    """Run one act of the page and go back to it; what was wrong with what was sent is said on top."""
    number = sitting.number
    try:
        act()
    except Invalid as error:
        flash(error_words(error), "error")
    return redirect(address(here, "session", session=number, _anchor=anchor or None))


@blueprint.post(f"{ONE}/agenda/projects")
@guard(Action.RUN_SESSION, session=load)
def add_projects(here: Here, session: Sitting) -> ResponseReturnValue:
    """Put projects on the agenda: all, the flagged ones, or one."""
    which, sitting_id = request.form.get("which", ""), session.id
    everything = {p.number for p in queries_commission.scored_projects(here)}
    one = whole_number(request.form.get("project")) or 0
    numbers = {"all": everything, "flagged": set(queries_flags.flagged(here))}.get(which, {one})

    def act() -> None:
        commands.add_projects(sitting_id=sitting_id, numbers=numbers, actor=current_actor(), now=clock.now())

    return doing(here, session, act, "agenda")


@blueprint.post(f"{ONE}/agenda/question")
@guard(Action.RUN_SESSION, session=load)
def add_question(here: Here, session: Sitting) -> ResponseReturnValue:
    """Put another question on the agenda."""
    form, sitting_id, number = TitleForm(), session.id, session.number

    def act() -> None:
        commands.add_question(
            sitting_id=sitting_id, title=form.title.data or "", actor=current_actor(), now=clock.now()
        )

    if submitted(form, act):
        return redirect(address(here, "session", session=number, _anchor="agenda"))
    return page(here, session, title=form)


@blueprint.post(f"{ONE}/agenda/<int:item>/remove")
@guard(Action.RUN_SESSION, session=load, item=load_item)
def remove_item(here: Here, session: Sitting, item: AgendaItem) -> ResponseReturnValue:
    """Take an item off the agenda."""
    call: dict[str, Any] = {
        "sitting_id": session.id,
        "item_id": item.id,
        "actor": current_actor(),
        "now": clock.now(),
    }
    return doing(here, session, lambda: commands.remove_item(**call), "agenda")


@blueprint.post(f"{ONE}/agenda/<int:item>/up")
@guard(Action.RUN_SESSION, session=load, item=load_item)
def raise_item(here: Here, session: Sitting, item: AgendaItem) -> ResponseReturnValue:
    """Move an item one place up."""
    call: dict[str, Any] = {
        "sitting_id": session.id,
        "item_id": item.id,
        "actor": current_actor(),
        "now": clock.now(),
    }
    return doing(here, session, lambda: commands.raise_item(**call), "agenda")


@blueprint.post(f"{ONE}/open")
@guard(Action.PRESIDE_SESSION, session=load)
def open_session(here: Here, session: Sitting) -> ResponseReturnValue:
    """The chair opens."""
    call: dict[str, Any] = {"sitting_id": session.id, "actor": current_actor(), "now": clock.now()}
    return doing(here, session, lambda: commands.open_session(**call))


@blueprint.post(f"{ONE}/close")
@guard(Action.PRESIDE_SESSION, session=load)
def close_session(here: Here, session: Sitting) -> ResponseReturnValue:
    """The chair closes; the minutes are next."""
    number = session.number
    commands.close_session(sitting_id=session.id, actor=current_actor(), now=clock.now())
    flash(_("The session is closed. Look through its minutes and fix them."), "success")
    return redirect(address(here, "minutes_draft", session=number))
