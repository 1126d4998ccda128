"""Public pages of trainings: the list, one training with its sign-up, its papers, and the check of a certificate."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.accounts.limits import CITIZENS
from pb.accounts.queries import account_by_id, given_name
from pb.core.errors import Missing
from pb.cycles.queries import Here
from pb.policy import Action, allowed
from pb.training import certificates, commands, content, queries, queries_mentors
from pb.training.forms import CodeForm, NameForm, SureForm
from pb.training.ics import event_file
from pb.training.models import SignUp, TrainingSession
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard, public
from pb.web.pdf import pdf_response
from pb.web.wording import language

blueprint = Blueprint("training", __name__, url_prefix="/<town>/<int:year>/trainings")


def load(here: Here, session: int) -> TrainingSession | None:
    """The training of an address."""
    return queries.session_in_cycle(here.the_cycle.id, session, clock.now())


def url_of(here: Here, endpoint: str, **values: Any) -> str:
    """The address of a page of this feature."""
    return url_for(f"training.{endpoint}", town=here.town.slug, year=here.the_cycle.year, **values)


def may(here: Here, action: Action, thing: Any = None) -> bool:
    """Whether whoever reads may do this now."""
    return allowed(current_actor(), action, town_id=here.town.id, status=here.status, thing=thing)


@blueprint.get("")
@public()
def index(here: Here) -> ResponseReturnValue:
    """The cycle's trainings, those to come first, and the way to the lessons."""
    now, account = clock.now(), current_actor().account_id
    found = queries.sessions_of(here.the_cycle.id, now)
    passed = queries_mentors.results_of(account) if account is not None else {}
    return render_template(
        "training/index.html",
        coming=[one for one in found if one.session.ends_at > now],
        past=[one for one in reversed(found) if one.session.ends_at <= now],
        own=queries.own_sessions(here.the_cycle.id, account) if account is not None else {},
        lessons=content.lessons(language()),
        passed={lesson for lesson, row in passed.items() if row.passed_at is not None},
    )


@blueprint.get("/<int:session>")
@public(session=load)
def show(here: Here, session: TrainingSession) -> ResponseReturnValue:
    """One training; whoever is signed in signs up here."""
    return _page(here, session, _name_form())


def _page(here: Here, session: TrainingSession, form: NameForm) -> ResponseReturnValue:
    now, actor = clock.now(), current_actor()
    own = queries.own_sign_up(session.id, actor.account_id)
    page = render_template(
        "training/show.html",
        one=queries.listed(session),
        session=session,
        form=form,
        own=own if own is not None and own.cancelled_at is None else None,
        ahead=_ahead(session, own),
        over=session.begins_at <= now,
        ended=session.ends_at <= now,
        open=may(here, Action.SIGN_UP_TRAINING) or actor.account_id is None,
        signed_in=actor.account_id is not None,
        trainer=given_name(session.trainer) if session.trainer else "",
        may_manage=may(here, Action.MANAGE_TRAINING),
        may_assist=may(here, Action.ASSIST_TRAINING),
        may_mark=may(here, Action.TAKE_ATTENDANCE, session),
    )
    return page, status_of(form)


def _ahead(session: TrainingSession, own: SignUp | None) -> int:
    """How many wait before this person."""
    if own is None or own.state != "waiting":
        return 0
    waiting = [row.id for row in queries.sign_ups(session.id) if row.seat is None]
    return waiting.index(own.id)


def _name_form() -> NameForm:
    """With the name that the account gave, for people need not type it twice."""
    account_id = current_actor().account_id
    account = account_by_id(account_id) if account_id is not None else None
    first, _space, surname = given_name(account).partition(" ") if account else ("", "", "")
    return NameForm(data={"first_name": first, "surname": surname})


@blueprint.post("/<int:session>/sign-up")
@guard(Action.SIGN_UP_TRAINING, session=load)
@CITIZENS
def sign_up(here: Here, session: TrainingSession) -> ResponseReturnValue:
    """A seat, or a place in the queue."""
    form, session_id = NameForm(), session.id

    def act() -> None:
        commands.sign_up(
            session_id=session_id, first_name=form.first_name.data or "", surname=form.surname.data or "",
            actor=current_actor(), now=clock.now(), language=language(),
        )  # fmt: skip

    if submitted(form, act):
        own = queries.own_sign_up(session_id, current_actor().account_id)
        full = own is not None and own.seat is None
        flash(_("You are on the waiting list.") if full else _("You have a seat."), "success")
        return redirect(url_of(here, "show", session=session_id))
    return _page(here, session, form)


@blueprint.route("/<int:session>/cancel", methods=["GET", "POST"])
@guard(Action.SIGN_UP_TRAINING, session=load)
def leave(here: Here, session: TrainingSession) -> ResponseReturnValue:
    """Give the seat back, after one more question."""
    form, session_id = SureForm(), session.id
    if submitted(form, lambda: commands.cancel_sign_up(
        session_id=session_id, actor=current_actor(), now=clock.now()
    )):  # fmt: skip
        flash(_("You are not on the list any more."), "success")
        return redirect(url_of(here, "show", session=session_id))
    return render_template("training/leave.html", session=session, form=form), status_of(form)


@blueprint.get("/<int:session>.ics")
@public(session=load)
def ics(here: Here, session: TrainingSession) -> ResponseReturnValue:
    """For people's own calendars; the link for taking part from afar only for those who have a seat."""
    own = queries.own_sign_up(session.id, current_actor().account_id)
    seated = own is not None and own.seat is not None
    body = event_file(here, session, language(), with_link=seated)
    response = Response(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="training-{session.id}.ics"'
    response.headers["Cache-Control"] = "no-store" if seated else "public, max-age=300"
    return response


@blueprint.get("/<int:session>/papers/<int:paper>")
@public(session=load)
def material(here: Here, session: TrainingSession, paper: int) -> ResponseReturnValue:
    """A PDF as a download: whatever it holds, no browser runs it on this site's ground."""
    found = queries.material(session.id, paper)
    if found is None:
        raise Missing("no_such_page")
    response = Response(found.data, content_type="application/pdf")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name)}"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@blueprint.get("/<int:session>/certificate.pdf")
@guard(Action.USE_ACCOUNT, session=load)
def certificate(here: Here, session: TrainingSession) -> ResponseReturnValue:
    """The own certificate of whoever was there."""
    own = queries.own_sign_up(session.id, current_actor().account_id)
    if own is None:
        raise Missing("no_such_page")
    return certificate_of(here, session, own)


def certificate_of(here: Here, session: TrainingSession, row: SignUp) -> ResponseReturnValue:
    """The paper, A4. Raises Missing for somebody who was not there."""
    if not row.attended or row.certificate is None:
        raise Missing("no_such_page")
    html = render_template("training/certificate_print.html", **certificates.paper(here, session, row))
    return pdf_response(html, f"certificate-{row.certificate}.pdf")


@blueprint.get("/certificate")
@public()
def certificate_check(here: Here) -> ResponseReturnValue:
    """Whether a code belongs to a certificate: the name with an initial, and the topic, as the certificate says."""
    typed = request.args.get("code", "")[:40]
    form = CodeForm(formdata=None, data={"code": typed})
    found = queries.by_certificate(here.the_cycle.id, certificates.plain(typed)) if typed.strip() else None
    page = render_template(
        "training/certificate.html",
        form=form,
        typed_code=typed.strip(),
        session=found.session if found else None,
        name=queries.initialled(found) if found else "",
        code=found.certificate if found else "",
    )
    response = Response(page)
    response.headers["Cache-Control"] = "no-store"
    return response
