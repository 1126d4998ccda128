"""Pages of staff: the trainings, one to announce or change, its papers, who was there."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from pb import clock
from pb.accounts.queries import given_name
from pb.core.errors import Missing
from pb.core.whole import whole_number
from pb.cycles.queries import Here
from pb.ideas import documents
from pb.policy import Action
from pb.training import commands, commands_sessions, queries
from pb.training.forms import CancelForm, MaterialsForm, PersonForm, SessionForm, SureForm, people
from pb.training.models import SignUp, TrainingSession
from pb.training.views import blueprint, certificate_of, load, url_of
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard
from pb.web.pdf import pdf_response


@blueprint.get("/manage")
@guard(Action.MANAGE_TRAINING)
def manage(here: Here) -> ResponseReturnValue:
    """All trainings of the cycle, with their numbers."""
    found = queries.sessions_of(here.the_cycle.id, clock.now())
    return render_template("training/manage.html", rows=found)


def _offered(here: Here, form: SessionForm) -> SessionForm:
    staff = [
        (row.id, given_name(row) or row.email or "") for row in commands_sessions.trainers_of(here.town.id)
    ]
    form.trainer_id.choices = people(_("Not named"), staff)
    return form


@blueprint.route("/new", methods=["GET", "POST"])
@guard(Action.MANAGE_TRAINING)
def new(here: Here) -> ResponseReturnValue:
    """Announce a training."""
    form = _offered(here, SessionForm())
    made: list[int] = []
    if submitted(form, lambda: made.append(_save(here, form, None))):
        flash(_("The training is on the public page."), "success")
        return redirect(url_of(here, "show", session=made[0]))
    return render_template("training/edit.html", form=form, session=None), status_of(form)


@blueprint.route("/<int:session>/edit", methods=["GET", "POST"])
@guard(Action.MANAGE_TRAINING, session=load)
def edit(here: Here, session: TrainingSession) -> ResponseReturnValue:
    """Change a training; those on its list are told of another time or place."""
    form, session_id = _offered(here, SessionForm(data=_shown(session))), session.id
    if submitted(form, lambda: _save(here, form, session_id)):
        flash(_("Saved."), "success")
        return redirect(url_of(here, "show", session=session_id))
    return render_template("training/edit.html", form=form, session=session), status_of(form)


def _shown(session: TrainingSession) -> dict[str, Any]:
    texts = {
        f"{name}_{lang}": getattr(session, name).get(lang, "")
        for name in ("topic", "agenda", "place")
        for lang in ("ka", "en")
    }
    minutes = int((session.ends_at - session.begins_at).total_seconds()) // 60
    return {
        **texts, "link": session.link, "begins_at": session.begins_at, "minutes": minutes,
        "seats": session.seats, "trainer_id": session.trainer_id, "version": str(session.version),
    }  # fmt: skip


def _save(here: Here, form: SessionForm, session_id: int | None) -> int:
    return commands_sessions.save_session(
        cycle_id=here.the_cycle.id, session_id=session_id, fields=form.values(), actor=current_actor(),
        now=clock.now(), version=whole_number(form.version.data) if session_id is not None else None,
    )  # fmt: skip


@blueprint.route("/<int:session>/call-off", methods=["GET", "POST"])
@guard(Action.MANAGE_TRAINING, session=load)
def call_off(here: Here, session: TrainingSession) -> ResponseReturnValue:
    """A training that does not take place."""
    form, session_id = CancelForm(), session.id

    def act() -> None:
        commands_sessions.cancel_session(
            session_id=session_id, reason=form.reason.data or "", actor=current_actor(), now=clock.now()
        )

    if submitted(form, act):
        flash(_("The training is cancelled. Everybody on its list gets a text message."), "success")
        return redirect(url_of(here, "show", session=session_id))
    return render_template("training/call_off.html", form=form, one=queries.listed(session)), status_of(form)


@blueprint.route("/<int:session>/papers", methods=["GET", "POST"])
@guard(Action.MANAGE_TRAINING, session=load)
def papers(here: Here, session: TrainingSession) -> ResponseReturnValue:
    """Papers for those who come."""
    form, session_id = MaterialsForm(), session.id

    def act() -> None:
        given = [file for file in form.document.data or () if getattr(file, "filename", "")]
        checked = [documents.checked(file.stream.read(), file.filename or "") for file in given]
        commands_sessions.add_materials(
            session_id=session_id, documents=checked, actor=current_actor(), now=clock.now()
        )

    if submitted(form, act):
        flash(_("Saved."), "success")
        return redirect(url_of(here, "papers", session=session_id))
    page = render_template(
        "training/papers.html", form=form, session=session, most=commands_sessions.MOST_MATERIALS
    )
    return page, status_of(form)


@blueprint.post("/<int:session>/papers/<int:paper>/remove")
@guard(Action.MANAGE_TRAINING, session=load)
def remove_paper(here: Here, session: TrainingSession, paper: int) -> ResponseReturnValue:
    """Take a paper away."""
    session_id = session.id
    commands_sessions.remove_material(
        session_id=session_id, material_id=paper, actor=current_actor(), now=clock.now()
    )
    flash(_("The document was removed."), "success")
    return redirect(url_of(here, "papers", session=session_id))


@blueprint.get("/<int:session>/attendance")
@guard(Action.TAKE_ATTENDANCE, session=load)
def attendance(here: Here, session: TrainingSession) -> ResponseReturnValue:
    """Who was there: one tap a person, on the trainer's phone."""
    return _attendance(here, session, PersonForm(formdata=None))


def _attendance(here: Here, session: TrainingSession, form: PersonForm) -> ResponseReturnValue:
    rows = queries.sign_ups(session.id)
    page = render_template(
        "training/attendance.html",
        session=session,
        form=form,
        rows=[(row, queries.full_name(row)) for row in rows],
        there=sum(bool(row.attended) for row in rows),
        open=commands.attendance_open(session, clock.now()) and session.cancelled_at is None,
    )
    return page, status_of(form)


@blueprint.post("/<int:session>/attendance/<int:line>")
@guard(Action.TAKE_ATTENDANCE, session=load)
def mark(here: Here, session: TrainingSession, line: int) -> ResponseReturnValue:
    """One person: was there, was not, or not noted."""
    wanted = {"yes": True, "no": False}.get(request.form.get("there", ""))
    session_id = session.id
    commands.mark_attendance(
        session_id=session_id, sign_up_id=line, attended=wanted, actor=current_actor(), now=clock.now()
    )
    return redirect(url_of(here, "attendance", session=session_id, _anchor=f"p{line}"))


@blueprint.post("/<int:session>/attendance")
@guard(Action.TAKE_ATTENDANCE, session=load)
def walk_in(here: Here, session: TrainingSession) -> ResponseReturnValue:
    """Somebody came who was not on the list."""
    form, session_id = PersonForm(), session.id

    def act() -> None:
        commands.note_walk_in(
            session_id=session_id, first_name=form.first_name.data or "", surname=form.surname.data or "",
            phone=form.phone.data or "", actor=current_actor(), now=clock.now(),
        )  # fmt: skip

    if submitted(form, act):
        flash(_("Noted as present."), "success")
        return redirect(url_of(here, "attendance", session=session_id))
    return _attendance(here, session, form)


@blueprint.get("/<int:session>/attendance.pdf")
@guard(Action.TAKE_ATTENDANCE, session=load)
def attendance_paper(here: Here, session: TrainingSession) -> ResponseReturnValue:
    """The list on paper, A4, to be signed; empty lines for those who come without having signed up."""
    rows = [row for row in queries.sign_ups(session.id) if row.seat is not None or row.attended]
    html = render_template(
        "training/attendance_print.html", session=session, names=sorted(map(queries.full_name, rows)),
        trainer=given_name(session.trainer) if session.trainer else "",
    )  # fmt: skip
    return pdf_response(html, f"attendance-{session.id}.pdf")


@blueprint.get("/<int:session>/attendance/<int:line>/certificate.pdf")
@guard(Action.TAKE_ATTENDANCE, session=load)
def certificate_for(here: Here, session: TrainingSession, line: int) -> ResponseReturnValue:
    """The certificate of somebody who has no phone to fetch it with."""
    row: SignUp | None = queries.sign_up_in_session(session.id, line)
    if row is None:
        raise Missing("no_such_page")
    return certificate_of(here, session, row)


@blueprint.route("/<int:session>/help", methods=["GET", "POST"])
@guard(Action.ASSIST_TRAINING, session=load)
def help_desk(here: Here, session: TrainingSession) -> ResponseReturnValue:
    """An operator signs somebody up, or cancels for somebody."""
    form, session_id = PersonForm(), session.id
    made: list[int] = []

    def act() -> None:
        made.append(
            commands.sign_up_for(
                session_id=session_id, first_name=form.first_name.data or "", surname=form.surname.data or "",
                phone=form.phone.data or "", actor=current_actor(), now=clock.now(),
            )
        )  # fmt: skip

    if submitted(form, act):
        row = queries.sign_up_in_session(session_id, made[0])
        full = row is not None and row.seat is None
        words = _("The person is on the waiting list.") if full else _("The person has a seat.")
        flash(words, "success")
        return redirect(url_of(here, "help_desk", session=session_id))
    me = current_actor().account_id
    rows = [row for row in queries.sign_ups(session_id) if row.signed_up_by == me]
    page = render_template(
        "training/help.html", form=form, one=queries.listed(session), session=session,
        rows=[(row, queries.full_name(row)) for row in rows],
    )  # fmt: skip
    return page, status_of(form)


@blueprint.route("/<int:session>/help/<int:line>/cancel", methods=["GET", "POST"])
@guard(Action.ASSIST_TRAINING, session=load)
def help_cancel(here: Here, session: TrainingSession, line: int) -> ResponseReturnValue | Response:
    """An operator cancels for somebody who asked, after one more question."""
    row = queries.sign_up_in_session(session.id, line)
    if row is None or row.signed_up_by != current_actor().account_id:
        raise Missing("no_such_page")
    form, session_id, name = SureForm(), session.id, queries.full_name(row)

    def act() -> None:
        commands.cancel_for(session_id=session_id, sign_up_id=line, actor=current_actor(), now=clock.now())

    if submitted(form, act):
        flash(_("The person is not on the list any more."), "success")
        return redirect(url_of(here, "help_desk", session=session_id))
    back = url_for("training.help_desk", town=here.town.slug, year=here.the_cycle.year, session=session_id)
    return render_template(
        "training/leave.html", session=session, form=form, name=name, back=back
    ), status_of(form)
