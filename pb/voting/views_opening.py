"""The opening page: two people are led from the close to the count, and each step says what it waits for."""

from __future__ import annotations

import tempfile
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from pb import clock
from pb.accounts.queries import actor_by_id
from pb.core.errors import Invalid, Missing
from pb.core.whole import whole_number
from pb.cycles.models import typed_in
from pb.cycles.queries import Here
from pb.policy import Action
from pb.voting import commands_opening, commands_round, commands_steps, commands_void
from pb.voting.custodians import custodians_of
from pb.voting.exports import take_export
from pb.voting.forms_box import BoxFileForm, CaseForm, OpeningForm, PublishedReasonForm
from pb.voting.models_ceremony import BoxAct, VoidCase
from pb.voting.obligations import open_obligations
from pb.voting.opened import counted
from pb.voting.posting import unexplained_code
from pb.voting.queries_ceremony import box_act_of, box_acts, pending, void_cases
from pb.voting.rounds import round_of, the_round
from pb.voting.steps import steps_of
from pb.voting.trial import trial_ballots
from pb.web.forms import Form, status_of, submitted
from pb.web.guard import current_actor, guard
from pb.web.wording import error_words

blueprint = Blueprint("opening", __name__, url_prefix="/<town>/<int:year>/box")
OUTCOMES = {"approve": "approved", "reject": "rejected", "withdraw": "withdrawn"}
LARGEST = 512 * 1024 * 1024  # bytes of an opened file; 100,000 ballots take some 45 MB
EXPORTS = ("trial", "links", "ballots")


def _url(here: Here, endpoint: str = "opening.index") -> str:
    return url_for(endpoint, town=here.town.slug, year=here.the_cycle.year)


def _act(here: Here, act: str) -> BoxAct | None:
    row, found = round_of(here.the_cycle.id), whole_number(act)
    return box_act_of(row.id, found) if row is not None and found is not None else None


def _case(here: Here, case: str) -> VoidCase | None:
    row, found = round_of(here.the_cycle.id), whole_number(case)
    return next((one for one in void_cases(row.id) if one.id == found), None) if row is not None else None


def _proposed() -> str:
    return _("Proposed. Another administrator must approve it within a day, signed in as themselves.")


def _given(here: Here) -> dict[str, Any]:
    return {"cycle_id": here.the_cycle.id, "actor": current_actor(), "now": clock.now()}


@blueprint.route("/opening")
@guard(Action.SEE_ROLL)
def index(here: Here) -> ResponseReturnValue:
    """Where the box stands, what waits for a second person, and the next step."""
    return _page(here)


def _page(here: Here, **forms: Form) -> ResponseReturnValue:
    row, now = the_round(here.the_cycle.id), clock.now()
    acts = pending(row.id, now)
    decided = [act for act in box_acts(row.id) if act not in acts and act.outcome is not None]
    blocking = open_obligations(row) if row.closed_at and not row.destroyed_at else []
    given = {
        "reason": PublishedReasonForm,
        "case": CaseForm,
        "links": BoxFileForm,
        "opened": OpeningForm,
        "keep": PublishedReasonForm,
    }
    shown: dict[str, Form] = {
        name: forms.get(name) or kind(formdata=None, prefix="keep" if name == "keep" else "")
        for name, kind in given.items()
    }
    page = render_template(
        "voting/opening.html", vote=row, acts=acts, decided=decided, cases=void_cases(row.id), forms=shown,
        steps={step.name: step for step in steps_of(here)}, unexplained=unexplained_code(row) is not None,
        names=_name, language_of=typed_in,
        blocking=[error_words(Invalid(one.code, **one.params)) for one in blocking],
        by_ourselves=current_app.extensions["pb_settings"].is_demonstration and not custodians_of(row.cycle_id),
        numbers=counted(row.id) if row.opened_at else None,
    )  # fmt: skip
    return page, max(status_of(form) for form in shown.values())


def _name(account_id: int | None) -> str:
    return actor_by_id(account_id).display_name if account_id else ""


@blueprint.route("/propose/<kind>", methods=["POST"])
@guard(Action.CLOSE_BOX)
def propose(here: Here, kind: str) -> ResponseReturnValue:
    """The first person: close, or destroy the link key."""
    if kind not in ("close", "destroy"):
        raise Missing("no_such_page")
    commands_steps.propose_step(kind=kind, **_given(here))
    flash(_proposed(), "success")
    return redirect(_url(here))


@blueprint.route("/explain", methods=["POST"])
@guard(Action.EXPLAIN_CODE)
def explain(here: Here) -> ResponseReturnValue:
    """The first person: what was changed in the program, and why."""
    form = PublishedReasonForm()
    if submitted(
        form,
        lambda: commands_steps.propose_step(kind="explain", reason=form.reason.data or "", **_given(here)),
    ):
        flash(_proposed(), "success")
        return redirect(_url(here))
    return _page(here, reason=form)


@blueprint.route("/acts/<act>/<verdict>", methods=["POST"])
@guard(Action.EXPLAIN_CODE, act=_act)
def decide(here: Here, verdict: str, act: BoxAct) -> ResponseReturnValue:
    """The second person approves or rejects; the first may withdraw."""
    if verdict not in OUTCOMES:
        raise Missing("no_such_page")
    given = {"act_id": act.id, "outcome": OUTCOMES[verdict], **_given(here)}
    if act.kind == "void":
        commands_void.decide_case(**given)
    elif act.kind == "open":
        commands_opening.refuse_opening(**given)
    else:
        commands_steps.decide_step(**given)
    flash(_("Done. It stands on the public board.") if verdict == "approve" else _("Noted."), "success")
    return redirect(_url(here))


@blueprint.route("/cases", methods=["POST"])
@guard(Action.VOID_BALLOT)
def case(here: Here) -> ResponseReturnValue:
    """The first person: a vote that is suspected of fraud."""
    form = CaseForm()

    def act() -> None:
        commands_void.open_case_of_number(
            number=form.number.data or "", reason=form.reason.data or "", **_given(here)
        )

    if submitted(form, act):
        flash(_("The case is open. Another administrator decides on it."), "success")
        return redirect(_url(here))
    return _page(here, case=form)


@blueprint.route("/cases/<case>/keep", methods=["POST"])
@guard(Action.VOID_BALLOT, case=_case)
def keep(here: Here, case: VoidCase) -> ResponseReturnValue:
    """The first person: an approved case whose link nobody can open is given up, and its ballot counts."""
    form = PublishedReasonForm(prefix="keep")
    if submitted(
        form,
        lambda: commands_steps.propose_step(
            kind="keep", subject=str(case.id), reason=form.reason.data or "", **_given(here)
        ),
    ):
        flash(_proposed(), "success")
        return redirect(_url(here))
    return _page(here, keep=form)


@blueprint.route("/files/<what>", methods=["POST"])
@guard(Action.SEE_ROLL)
def export(here: Here, what: str) -> ResponseReturnValue:
    """The file that the custodians take along: everything in it is sealed. That somebody took it is recorded."""
    if what not in EXPORTS:
        raise Missing("no_such_page")
    row = the_round(here.the_cycle.id)
    out = tempfile.TemporaryFile()  # noqa: SIM115  # sent, and closed with the answer
    take_export(what=what, out=out, **_given(here))
    out.seek(0)
    return send_file(
        out, mimetype="application/jsonl", as_attachment=True, download_name=f"{row.label}-{what}.jsonl"
    )


@blueprint.route("/trial-file", methods=["GET", "POST"])
@guard(Action.OPEN_TRIAL)
def trial_file(here: Here) -> ResponseReturnValue:
    """What the pairs have opened for trial: away from here, each pair."""
    form, pairs = BoxFileForm(), list[str]()
    if submitted(
        form,
        lambda: pairs.append(
            commands_round.import_trial(source=request.files["file"].stream, **_given(here))
        ),
    ):
        flash(_("Custodians %(pair)s have opened their trial ballot.", pair=pairs[-1]), "success")
        row = the_round(here.the_cycle.id)
        return redirect(_url(here, "voting.box" if row.trial_opened_at else "opening.trial_file"))
    row = the_round(here.the_cycle.id)
    page = render_template("voting/trial_file.html", form=form, trials=trial_ballots(row.id), vote=row)
    return page, status_of(form)


@blueprint.route("/links-file", methods=["POST"])
@guard(Action.VOID_BALLOT)
def links_file(here: Here) -> ResponseReturnValue:
    """The opened links of approved cases."""
    form, found = BoxFileForm(), list[int]()
    if submitted(
        form,
        lambda: found.append(commands_void.import_links(source=request.files["file"].stream, **_given(here))),
    ):
        said = ngettext("%(num)s ballot does not count.", "%(num)s ballots do not count.", found[-1])
        flash(said, "success")
        return redirect(_url(here))
    return _page(here, links=form)


@blueprint.route("/opened-file", methods=["POST"])
@guard(Action.CLOSE_BOX)
def opened_file(here: Here) -> ResponseReturnValue:
    """The opened ballots: the first person proposes the file, the second approves with the same one."""
    request.max_content_length = LARGEST
    form = OpeningForm()
    acts = [act for act in pending(the_round(here.the_cycle.id).id, clock.now()) if act.kind == "open"]
    given = {"sources": [sent.stream for sent in request.files.getlist("file")], **_given(here)}

    def act() -> None:
        if acts:
            commands_opening.approve_opening(act_id=acts[0].id, **given)
            flash(_("The box is open. The count can be ordered now."), "success")
        else:
            commands_opening.propose_opening(**given)
            flash(
                _("The file is whole and of this box. Another administrator must hand in the same file."),
                "success",
            )

    return redirect(_url(here)) if submitted(form, act) else _page(here, opened=form)
