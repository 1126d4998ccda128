"""The minutes: the draft as it grows, fixing them, the paper, the signed scan; and what everybody reads of sessions."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from flask import Response, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from pb import clock
from pb.core.errors import Missing
from pb.cycles.queries import Here
from pb.ideas import documents
from pb.policy import Action
from pb.review import commands_minutes as commands
from pb.review import minutes
from pb.review import queries_session as queries
from pb.review.blueprint import blueprint
from pb.review.forms_session import MinutesForm, ScanForm
from pb.review.models_minutes import Minutes
from pb.review.models_session import Sitting
from pb.review.showing_ranking import outcome_words
from pb.review.views_commission import address
from pb.review.views_session import ONE, load
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard, public
from pb.web.pdf import pdf_response


def _at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _values(here: Here, data: dict[str, Any], fixed: Minutes | None) -> dict[str, Any]:
    """What templates/review/_minutes.html lays out."""
    return {
        "minutes": data,
        "fixed": fixed,
        "at": _at,
        "outcome_words": lambda code: outcome_words(here, code),
    }


def _document(here: Here, session: Sitting) -> tuple[dict[str, Any], Minutes | None]:
    """The fixed minutes, or the draft as it stands now."""
    fixed = queries.minutes_of(here.the_cycle.id).get(session.id)
    if fixed is None:
        return minutes.draft(here, session), None
    data: dict[str, Any] = json.loads(fixed.document)
    return data, fixed


@blueprint.route(f"{ONE}/minutes", methods=["GET", "POST"])
@guard(Action.SEE_SESSION, session=load)
def minutes_draft(here: Here, session: Sitting) -> ResponseReturnValue:
    """The minutes as they stand; chair and secretary fix them once the session is closed."""
    form, sitting_id, number = MinutesForm(), session.id, session.number

    def act() -> None:
        commands.fix_minutes(
            sitting_id=sitting_id,
            number=form.number.data or "",
            remarks=form.remarks.data or "",
            actor=current_actor(),
            now=clock.now(),
        )

    if submitted(form, act):
        flash(_("The minutes are fixed. Print them and have them signed."), "success")
        return redirect(address(here, "minutes_draft", session=number))
    return _page(here, number, form, ScanForm(formdata=None)), status_of(form)


def _page(here: Here, number: int, form: MinutesForm, scan: ScanForm) -> str:
    sitting = load(here, number)
    assert sitting is not None
    data, fixed = _document(here, sitting)
    return render_template(
        "review/session_minutes.html",
        form=scan if fixed is not None else form,
        sitting=sitting,
        scan=queries.scans_of(here.the_cycle.id).get(sitting.id),
        remarks_max=commands.REMARKS_MAX,
        **_values(here, data, fixed),
    )


@blueprint.post(f"{ONE}/minutes/signed")
@guard(Action.KEEP_MINUTES, session=load)
def add_scan(here: Here, session: Sitting) -> ResponseReturnValue:
    """Put the signed paper beside the minutes."""
    form, sitting_id, number = ScanForm(), session.id, session.number

    def act() -> None:
        file: FileStorage = form.document.data
        document = documents.checked(
            file.stream.read(documents.LARGEST_FILE + 1), file.filename or "", "document"
        )
        commands.add_scan(sitting_id=sitting_id, document=document, actor=current_actor(), now=clock.now())

    if submitted(form, act):
        flash(_("The signed minutes are stored."), "success")
        return redirect(address(here, "minutes_draft", session=number))
    return _page(here, number, MinutesForm(formdata=None), form), status_of(form)


def _paper(here: Here, session: Sitting) -> ResponseReturnValue:
    data, fixed = _document(here, session)
    html = render_template("review/minutes_paper.html", **_values(here, data, fixed))
    name = f"{here.town.slug}-{here.the_cycle.year}-minutes-{session.number}.pdf"
    return pdf_response(html, name)


def _scan(here: Here, session: Sitting) -> ResponseReturnValue:
    data = queries.scan_bytes(session.id)
    if data is None:
        raise Missing("no_such_page")
    response = Response(data, content_type="application/pdf")
    name = f"{here.town.slug}-{here.the_cycle.year}-minutes-{session.number}-signed.pdf"
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@blueprint.get(f"{ONE}/minutes.pdf")
@guard(Action.SEE_SESSION, session=load)
def minutes_paper(here: Here, session: Sitting) -> ResponseReturnValue:
    """The paper to be signed; a draft says that it is one."""
    return _paper(here, session)


@blueprint.get(f"{ONE}/minutes/signed.pdf")
@guard(Action.SEE_SESSION, session=load)
def own_scan(here: Here, session: Sitting) -> ResponseReturnValue:
    """The signed paper, for the commission."""
    return _scan(here, session)


def _public(here: Here, number: int) -> Sitting | None:
    """A session whose minutes everybody may read."""
    sitting = load(here, number)
    fixed = queries.minutes_of(here.the_cycle.id).get(sitting.id) if sitting is not None else None
    return sitting if fixed is not None and minutes.is_public(here, fixed.at, clock.now()) else None


@blueprint.get("/<town>/<int:year>/sessions")
@public()
def public_sessions(here: Here) -> ResponseReturnValue:
    """When and where the commission meets and on what; once the decisions are published, the minutes too. Which
    projects are on an agenda follows from sealed scores, so it is public with them.
    """
    cycle_id, now = here.the_cycle.id, clock.now()
    rows = [row for row in queries.sittings(cycle_id) if row.called_at <= now]
    fixed = queries.minutes_of(cycle_id)
    return render_template(
        "review/sessions_public.html",
        rows=rows,
        agendas=queries.agendas([row.id for row in rows]),
        minutes={n: row for n, row in fixed.items() if minutes.is_public(here, row.at, now)},
        scans={n: row for n, row in queries.scans_of(cycle_id).items() if row.at <= now},
    )


@blueprint.get("/<town>/<int:year>/sessions/<int:session>/minutes.pdf")
@public(session=_public)
def public_minutes(here: Here, session: Sitting) -> ResponseReturnValue:
    """The minutes, in the reader's language."""
    return _paper(here, session)


@blueprint.get("/<town>/<int:year>/sessions/<int:session>/minutes.json")
@public(session=_public)
def minutes_json(here: Here, session: Sitting) -> ResponseReturnValue:
    """The document of the minutes, byte for byte: what the fingerprint is taken of."""
    fixed = queries.minutes_of(here.the_cycle.id)[session.id]
    response = Response(fixed.document, mimetype="application/json")
    name = f"{here.town.slug}-{here.the_cycle.year}-minutes-{session.number}.json"
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


@blueprint.get("/<town>/<int:year>/sessions/<int:session>/signed.pdf")
@public(session=_public)
def public_scan(here: Here, session: Sitting) -> ResponseReturnValue:
    """The signed paper."""
    return _scan(here, session)
