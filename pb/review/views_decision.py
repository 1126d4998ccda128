"""The chair's pages, and the ranking as the commission reads it once the scores are open."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from pb import clock
from pb.core.bundles import letters_stable
from pb.core.errors import Closed, Refused
from pb.core.flags import Flag
from pb.core.workflow import ProjectState
from pb.cycles.queries import Here
from pb.policy import Action
from pb.projects.models import Project
from pb.review import commands_decision as commands
from pb.review import panel_view, queries_commission, queries_ranking, queries_session
from pb.review import showing_ranking as showing
from pb.review.blueprint import blueprint
from pb.review.forms_commission import ConfirmForm, DecisionForm, PublicationForm
from pb.review.hiding import hidden_from
from pb.review.models import RankingSnapshot
from pb.review.presiding import presiding
from pb.review.queries_duty import sheets_in
from pb.review.redone import granted, waiting
from pb.review.views_commission import address, load
from pb.web.forms import choices_of, status_of, submitted
from pb.web.guard import current_actor, guard
from pb.web.wording import label


def _snapshot(here: Here) -> RankingSnapshot:
    snapshot = queries_ranking.newest_snapshot(here.the_cycle.id)
    if snapshot is None:
        raise Closed("scores_sealed")
    return snapshot


@blueprint.route("/<town>/<int:year>/commission/open", methods=["GET", "POST"])
@guard(Action.OPEN_SCORES)
def open_scores(here: Here) -> ResponseReturnValue:
    """What opening means and what is missing; the POST opens."""
    form = ConfirmForm()
    if submitted(
        form, lambda: commands.open_scores(cycle_id=here.the_cycle.id, actor=current_actor(), now=clock.now())
    ):
        flash(_("The scores are open. The ranking was computed from the submitted sheets."), "success")
        return redirect(address(here, "scores"))
    if queries_ranking.is_open(here.the_cycle.id):
        return redirect(address(here, "scores"))
    assert here.calendar is not None
    window = here.calendar.windows.get("scoring")
    page = render_template(
        "review/commission_open.html",
        form=form,
        sheets=sheets_in(here),
        window_open=window is not None and clock.now() < window.closes,
        window=window,
    )
    return page, status_of(form)


@blueprint.get("/<town>/<int:year>/commission/scores")
@guard(Action.SEE_RANKING)
def scores(here: Here) -> ResponseReturnValue:
    """The ranking with everything that raises questions, for the session of the commission."""
    snapshot, rules = _snapshot(here), here.rules
    hidden = hidden_from(here, current_actor().account_id)
    projects = queries_commission.scored_projects(here)
    document = queries_ranking.document_of(snapshot)
    sheets = queries_ranking.counted_sheets(here.the_cycle.id, stable=letters_stable(rules))
    ranked = queries_ranking.ranked_of(here, projects, sheets)
    entries = {entry["number"]: entry for entry in document["projects"]}
    raised = panel_view.document_flags(
        queries_ranking.panel_sheets(projects, sheets), entries, document.get("ways"), rules
    )
    below = queries_ranking.below_quorum(here)
    return render_template(
        "review/commission_scores.html",
        rows=[row for row in showing.rows_of(here, snapshot) if row.project.number not in hidden],
        hidden=[p for p in projects if p.number in hidden],
        snapshot=snapshot,
        document=document,
        ways=document.get("ways"),
        beside=panel_view.besides(ranked, rules),
        flags=_flags_by_project(here, raised),
        below=[p for p in projects if p.number in below],
        published=queries_ranking.is_published(here.the_cycle.id, clock.now()),
        why=lambda entry: showing.why(here, entry),
        outcome_words=lambda outcome: showing.outcome_words(here, outcome),
        letter_words=showing.letter_words,
    )


@blueprint.get("/<town>/<int:year>/commission/scores/<int:number>")
@guard(Action.SEE_RANKING, number=load)
def sheets_of_project(here: Here, number: Project) -> ResponseReturnValue:
    """The sheets on one project with their reasons. Refused to whoever is recused from it."""
    _snapshot(here)
    if number.number in hidden_from(here, current_actor().account_id):
        raise Refused("recused")
    sheets = queries_ranking.counted_sheets(
        here.the_cycle.id, number.id, stable=letters_stable(here.rules)
    ).get(number.id, [])
    return render_template(
        "review/commission_sheets.html",
        project=number,
        number=showing.number_of(number),
        sheets=sheets,
        letter_words=showing.letter_words,
    )


def _flags_by_project(here: Here, raised: tuple[Flag, ...]) -> dict[int, list[tuple[str, Any, int]]]:
    """Flags on projects: (words, name of the criterion or None, how often). Who the member is, is not said."""
    counts = Counter((int(f.project_id), f.code, f.criterion_id) for f in raised)
    found: dict[int, list[tuple[str, Any, int]]] = {}
    for (number, code, criterion_id), count in counts.items():
        name = here.rules.rubric.criterion(criterion_id).name if criterion_id else None
        found.setdefault(number, []).append((label(f"flag_{code}"), name, count))
    return found


@blueprint.get("/<town>/<int:year>/commission/decisions")
@guard(Action.DECIDE_PROJECT)
def decisions(here: Here) -> ResponseReturnValue:
    """All projects with what the ranking proposes and what the commission decided."""
    snapshot, cycle_id = _snapshot(here), here.the_cycle.id
    me, chair = current_actor().account_id, presiding(here)
    hidden = hidden_from(here, me)
    rows = showing.rows_of(here, snapshot)
    mine = {row.project.number for row in rows if chair.by(me, row.project.id)}
    open_rows = [r for r in rows if r.decision is None and r.project.state == ProjectState.FROZEN]
    return render_template(
        "review/commission_decisions.html",
        form=ConfirmForm(),
        rows=rows,
        hidden=hidden,
        mine=mine,
        undecided=len(open_rows),
        followable=sum(r.project.number in mine for r in open_rows),
        below=queries_ranking.below_quorum(here),
        published=queries_ranking.publication(cycle_id) is not None,
        final=queries_ranking.confirmation(cycle_id) is not None,
        reconciled=queries_session.reconciliation(cycle_id) is not None,
        sitting=queries_session.open_sitting(cycle_id),
        redo=granted(cycle_id),
        redo_waits=waiting(cycle_id),
        outcome_words=lambda outcome: showing.outcome_words(here, outcome),
    )


@blueprint.post("/<town>/<int:year>/commission/decisions/follow")
@guard(Action.DECIDE_PROJECT)
def follow(here: Here) -> ResponseReturnValue:
    """Decide as the ranking proposes wherever nothing is decided; each can be changed until publication."""
    count = commands.follow_ranking(cycle_id=here.the_cycle.id, actor=current_actor(), now=clock.now())
    flash(
        ngettext(
            "%(num)s project follows the ranking. You can change each decision until they are published.",
            "%(num)s projects follow the ranking. You can change each decision until they are published.",
            count,
        ),
        "success",
    )
    return redirect(address(here, "decisions"))


@blueprint.route("/<town>/<int:year>/commission/<int:number>/decision", methods=["GET", "POST"])
@guard(Action.DECIDE_PROJECT, number=load)
def decide(here: Here, number: Project) -> ResponseReturnValue:
    """The decision on one project beside what the ranking proposes."""
    if queries_ranking.publication(here.the_cycle.id) is not None:
        raise Closed("decisions_published")
    row = next((r for r in showing.rows_of(here, _snapshot(here)) if r.project.id == number.id), None)
    if row is None:
        raise Closed("decide_below_quorum", number=showing.number_of(number))
    if number.number in hidden_from(here, current_actor().account_id):
        raise Refused("recused_chair")
    last, project_id = row.decision, number.id
    form = DecisionForm(
        data={
            "outcome": last.outcome if last else row.entry["proposal"],
            "reason": last.reason if last else "",
        }
    )
    form.outcome.choices = choices_of((code, showing.outcome_words(here, code)) for code in commands.OUTCOMES)

    def act() -> int:
        return commands.record_decision(
            project_id=project_id,
            outcome=form.outcome.data or "",
            reason=form.reason.data or "",
            actor=current_actor(),
            now=clock.now(),
        )

    if submitted(form, act):
        flash(_("The decision is recorded. It stays sealed until all decisions are published."), "success")
        return redirect(address(here, "decisions"))
    page = render_template(
        "review/commission_decide.html",
        form=form,
        row=row,
        why=showing.why(here, row.entry),
        proposal=showing.outcome_words(here, row.entry["proposal"]),
        reason_min=commands.DEPARTURE_REASON,
        reason_max=commands.REASON_MAX,
    )
    return page, status_of(form)


@blueprint.route("/<town>/<int:year>/commission/publish", methods=["GET", "POST"])
@guard(Action.PUBLISH_DECISIONS)
def publish(here: Here) -> ResponseReturnValue:
    """What becomes public and what is locked; the POST publishes."""
    form, cycle_id = PublicationForm(), here.the_cycle.id

    def act() -> dict[str, int]:
        return commands.publish_decisions(
            cycle_id=cycle_id, minutes=form.minutes.data or "", actor=current_actor(), now=clock.now()
        )

    if submitted(form, act):
        flash(_("The decisions are published."), "success")
        return redirect(address(here, "ranking"))
    if queries_ranking.publication(cycle_id) is not None:
        return redirect(address(here, "ranking"))
    hidden, rows = hidden_from(here, current_actor().account_id), showing.rows_of(here, _snapshot(here))
    page = render_template(
        "review/commission_publish.html",
        form=form,
        rows=rows,
        hidden=hidden,
        groups=[(code, showing.outcome_words(here, code)) for code in commands.OUTCOMES],
        undecided=sum(r.decision is None and r.project.state == ProjectState.FROZEN for r in rows),
        below=queries_ranking.below_quorum(here),
        unminuted=commands.unminuted(here.the_cycle.id),
        reconciled=queries_session.reconciliation(cycle_id) is not None,
    )
    return page, status_of(form)
