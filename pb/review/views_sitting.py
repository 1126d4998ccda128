"""What the secretary does on the page of a session: attendance, taking up, questions and votes; and the chair's end of
the discussion.
"""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.core.errors import Missing
from pb.core.whole import whole_number
from pb.cycles.queries import Here
from pb.policy import Action
from pb.review import commands_attendance as attending
from pb.review import commands_discussion, queries_seats
from pb.review import commands_votes as voting
from pb.review import queries_session as queries
from pb.review.blueprint import blueprint
from pb.review.models_session import AgendaItem, Question, Sitting
from pb.review.views_commission import address
from pb.review.views_session import ONE, doing, form_of, load, load_item, page
from pb.web.forms import submitted
from pb.web.guard import current_actor, guard


@blueprint.post(f"{ONE}/attendance")
@guard(Action.RUN_SESSION, session=load)
def attendance(here: Here, session: Sitting) -> ResponseReturnValue:
    """Somebody came or left; ``all``: everybody with a vote came."""
    sitting_id, actor, now = session.id, current_actor(), clock.now()
    account_id = whole_number(request.form.get("account")) or 0
    came = request.form.get("act") != "left"
    wanted = [account_id]
    if request.form.get("act") == "all":
        seats = queries_seats.seats(here.the_cycle.id)
        wanted = [seat.account_id for seat in seats if seat.function not in ("observer", "substitute")]

    def act() -> None:
        for one in wanted:
            note = attending.note_arrival if came else attending.note_departure
            note(sitting_id=sitting_id, account_id=one, actor=actor, now=now)

    return doing(here, session, act, "attendance")


@blueprint.post(f"{ONE}/items/<int:item>/take-up")
@guard(Action.RUN_SESSION, session=load, item=load_item)
def take_up_item(here: Here, session: Sitting, item: AgendaItem) -> ResponseReturnValue:
    """Deal with an item from now on."""
    call: dict[str, Any] = {
        "sitting_id": session.id,
        "item_id": item.id,
        "actor": current_actor(),
        "now": clock.now(),
    }
    return doing(here, session, lambda: attending.take_up(**call), "now")


@blueprint.post(f"{ONE}/finish")
@guard(Action.RUN_SESSION, session=load)
def finish_item(here: Here, session: Sitting) -> ResponseReturnValue:
    """End what is on."""
    call: dict[str, Any] = {"sitting_id": session.id, "actor": current_actor(), "now": clock.now()}
    return doing(here, session, lambda: attending.finish_item(**call), "agenda")


@blueprint.post(f"{ONE}/question")
@guard(Action.RUN_SESSION, session=load)
def put_question(here: Here, session: Sitting) -> ResponseReturnValue:
    """Put a question to the vote."""
    form, sitting_id, number = form_of(here, session), session.id, session.number

    def act() -> None:
        voting.put_question(
            sitting_id=sitting_id,
            effect=form.effect.data or "",
            words=form.words.data or "",
            outcome=form.outcome.data or "",
            reason=form.reason.data or "",
            actor=current_actor(),
            now=clock.now(),
        )

    if submitted(form, act):
        return redirect(address(here, "session", session=number, _anchor="now"))
    return page(here, session, question=form)


def _question(session: Sitting) -> Question:
    """The question that is being voted on."""
    turn = queries.turn_on(session.id)
    rows = queries.questions([turn.id]) if turn is not None else []
    found = next((row for row in rows if row.closed_at is None), None)
    if found is None:
        raise Missing("no_such_page")
    return found


@blueprint.post(f"{ONE}/votes")
@guard(Action.RUN_SESSION, session=load)
def votes(here: Here, session: Sitting) -> ResponseReturnValue:
    """Note the votes; ``rest``: the others vote so; ``count``: and count them."""
    question_id, actor, now = _question(session).id, current_actor(), clock.now()
    given = {
        account_id: value
        for name, value in request.form.items()
        if name.startswith("vote-") and (account_id := whole_number(name.removeprefix("vote-")))
    }
    rest, counting = request.form.get("rest", ""), "count" in request.form

    def act() -> None:
        voting.note_votes(question_id=question_id, votes=given, rest=rest, actor=actor, now=now)
        if counting:
            voting.count_question(question_id=question_id, actor=actor, now=now)

    return doing(here, session, act, "now")


@blueprint.post(f"{ONE}/withdraw")
@guard(Action.RUN_SESSION, session=load)
def withdraw_question(here: Here, session: Sitting) -> ResponseReturnValue:
    """Take the question back."""
    call: dict[str, Any] = {
        "question_id": _question(session).id,
        "actor": current_actor(),
        "now": clock.now(),
    }
    return doing(here, session, lambda: voting.withdraw_question(**call), "now")


@blueprint.post(f"{ONE}/close-discussion")
@guard(Action.PRESIDE_SESSION, session=load)
def close_discussion(here: Here, session: Sitting) -> ResponseReturnValue:
    """The chair closes the discussion: the ranking is fixed."""
    number = session.number
    commands_discussion.close_discussion(cycle_id=here.the_cycle.id, actor=current_actor(), now=clock.now())
    flash(_("The discussion is closed. The ranking is fixed, and decisions can be taken."), "success")
    return redirect(address(here, "session", session=number))
