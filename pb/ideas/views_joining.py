"""Pages of joining: propose, one proposal with everybody's answer, the operator's side, splitting off."""

from __future__ import annotations

import re
from typing import Any

from flask import current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.accounts import commands as accounts
from pb.accounts.limits import CITIZENS
from pb.accounts.queries import phone_of
from pb.core.errors import Invalid, Refused
from pb.cycles.queries import Here
from pb.ideas import commands_joining, commands_split, queries_joining, queries_own
from pb.ideas.content import public_number
from pb.ideas.forms import ActForm, CodeForm
from pb.ideas.forms_authors import JoinForm, SlipForm
from pb.ideas.joining_part import seen_joining
from pb.ideas.models import Idea, IdeaAuthor
from pb.ideas.models_joining import Joining
from pb.ideas.views import bp, public_idea, url_of
from pb.messages.queries import demonstration_code
from pb.policy import Action, Role, authorise
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard, public
from pb.web.i18n import select_language


def idea_by_number(here: Here, number: int) -> Idea | None:
    """The public idea itself, which tells the policy whose it is."""
    row = public_idea(here, number)
    return queries_own.own_idea(here.the_cycle.id, row.id) if row is not None else None


@bp.route("/<town>/<int:year>/ideas/<int:idea>/join", methods=["GET", "POST"])
@guard(Action.JOIN_IDEAS, idea=idea_by_number)
@CITIZENS
def join(here: Here, idea: Idea) -> ResponseReturnValue:
    """Propose that others go on under this idea."""
    form = JoinForm()
    made: list[Joining] = []

    def act() -> None:
        made.append(
            commands_joining.propose_joining(
                cycle_id=here.the_cycle.id, lead_id=idea.id, idea_ids=_ids(here, form.others.data or ""),
                reason=form.reason.data or "", actor=current_actor(), now=clock.now(),
            )
        )  # fmt: skip

    if submitted(form, act):
        flash(_("The proposal stands. All authors are asked."), "success")
        return redirect(url_of(here, "joining", joining=made[0].id))
    return render_template(
        "ideas/join.html", form=form, idea=idea, number=_number(here, idea.number or 0),
        alike=queries_own.lookalikes(idea), numbered=lambda n: _number(here, n),
        limit=commands_joining.REASON_LIMIT,
    ), status_of(form)  # fmt: skip


def _ids(here: Here, typed: str) -> list[int]:
    """Numbers as people write them: „12, TJ-2026-0014“. Raises Invalid on ``others``."""
    numbers = [int(found) for found in re.findall(r"(?:^|[\s,;]|-)0*([0-9]{1,6})(?=$|[\s,;])", typed)]
    known = queries_joining.ids_by_number(here.the_cycle.id, numbers)
    missing = [n for n in numbers if n not in known]
    if missing:
        raise Invalid("no_idea_of_number", field="others", number=_number(here, missing[0]))
    return [known[n] for n in numbers]


def _number(here: Here, n: int) -> str:
    return public_number(here.town.number_prefix, here.the_cycle.year, n)


@bp.route("/<town>/<int:year>/ideas/joining/<int:joining>", methods=["GET", "POST"])
@public(joining=seen_joining)
@CITIZENS
def joining(here: Here, joining: Joining) -> ResponseReturnValue:
    """One proposal: the ideas, the reason, who has agreed; an author's yes or no, the proposer's second thought."""
    actor = current_actor()
    if actor.account_id is None:
        raise Refused("sign_in_first")
    form = ActForm()
    says = request.form.get("say", "")

    def act() -> None:
        if says == "off":
            commands_joining.call_off_joining(joining_id=joining.id, actor=actor, now=clock.now())
        elif says in ("yes", "no"):
            commands_joining.answer_joining(
                joining_id=joining.id, agrees=says == "yes", actor=actor, now=clock.now()
            )

    if submitted(form, act):
        return redirect(url_of(here, "joining", joining=joining.id))
    voices = queries_joining.voices_of(joining)
    mine = [voice for voice in voices if voice.account_id == actor.account_id]
    officer = joining.by_officer and actor.has(here.town.id, Role.OFFICER)
    return render_template(
        "ideas/joining.html", form=form, joining=joining, ideas=queries_joining.ideas_of(joining), voices=voices,
        asked=joining.state == "open" and any(voice.agrees is None for voice in mine),
        may_call_off=joining.state == "open" and (joining.proposed_by == actor.account_id or officer),
        assists=joining.state == "open" and actor.has(here.town.id, Role.OPERATOR),
        numbered=lambda n: _number(here, n),
    ), status_of(form)  # fmt: skip


def author_here(here: Here, author_id: int) -> IdeaAuthor | None:
    """An author of an idea of this cycle."""
    return queries_joining.author_here(here.the_cycle.id, author_id)


@bp.get("/<town>/<int:year>/ideas/help/joining")
@guard(Action.ASSIST_JOINING)
def help_joinings(here: Here) -> ResponseReturnValue:
    """Open proposals, for an operator who helps an author to answer."""
    rows = [
        (joining, queries_joining.ideas_of(joining), queries_joining.voices_of(joining))
        for joining in queries_joining.open_joinings(here.the_cycle.id)
    ]
    return render_template("ideas/help_joinings.html", rows=rows, numbered=lambda n: _number(here, n))


@bp.route("/<town>/<int:year>/ideas/help/joining/<int:joining>/<int:author>", methods=["GET", "POST"])
@guard(Action.ASSIST_JOINING, joining=seen_joining, author=author_here)
@CITIZENS
def help_joining(here: Here, joining: Joining, author: IdeaAuthor) -> ResponseReturnValue:
    """The yes of one author in front of the operator: a code to the author's phone, or signed paper."""
    voices = {voice.author_id: voice for voice in queries_joining.voices_of(joining)}
    if author.id not in voices or joining.state != "open" or voices[author.id].agrees is not None:
        return redirect(url_of(here, "joining", joining=joining.id))
    phone = phone_of(author.account_id) if author.account_id is not None else ""
    code_form, slip_form, send = CodeForm(), SlipForm(), "send" in request.form
    form: Any = code_form if phone else slip_form

    def act() -> None:
        actor, now, language = current_actor(), clock.now(), select_language()
        if send and phone:
            accounts.request_signin_code(phone=phone, language=language, now=now)
            return
        proved = None
        if phone:
            proved = accounts.prove_signin_code(
                phone=phone, code=code_form.code.data or "", now=now, language=language
            )
        commands_joining.answer_joining_for(
            joining_id=joining.id, author_id=author.id, account_id=proved,
            slip="" if phone else slip_form.slip.data or "", actor=actor, now=now,
        )  # fmt: skip

    if submitted(form, act):
        if send:
            flash(_("The code is on its way to the author's phone."), "success")
            return redirect(url_of(here, "help_joining", joining=joining.id, author=author.id))
        return redirect(url_of(here, "joining", joining=joining.id))
    is_demo = current_app.extensions["pb_settings"].is_demonstration
    return render_template(
        "ideas/help_joining.html", form=form, joining=joining, author=author.id, voice=voices[author.id],
        by_code=bool(phone), ideas=queries_joining.ideas_of(joining), numbered=lambda n: _number(here, n),
        shown=demonstration_code(phone, clock.now()) if is_demo and phone else None,
    ), status_of(form)  # fmt: skip


def merged(here: Here, number: int) -> Idea | None:
    """An idea that goes on under another."""
    idea = idea_by_number(here, number)
    return idea if idea is not None and idea.state == "merged_into" else None


@bp.route("/<town>/<int:year>/ideas/<int:idea>/split", methods=["GET", "POST"])
@public(idea=merged)
@CITIZENS
def split(here: Here, idea: Idea) -> ResponseReturnValue:
    """Take an idea out of the joint one, after one more question."""
    actor, lead = current_actor(), queries_own.own_idea(here.the_cycle.id, idea.same_as_id or 0)
    either = lead if lead is not None and actor.account_id in lead.author_ids else idea
    authorise(actor, Action.SPLIT_IDEA, town_id=here.town.id, status=here.status, thing=either)
    form = ActForm()
    if submitted(form, lambda: commands_split.split_off(idea_id=idea.id, actor=actor, now=clock.now())):
        flash(_("The idea goes its own way again."), "success")
        return redirect(url_of(here, "show", idea=idea.number))
    return render_template(
        "ideas/split.html", form=form, idea=idea, lead=lead, numbered=lambda n: _number(here, n)
    ), status_of(form)
