"""The three screens of an objection (ground, text and files, number and term), for its author or for an operator."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.appeals import commands, queries
from pb.appeals.blueprint import bp, contested_idea, contested_project, own_case, thing_url, url_of
from pb.appeals.forms import ActForm, GroundForm, TextForm
from pb.appeals.kinds import IDEA, PROJECT, Contested
from pb.appeals.models import TEXT_MAX, TEXT_MIN
from pb.appeals.numbers import number_words
from pb.appeals.queries import Case
from pb.appeals.terms import term_is_over
from pb.core.errors import Refused
from pb.core.whole import whole_number
from pb.cycles.queries import Here
from pb.ideas.content import public_number
from pb.policy import Action, allowed
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard, public
from pb.web.i18n import select_language


@bp.route("/<town>/<int:year>/ideas/<int:idea>/objection", methods=["GET", "POST"])
@public(idea=contested_idea)
def against_idea(here: Here, idea: Contested) -> ResponseReturnValue:
    """The first screen, about the decision on an idea."""
    return _ground(here, IDEA, idea)


@bp.route("/<town>/<int:year>/projects/<int:number>/objection", methods=["GET", "POST"])
@public(number=contested_project)
def against_project(here: Here, number: Contested) -> ResponseReturnValue:
    """The same about a project."""
    return _ground(here, PROJECT, number)


def _ground(here: Here, thing: str, found: Contested) -> ResponseReturnValue:
    actor, now, made = current_actor(), clock.now(), list[int]()
    row = queries.standing(found.kind, found.decision_id)
    case = queries.case_of(row) if row is not None else None
    may_read = case is not None and allowed(actor, Action.READ_OBJECTION, town_id=here.town.id, thing=case)
    if row is not None and row.state != "draft" and may_read:
        return redirect(url_of(here, "show", number=row.number))
    number = public_number(here.town.number_prefix, here.the_cycle.year, found.number)
    if term_is_over(found.at, here.rules, now):
        page = render_template("appeals/too_late.html", found=found, number=number, thing=thing)
        return page, 409
    if actor.account_id is None:
        raise Refused("sign_in_first")
    helping = actor.account_id not in found.author_ids
    if helping and not allowed(actor, Action.ASSIST_OBJECTION, town_id=here.town.id):
        return render_template("appeals/not_yours.html", found=found, number=number, thing=thing), 403
    stored = row if row is not None and may_read else None
    form = GroundForm(
        data={"ground": stored.ground, "points": stored.points, "slip": stored.slip} if stored else {}
    )
    form.offer(found.points)

    def act() -> None:
        made.append(
            commands.begin(
                cycle_id=here.the_cycle.id, thing=thing, number=found.number, ground=form.ground.data or "",
                points=form.points.data or [], slip=form.slip.data or "", actor=actor, now=now,
            )
        )  # fmt: skip

    if submitted(form, act):
        return redirect(url_of(here, "text", objection=made[0]))
    page = render_template(
        "appeals/ground.html", form=form, found=found, number=number, thing=thing, helping=helping, row=stored
    )
    return page, status_of(form)


@bp.route("/<town>/<int:year>/objections/mine/<int:objection>/text", methods=["GET", "POST"])
@guard(Action.OBJECT, objection=own_case)
def text(here: Here, objection: Case) -> ResponseReturnValue:
    """The second screen. What is typed is kept first, whatever becomes of the rest."""
    row = objection.row
    if row.state != "draft":
        return redirect(url_of(here, "done", objection=row.id))
    form = TextForm(data={"words": row.words, "version": row.version})
    later, only_files = "later" in request.form, "add" in request.form or "remove" in request.form

    if submitted(form, lambda: _save(form, row.id, only=later or only_files)):
        if later:
            flash(_("The draft is kept. It is not filed yet."), "success")
            return redirect(thing_url(here, objection))
        if only_files:
            return redirect(url_of(here, "text", objection=row.id, _anchor="files-given"))
        return redirect(url_of(here, "done", objection=row.id))
    if request.method == "POST":  # the text may have been kept all the same
        kept = queries.by_id(here.the_cycle.id, row.id)
        form.version.data = str(kept.row.version if kept else row.version)
    found = queries.contested(here, "idea" if row.idea_id else "project", row.thing_number, clock.now())
    page = render_template(
        "appeals/text.html", form=form, row=row, files=queries.files_of(row.id), most=commands.MOST_FILES,
        least=TEXT_MIN, limit=TEXT_MAX, found=found, helping=row.helper_id == current_actor().account_id,
        back=url_of(here, "against_idea", idea=row.thing_number) if row.idea_id
        else url_of(here, "against_project", number=row.thing_number),
    )  # fmt: skip
    return page, status_of(form)


def _save(form: TextForm, objection_id: int, *, only: bool) -> None:
    actor, now = current_actor(), clock.now()
    commands.save_text(
        objection_id=objection_id, words=form.words.data or "", actor=actor, now=now,
        version=whole_number(form.version.data), language=select_language(),
    )  # fmt: skip
    if (file_id := whole_number(request.form.get("remove"))) is not None:
        commands.detach(objection_id=objection_id, file_id=file_id, actor=actor, now=now)
    files = form.attachments(len(queries.files_of(objection_id)))
    if files:
        commands.attach(objection_id=objection_id, files=files, actor=actor, now=now)
    if not only:
        commands.file_objection(objection_id=objection_id, actor=actor, now=now)


@bp.get("/<town>/<int:year>/objections/mine/<int:objection>/done")
@guard(Action.OBJECT, objection=own_case)
def done(here: Here, objection: Case) -> ResponseReturnValue:
    """The third screen: the number, and until when it is decided."""
    row = objection.row
    if row.number is None:
        return redirect(url_of(here, "text", objection=row.id))
    return render_template(
        "appeals/done.html", row=row, number=number_words(here, row), thing_url=thing_url(here, objection)
    )


@bp.route("/<town>/<int:year>/objections/mine/<int:objection>/withdraw", methods=["GET", "POST"])
@guard(Action.OBJECT, objection=own_case)
def withdraw(here: Here, objection: Case) -> ResponseReturnValue:
    """Take it back, after one more question."""
    form, row, url = ActForm(), objection.row, thing_url(here, objection)
    was_draft = row.state == "draft"
    if submitted(
        form, lambda: commands.withdraw(objection_id=row.id, actor=current_actor(), now=clock.now())
    ):
        flash(_("The draft was deleted.") if was_draft else _("The objection was withdrawn."), "success")
        return redirect(url)
    if row.state in ("withdrawn", "decided"):
        return redirect(url_of(here, "show", number=row.number))
    number = number_words(here, row) if row.number else ""
    return render_template("appeals/withdraw.html", form=form, row=row, number=number, url=url), status_of(
        form
    )
