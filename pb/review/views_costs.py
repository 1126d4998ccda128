"""Pages of cost: the officer's list and cards, and the author's answer."""

from __future__ import annotations

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.core.errors import Missing
from pb.cycles.queries import Here
from pb.policy import Action
from pb.projects.models import Project
from pb.projects.records import number_of
from pb.review import commands_feasibility as commands
from pb.review import queries_commission, queries_ranking
from pb.review import queries_feasibility as queries
from pb.review.blueprint import blueprint
from pb.review.forms_feasibility import CHANGES, CardForm, CostAnswerForm, card_form
from pb.review.views_commission import address, load, text_values
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard

BASE = "/<town>/<int:year>/costs"


@blueprint.get(BASE)
@guard(Action.SEE_QUEUE)
def costs(here: Here) -> ResponseReturnValue:
    """All projects with the newest card of each; without one first, then what waits for the author."""
    cards = queries.newest_cards(here.the_cycle.id)
    order = {"": 0, "refused": 1, "waiting": 2, "silence": 3, "accepted": 3}
    rows = [(project, cards.get(project.id)) for project in queries_commission.scored_projects(here)]
    rows.sort(key=lambda row: (order[row[1].standing if row[1] else ""], row[0].number))
    return render_template(
        "review/costs.html",
        rows=rows,
        number_of=number_of,
        settled=queries_ranking.is_open(here.the_cycle.id),
        counts={name: sum((c.standing if c else "") == name for _p, c in rows) for name in order},
    )


@blueprint.route(f"{BASE}/<int:number>", methods=["GET", "POST"])
@guard(Action.MAKE_COST_CARD, number=load)
def cost_card(here: Here, number: Project) -> ResponseReturnValue:
    """The estimate beside the author's figure, what was agreed, and the cards before."""
    cards, project_id = queries.cards_of(number.id, clock.now()), number.id
    last = cards[0].card if cards else None
    form = card_form(last.estimate_tetri if last else number.cost_tetri, last.running_tetri if last else None)
    if submitted(form, lambda: _make(project_id, form)):
        flash(_("The card is made. The author has been asked to answer."), "success")
        return redirect(address(here, "costs"))
    page = render_template(
        "review/cost_card.html", form=form, cards=cards, rows_of_changes=range(CHANGES),
        days=commands.ANSWER_DAYS, **text_values(number),
    )  # fmt: skip
    return page, status_of(form)


def _make(project_id: int, form: CardForm) -> int:
    return commands.make_cost_card(
        project_id=project_id,
        estimate_tetri=form.estimate.data,
        running_tetri=form.running.data,
        ground=form.ground.data or "",
        changes=form.changes(),
        actor=current_actor(),
        now=clock.now(),
    )


@blueprint.route(f"{BASE}/<int:number>/answer", methods=["GET", "POST"])
@guard(Action.ANSWER_COST, number=load)
def answer_cost(here: Here, number: Project) -> ResponseReturnValue:
    """The author accepts the estimate or says why not."""
    cards, project_id = queries.cards_of(number.id, clock.now()), number.id
    if not cards:
        raise Missing("no_such_page")
    form = CostAnswerForm()

    def act() -> None:
        commands.answer_cost(
            project_id=project_id,
            accepts=form.answer,
            words=form.words.data or "",
            actor=current_actor(),
            now=clock.now(),
        )

    if submitted(form, act):
        flash(_("Your answer is recorded."), "success")
        return redirect(address(here, "answer_cost", number=number.number))
    page = render_template(
        "review/cost_answer.html", form=form, cards=cards, project=number, number=number_of(number)
    )
    return page, status_of(form)
