"""Pages of who presides while sheets come in (sheets that leave criteria out, a longer term), of the draw of
members, and a member's own calibration.
"""

from __future__ import annotations

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.core.errors import Closed
from pb.cycles.queries import Here
from pb.policy import Action
from pb.projects.records import number_of
from pb.review import commands_draws, commands_scoring, own_calibration, queries_commission, queries_ranking
from pb.review import queries_scoring as queries
from pb.review.blueprint import blueprint
from pb.review.forms_scoring import ExtensionForm, GapForm, SeedForm
from pb.review.presiding import presiding
from pb.review.queries_scoring import Gap
from pb.review.shortfalls import lacking
from pb.review.views_commission import address
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard

BASE = "/<town>/<int:year>/commission"


def load_gap(here: Here, sheet: int) -> Gap | None:
    """A sheet of this cycle that leaves criteria out."""
    return next((gap for gap in queries.gaps(here.the_cycle.id) if gap.sheet.id == sheet), None)


@blueprint.get(f"{BASE}/gaps")
@guard(Action.ACCEPT_GAP)
def gaps(here: Here) -> ResponseReturnValue:
    """Submitted sheets that leave criteria out: which, and why; no level that they give."""
    me, chair = current_actor().account_id, presiding(here)
    rows = queries.gaps(here.the_cycle.id)
    return render_template(
        "review/scoring_gaps.html",
        rows=rows,
        mine={g.sheet.id for g in rows if chair.by(me, g.project.id, besides=g.sheet.member_id)},
        number_of=number_of,
        published=queries_ranking.publication(here.the_cycle.id) is not None,
    )


@blueprint.route(f"{BASE}/gaps/<int:sheet>", methods=["GET", "POST"])
@guard(Action.ACCEPT_GAP, sheet=load_gap)
def accept_gap(here: Here, sheet: Gap) -> ResponseReturnValue:
    """Accept one of them with a reason; from then on the sheet counts."""
    form, sheet_id = GapForm(), sheet.sheet.id

    def act() -> None:
        commands_scoring.accept_gap(
            sheet_id=sheet_id, reason=form.reason.data or "", actor=current_actor(), now=clock.now()
        )

    if submitted(form, act):
        flash(_("Accepted: the sheet counts from now on."), "success")
        return redirect(address(here, "gaps"))
    if sheet.accepted is not None:
        return redirect(address(here, "gaps"))
    page = render_template("review/scoring_gap.html", form=form, gap=sheet, number=number_of(sheet.project))
    return page, status_of(form)


@blueprint.route(f"{BASE}/extend", methods=["GET", "POST"])
@guard(Action.EXTEND_SCORING)
def extend_scoring(here: Here) -> ResponseReturnValue:
    """A later end of the term for scoring, because a quorum is missing."""
    form = ExtensionForm()

    def act() -> None:
        commands_scoring.extend_scoring(
            cycle_id=here.the_cycle.id,
            until=form.until.data,
            reason=form.reason.data or "",
            actor=current_actor(),
            now=clock.now(),
        )

    if submitted(form, act):
        flash(_("The term is longer now. The public log says so, with the reason."), "success")
        return redirect(address(here, "desk"))
    assert here.calendar is not None
    page = render_template(
        "review/scoring_extend.html",
        form=form,
        lacking=lacking(here),
        window=here.calendar.window("scoring"),
        opened=queries_ranking.is_open(here.the_cycle.id),
    )
    return page, status_of(form)


@blueprint.get(f"{BASE}/assignment")
@guard(Action.SEE_COMMISSION)
def assignment(here: Here) -> ResponseReturnValue:
    """Who was drawn to score which project, and how to draw it again."""
    cycle_id = here.the_cycle.id
    drawn = queries.assigned(cycle_id)
    names = {a.id: queries_commission.name_of(a) for a in queries_commission.member_accounts(here)}
    projects = queries_commission.scored_projects(here)
    loads = {
        member: sum(member in members for members in drawn.values())
        for member in queries_commission.panel_of(here).members
    }
    return render_template(
        "review/scoring_assignment.html",
        round=queries.newest_round(cycle_id),
        rows=[(p, number_of(p), [names.get(m, "") for m in drawn.get(p.id, ())]) for p in projects],
        loads=[(names.get(member, ""), load) for member, load in loads.items()],
        begun=queries_commission.sheets_begun(cycle_id),
        places=here.rules.scoring.members_per_project,
    )


@blueprint.route(f"{BASE}/assignment/draw", methods=["GET", "POST"])
@guard(Action.DRAW_MEMBERS)
def draw_members(here: Here) -> ResponseReturnValue:
    """Draw who scores what, from a seed that everybody reads."""
    form = SeedForm()

    def act() -> None:
        commands_draws.assign_members(
            cycle_id=here.the_cycle.id, seed=form.seed.data or "", actor=current_actor(), now=clock.now()
        )

    if submitted(form, act):
        flash(_("Drawn. The seed and the fingerprint stand in the public log."), "success")
        return redirect(address(here, "assignment"))
    page = render_template(
        "review/scoring_draw.html", form=form, places=here.rules.scoring.members_per_project
    )
    return page, status_of(form)


@blueprint.get(f"{BASE}/mine")
@guard(Action.SEE_RANKING)
def own_report(here: Here) -> ResponseReturnValue:
    """How far above or below the others a member scored, by criterion; for the member alone, after the opening."""
    if not queries_ranking.is_open(here.the_cycle.id):
        raise Closed("scores_sealed")
    account_id = current_actor().account_id
    assert account_id is not None
    return render_template("review/scoring_mine.html", report=own_calibration.report(here, account_id))
