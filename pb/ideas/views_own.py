"""An author's own pages: the steps of the form, the check before handing in, my ideas, taking one back."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.core.errors import Problems, Refused
from pb.cycles.queries import Here
from pb.ideas import (
    commands,
    commands_attached,
    content,
    passes,
    purging,
    queries_attached,
    queries_own,
    records,
    summary,
)
from pb.ideas.forms import ActForm, CheckForm, WhoForm
from pb.ideas.models import Idea
from pb.ideas.offers import unit_choices, village_names
from pb.ideas.page_parts import next_of
from pb.ideas.steps import ORDER, STEPS, Step
from pb.ideas.terms import answer_by
from pb.ideas.views import bp, document_response, picture_response, url_of
from pb.policy import Action, authorise
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard, public


def own(here: Here, idea_id: int) -> Idea | None:
    """An idea of this cycle, for its author; for anybody else who is signed in there is none."""
    idea = queries_own.own_idea(here.the_cycle.id, idea_id)
    actor = current_actor()
    if idea is None or actor.account_id in idea.author_ids:
        return idea
    passes.step_in(idea, clock.now())
    return idea if current_actor().account_id in (None, *idea.author_ids) else None


def require_editable(here: Here, idea: Idea) -> None:
    """Raise the reason why the idea cannot be changed now, if there is one."""
    action = commands.changing(idea)
    authorise(current_actor(), action, town_id=here.town.id, status=here.status, thing=idea)


@bp.get("/<town>/<int:year>/ideas/mine")
@public()
def mine(here: Here) -> ResponseReturnValue:
    """All that the reader has begun or handed in, with what to do next."""
    actor = current_actor()
    if actor.account_id is None:
        raise Refused("sign_in_first")
    ideas = queries_own.ideas_of(here.the_cycle.id, actor.account_id)
    return render_template("ideas/mine.html", ideas=ideas, number=_number(here), first_gap=first_gap,
                           onward=lambda idea: next_of(here, idea), live=purging.DRAFTS_LIVE,
                           answer_by=answer_by(here, ideas, clock.now()))  # fmt: skip


def _number(here: Here):  # type: ignore[no-untyped-def]
    return lambda n: content.public_number(here.town.number_prefix, here.the_cycle.year, n)


def first_gap(idea: Idea) -> str:
    """The first step of a draft that lacks something required; "" when it is complete."""
    return next((name for name in ORDER if any(not getattr(idea, f) for f in STEPS[name].required)), "")


@bp.route("/<town>/<int:year>/ideas/mine/<int:idea>/<any(idea,place,cost):step>", methods=["GET", "POST"])
@guard(Action.SEE_OWN, idea=own)
def step(here: Here, idea: Idea, step: str) -> ResponseReturnValue:
    """One page of the form. What is typed is stored when the page is sent, complete or not."""
    require_editable(here, idea)
    page = Step(here, idea, STEPS[step])
    later, by_itself = "later" in request.form, "autosave" in request.form
    stays = page.stays or by_itself
    partial = (later or stays) and idea.state == "draft"
    if submitted(page.form, lambda: page.save(partial=partial)):
        if by_itself:
            return "", 204
        if stays:
            to = "check" if request.args.get("to") == "check" else None
            anchor = "pin" if step == "place" else "files"
            return redirect(url_of(here, "step", idea=idea.id, step=step, to=to, _anchor=anchor))
        if partial:
            return redirect(url_of(here, "kept", idea=idea.id))
        onward = idea.state != "draft" or request.args.get("to") == "check" or step == ORDER[-1]
        if onward:
            return redirect(url_of(here, "check", idea=idea.id))
        return redirect(url_of(here, "step", idea=idea.id, step=ORDER[ORDER.index(step) + 1]))
    back = url_of(here, "check", idea=idea.id) if request.args.get("to") == "check" else page.back()
    return render_template(
        f"ideas/step_{step}.html", form=page.form, idea=idea, others=page.others(), rules=here.rules,
        back=back, villages=village_names(here), pictures=queries_attached.pictures_of(idea.id),
        documents=queries_attached.documents_of(idea.id), part=page.part, most=commands_attached,
    ), status_of(page.form)  # fmt: skip


@bp.route("/<town>/<int:year>/ideas/mine/<int:idea>/who", methods=["GET", "POST"])
@guard(Action.SEE_OWN, idea=own)
def person(here: Here, idea: Idea) -> ResponseReturnValue:
    """Correct who hands the idea in."""
    require_editable(here, idea)
    actor = current_actor()
    row = next(author for author in idea.authors if author.account_id == actor.account_id)
    form = WhoForm(data=records.person_of(row).__dict__)
    form.offer(here.rules, unit_choices(here), with_phone=False)
    if submitted(form, lambda: commands.save_person(
        idea_id=idea.id, person=form.person(here.rules), actor=actor, now=clock.now()
    )):  # fmt: skip
        return redirect(url_of(here, "check", idea=idea.id))
    return render_template(
        "ideas/who.html", form=form, villages=village_names(here), rules=here.rules, signed_in=True, idea=idea
    ), status_of(form)


@bp.route("/<town>/<int:year>/ideas/mine/<int:idea>/check", methods=["GET", "POST"])
@guard(Action.SEE_OWN, idea=own)
def check(here: Here, idea: Idea) -> ResponseReturnValue:
    """All answers with their ways back; from here a draft is handed in and a returned idea sent again."""
    if request.method == "POST" and idea.number is not None and idea.state == "submitted":
        return redirect(url_of(here, "done", idea=idea.id))  # pressed twice, or sent again after the back key
    require_editable(here, idea)
    form = CheckForm()
    gaps = summary.gaps(here, idea)
    if submitted(form, lambda: _send(idea, form, bool(gaps))):
        return redirect(url_of(here, "done", idea=idea.id))
    status = 422 if request.method == "POST" else status_of(form)
    is_draft = idea.state == "draft"
    return render_template(
        "ideas/check.html", form=form, idea=idea, gaps=gaps, rules=here.rules,
        rows=summary.content_rows(here, idea), person_rows=summary.person_rows(here, idea),
        alike=queries_own.lookalikes(idea) if is_draft and not gaps else (),
        number=_number(here), pictures=queries_attached.pictures_of(idea.id),
        documents=queries_attached.documents_of(idea.id),
        answer_by=answer_by(here, [idea], clock.now()).get(idea.id),
    ), status  # fmt: skip


def _send(idea: Idea, form: CheckForm, has_gaps: bool) -> None:
    actor, now = current_actor(), clock.now()
    if idea.state == "returned":
        commands.answer_return(idea_id=idea.id, actor=actor, now=now)
    elif has_gaps:
        raise Problems(())  # the page names them
    else:
        commands.submit_idea(idea_id=idea.id, consent=bool(form.consent.data), actor=actor, now=now)


@bp.get("/<town>/<int:year>/ideas/mine/<int:idea>/done")
@guard(Action.SEE_OWN, idea=own)
def done(here: Here, idea: Idea) -> ResponseReturnValue:
    """The number, and what happens next."""
    if idea.number is None:
        return redirect(url_of(here, "waiting" if idea.waiting_since else "check", idea=idea.id))
    return render_template("ideas/done.html", idea=idea, number=_number(here)(idea.number))


@bp.route("/<town>/<int:year>/ideas/mine/<int:idea>/withdraw", methods=["GET", "POST"])
@guard(Action.WITHDRAW_IDEA, idea=own)
def withdraw(here: Here, idea: Idea) -> ResponseReturnValue:
    """Take an idea back, after one more question."""
    form = ActForm()
    was_draft = idea.state == "draft"
    if submitted(
        form, lambda: commands.withdraw_idea(idea_id=idea.id, actor=current_actor(), now=clock.now())
    ):
        flash(_("The draft was deleted.") if was_draft else _("The idea was withdrawn."), "success")
        return redirect(url_of(here, "mine"))
    number = _number(here)(idea.number) if idea.number else ""
    return render_template("ideas/withdraw.html", form=form, idea=idea, number=number), status_of(form)


@bp.get("/<town>/<int:year>/ideas/mine/<int:idea>/picture/<int:picture>.webp")
@guard(Action.SEE_OWN, idea=own)
def own_picture(here: Here, idea: Idea, picture: int) -> ResponseReturnValue:
    """The picture of the reader's own idea, draft or not."""
    return picture_response(queries_attached.picture(idea.id, picture, large=False), shared=False)


@bp.get("/<town>/<int:year>/ideas/mine/<int:idea>/document/<int:document>")
@guard(Action.SEE_OWN, idea=own)
def own_document(here: Here, idea: Idea, document: int) -> ResponseReturnValue:
    """A document of the reader's own idea, draft or not."""
    return document_response(queries_attached.document(idea.id, document), shared=False)
