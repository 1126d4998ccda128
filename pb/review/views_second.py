"""What a member does in a session with their own hands: a second sheet after the discussion, a minority opinion."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.core.errors import Closed, Missing, Refused
from pb.cycles.queries import Here
from pb.policy import Action
from pb.projects.models import Project
from pb.projects.records import number_of
from pb.review import commands_discussion as discussing
from pb.review import commands_minutes, queries_commission, queries_flags, queries_ranking
from pb.review import queries_session as queries
from pb.review.blueprint import blueprint
from pb.review.forms_session import OpinionForm, second_sheet_form
from pb.review.models_session import AgendaItem, Sitting
from pb.review.showing_session import counted_flags
from pb.review.views_commission import address, text_values
from pb.review.views_commission import load as load_project
from pb.review.views_session import ONE, load_item
from pb.review.views_session import load as load_session
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard


@blueprint.route("/<town>/<int:year>/commission/<int:number>/second", methods=["GET", "POST"])
@guard(Action.HAND_IN_SECOND_SHEET, number=load_project)
def second_sheet(here: Here, number: Project) -> ResponseReturnValue:
    """A second sheet beside what the first one said."""
    project, me = number, current_actor().account_id or 0
    sheet = queries_commission.own_sheet(project.id, me)
    if queries_commission.panel_of(here).kind(me, project.id):
        raise Refused("recused")
    if sheet is None or sheet.state != "submitted":
        raise Refused("no_first_sheet")
    if sheet.id in queries_ranking.second_sheets(here.the_cycle.id):
        raise Closed("second_sheet_in")
    if project.number not in queries_flags.flagged(here):
        raise Closed("not_flagged")
    stored: dict[str, Any] = {}
    for line in sheet.lines:
        stored[f"{line.criterion}.value"], stored[f"{line.criterion}.reason"] = line.value, line.reason
    form, project_id = second_sheet_form(here.rules.rubric, stored), project.id
    first = {line.criterion: line.value for line in sheet.lines}
    title = project.title

    def act() -> None:
        discussing.hand_in_second_sheet(
            project_id=project_id,
            lines=form.lines(here.rules.rubric),
            reason=form.why.data or "",
            actor=current_actor(),
            now=clock.now(),
        )

    if submitted(form, act):
        flash(
            _(
                "Your second sheet on “%(title)s” is in. It counts; the first one is kept beside it.",
                title=title,
            ),
            "success",
        )
        return redirect(address(here, "desk"))
    page = render_template(
        "review/second_sheet.html",
        form=form,
        first=first,
        discussed=project.id in queries.discussed(here.the_cycle.id),
        flags=counted_flags(queries_flags.flags_of(here).get(project.number, [])),
        reason_min=discussing.REASON_MIN,
        reason_max=discussing.REASON_MAX,
        **text_values(project),
    )
    return page, status_of(form)


@blueprint.route(f"{ONE}/items/<int:item>/opinion", methods=["GET", "POST"])
@guard(Action.STATE_OPINION, session=load_session, item=load_item)
def opinion(here: Here, session: Sitting, item: AgendaItem) -> ResponseReturnValue:
    """What a member holds against what was decided, for the minutes."""
    row, item_id, me = item, item.id, current_actor().account_id or 0
    if row.sitting_id != session.id:
        raise Missing("no_such_page")
    if row.project_id is not None and queries_commission.panel_of(here).kind(me, row.project_id):
        raise Refused("recused")
    last = queries.opinions([row.id]).get(row.id, {}).get(me)
    form, number = OpinionForm(data={"words": last.words if last else ""}), session.number

    def act() -> None:
        commands_minutes.state_opinion(
            item_id=item_id, words=form.words.data or "", actor=current_actor(), now=clock.now()
        )

    if submitted(form, act):
        flash(_("Your minority opinion stands in the minutes."), "success")
        return redirect(address(here, "session", session=number))
    project = row.project
    page = render_template(
        "review/session_opinion.html",
        form=form,
        sitting=session,
        item=row,
        number=number_of(project) if project is not None else "",
        limit=commands_minutes.OPINION_MAX,
        least=commands_minutes.OPINION_MIN,
    )
    return page, status_of(form)
