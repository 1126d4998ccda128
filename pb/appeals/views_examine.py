"""The officials' queue of objections, late first, and the answer; the operator's door."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.appeals import commands_examine as commands
from pb.appeals import queries
from pb.appeals.blueprint import bp, filed_case, thing_url, url_of
from pb.appeals.forms import AnswerForm, FindForm
from pb.appeals.kinds import OUTCOMES
from pb.appeals.models import REASON_MIN
from pb.appeals.numbers import number_words
from pb.appeals.queries import Case
from pb.appeals.showing import point_words, rows_of, shown
from pb.core.errors import Closed, Invalid, Refused
from pb.core.whole import whole_number
from pb.cycles.queries import Here
from pb.policy import Action, allowed
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard


@bp.get("/<town>/<int:year>/objections/queue")
@guard(Action.SEE_OBJECTIONS)
def queue(here: Here) -> ResponseReturnValue:
    """What waits for an answer, with who may give it."""
    now, actor = clock.now(), current_actor()
    waiting = queries.waiting(here.the_cycle.id, now)
    mine = {
        row.number
        for row in waiting
        if allowed(actor, Action.EXAMINE_OBJECTION, town_id=here.town.id, thing=queries.case_of(row))
    }
    return render_template("appeals/queue.html", rows=rows_of(here, waiting, now), mine=mine)


@bp.route("/<town>/<int:year>/objections/<int:number>/answer", methods=["GET", "POST"])
@guard(Action.SEE_OBJECTIONS, number=filed_case)
def answer(here: Here, number: Case) -> ResponseReturnValue:
    """The objection whole, and the answer. Whoever was at work on the decision is told so."""
    case, row, actor = number, number.row, current_actor()
    if row.state in ("decided", "withdrawn"):
        return redirect(url_of(here, "show", number=row.number))
    if not allowed(actor, Action.EXAMINE_OBJECTION, town_id=here.town.id, thing=case):
        raise Refused("objection_not_yours")
    form = AnswerForm()
    partly = len(row.rests_on) > 1
    form.offer(
        [one for one in OUTCOMES if partly or one != "partly"],
        [(one, point_words(row, [one])[0]) for one in row.points],
    )

    def act() -> None:
        commands.decide(
            objection_id=row.id, outcome=form.outcome.data or "", answer=form.answer.data or "",
            accepted=form.accepted.data or [], actor=actor, now=clock.now(),
        )  # fmt: skip

    try:
        sent = submitted(form, act)
    except Closed as error:
        if error.code not in ("objection_decided", "objection_withdrawn"):
            raise
        flash(_("Somebody was quicker; this is what stands."), "error")
        return redirect(url_of(here, "show", number=row.number))
    if sent:
        flash(_("The answer is published, and the author has been told."), "success")
        return redirect(url_of(here, "queue"))
    page = render_template(
        "appeals/answer.html",
        form=form,
        row=shown(here, row, clock.now()),
        words=row.words,
        language=row.language,
        files=queries.files_of(row.id),
        objection_id=row.id,
        partly=partly,
        rests_on=point_words(row, [point["id"] for point in row.rests_on]),
        least=REASON_MIN,
        limit=commands.REASON_MAX,
        thing_url=thing_url(here, case),
    )
    return page, status_of(form)


@bp.route("/<town>/<int:year>/objections/help", methods=["GET", "POST"])
@guard(Action.ASSIST_OBJECTION)
def help_desk(here: Here) -> ResponseReturnValue:
    """Where an operator begins for somebody at a centre, and what was written down."""
    form, found = FindForm(), list[Any]()

    def act() -> None:
        digits = (form.number.data or "").rsplit("-", 1)[-1]
        number, thing = whole_number(digits.lstrip("0") or digits), form.thing.data or ""
        if thing not in ("idea", "project"):
            raise Invalid("required", field="thing")
        decision = queries.contested(here, thing, number, clock.now()) if number else None
        if decision is None:
            raise Invalid("nothing_to_object", field="number")
        found.append((thing, decision.number))

    if submitted(form, act):
        thing, number = found[0]
        if thing == "idea":
            return redirect(url_of(here, "against_idea", idea=number))
        return redirect(url_of(here, "against_project", number=number))
    begun = queries.helped_by(here.the_cycle.id, current_actor().account_id or 0)
    page = render_template(
        "appeals/help.html", form=form,
        begun=[(row, number_words(here, row) if row.number else "") for row in begun],
    )  # fmt: skip
    return page, status_of(form)
