"""Handing in: read it all once more, the receipt; taking it back."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.core.errors import Invalid
from pb.cycles.queries import Here
from pb.policy import Action
from pb.projects import commands
from pb.projects.budget import cost_of
from pb.projects.editing import newest, place_of
from pb.projects.forms import BasedForm, HandInForm, WithdrawForm
from pb.projects.models import Project, ProjectRevision
from pb.projects.page_parts import hurdles_of
from pb.projects.text import FIELD_PAGES, REASON_LIMIT, missing_parts
from pb.projects.views import blueprint, load, number_words, text_values
from pb.projects.views_edit import page_of
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard
from pb.web.pdf import pdf_response
from pb.web.wording import error_words


@blueprint.route("/<int:number>/edit/hand-in", methods=["GET", "POST"])
@guard(Action.DEVELOP_PROJECT, number=load)
def hand_in(here: Here, number: Project) -> ResponseReturnValue:
    """Read it all once more, and hand it in."""
    text = newest(number)
    form = HandInForm(data={"base": text.number})
    if submitted(form, lambda: _hand_in(number, form)):
        return redirect(url_for("projects.handed_in", **place_of(here, number)))
    text = newest(number)
    form.base.data = str(text.number)
    return page_of(
        "hand_in", here, number, "hand_in", form=form, text=text, missing=_missing(here, number, text),
        cost=cost_of(text.budget), **text_values(text),
    ), status_of(form)  # fmt: skip


def _hand_in(project: Project, form: BasedForm) -> None:
    commands.hand_in_project(
        project_id=project.id, actor=current_actor(), now=clock.now(), base=form.base_number
    )


def _missing(here: Here, project: Project, text: ProjectRevision) -> list[tuple[str, str]]:
    """(address of the page to correct it on, words) of everything that is missing or must be settled."""
    found = missing_parts(
        text.fields,
        text.timeline,
        text.budget,
        cap=here.rules.cost_cap_tetri,
        floor=here.rules.cost_floor_tetri,
    )
    place = place_of(here, project)
    missing = [
        (
            url_for(f"projects.{FIELD_PAGES.get(p.field or '', 'text')}", **place),
            error_words(Invalid(p.code, **p.params)),
        )
        for p in found
    ]
    return missing + [
        (
            url_for(hurdle.endpoint, **{**place, **hurdle.values}),
            error_words(Invalid(hurdle.problem.code, **hurdle.problem.params)),
        )
        for hurdle in hurdles_of(here, project, clock.now())
    ]


@blueprint.get("/<int:number>/edit/handed-in")
@guard(Action.SEE_OWN, number=load)
def handed_in(here: Here, number: Project) -> ResponseReturnValue:
    """The receipt, with the number and what comes next."""
    if number.handed_in_revision is None:
        return redirect(url_for("projects.edit", **place_of(here, number)))
    return page_of("handed_in", here, number, "handed_in", text=number.handed_in_revision)


@blueprint.get("/<int:number>/edit/receipt.pdf")
@guard(Action.SEE_OWN, number=load)
def receipt(here: Here, number: Project) -> ResponseReturnValue:
    """The same on paper, A5."""
    text, place = number.handed_in_revision, place_of(here, number)
    if text is None:
        return redirect(url_for("projects.edit", **place))
    base = current_app.extensions["pb_settings"].base_url.rstrip("/")
    shown = number_words(here, number.number)
    html = render_template(
        "projects/receipt_print.html", project=number, number=shown, text=text,
        address=base + url_for("projects.revision", n=text.number, **place),
    )  # fmt: skip
    return pdf_response(html, f"{shown}.pdf")


@blueprint.route("/<int:number>/edit/withdraw", methods=["GET", "POST"])
@guard(Action.WITHDRAW_PROJECT, number=load)
def withdraw(here: Here, number: Project) -> ResponseReturnValue:
    """Take the project back, after one more question."""
    form = WithdrawForm()
    if submitted(form, lambda: _withdraw(number, form)):
        flash(_("The project was withdrawn."), "success")
        return redirect(url_for("ideas.mine", town=here.town.slug, year=here.the_cycle.year))
    return page_of(
        "withdraw", here, number, "withdraw", form=form, text=newest(number), limit=REASON_LIMIT
    ), status_of(form)


def _withdraw(project: Project, form: WithdrawForm) -> None:
    commands.withdraw_project(
        project_id=project.id, actor=current_actor(), now=clock.now(), reason=form.reason.data or ""
    )
