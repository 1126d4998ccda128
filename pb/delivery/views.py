"""Public pages of delivery: every winner's state, and the same as a file."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from pb import clock
from pb.core.workflow import ProjectState
from pb.cycles.queries import Here
from pb.delivery import queries, table
from pb.delivery.progress import Progress, Step
from pb.delivery.queries import Delivery
from pb.results.pages import unit_names
from pb.results.queries import code_of
from pb.results.titles import titled
from pb.web.filters import day, money_words
from pb.web.guard import public

bp = Blueprint("delivery", __name__)
GEORGIAN = re.compile("[\u10d0-\u10ff]")


@bp.get("/<town>/<int:year>/delivery")
@public()
def index(here: Here) -> ResponseReturnValue:
    """What became of the winners: state, steps, money, delays."""
    found = queries.deliveries(here, clock.now())
    return render_template(
        "delivery/index.html",
        rows=[card_of(here, one) for one in found],
        totals=totals(found),
        columns=table.COLUMNS,
    )


@bp.get("/<town>/<int:year>/data/delivery.csv", defaults={"separator": ","})
@bp.get("/<town>/<int:year>/data/delivery-semicolon.csv", defaults={"separator": ";"})
@public()
def csv(here: Here, separator: str) -> ResponseReturnValue:
    """Every step of every winner."""
    body = table.file(here, queries.deliveries(here, clock.now()), separator)
    response = Response(body, content_type="text/csv; charset=utf-8")
    name = f"{here.town.slug}-{here.the_cycle.year}-delivery.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def totals(found: list[Delivery]) -> dict[str, int]:
    """Numbers over all winners; money in tetri."""
    return {
        "winners": sum(one.project.state != ProjectState.ABANDONED for one in found),
        "done": sum(one.project.state == ProjectState.DONE for one in found),
        "late": sum(is_late(one) for one in found),
        "paid": sum(one.progress.paid_tetri for one in found),
        "cost": sum(one.project.cost_tetri for one in found if one.project.state != ProjectState.ABANDONED),
    }


def is_late(one: Delivery) -> bool:
    """Whether a project that is under way has a step overdue."""
    return one.project.state in (ProjectState.SELECTED, ProjectState.IMPLEMENTING) and one.progress.overdue


def card_of(here: Here, one: Delivery) -> dict[str, Any]:
    """A winner as cards and parts show it."""
    project, progress = one.project, one.progress
    return {
        "project": project,
        "code": code_of(here, project),
        "unit": unit_names(here).get(project.unit.slug, "") if project.unit else "",
        "progress": progress,
        "share": min(1000, progress.paid_tetri * 1000 // max(project.cost_tetri, 1)),
        "paid": _(
            "paid %(paid)s of %(cost)s",
            paid=money_words(progress.paid_tetri),
            cost=money_words(project.cost_tetri),
        ),
        "steps": ngettext(
            "%(done)s of %(num)s step done",
            "%(done)s of %(num)s steps done",
            len(progress.steps),
            done=progress.done,
        )
        if progress.steps
        else _("no steps announced yet"),
        "delay": delay_words(project.state, progress),
        "late": is_late(one),
        "next": next_words(project.state, progress),
        "next_lang": lang_of(progress.next_step.title) if progress.next_step else "",
    }


def delay_words(state: str, progress: Progress) -> str:
    """How late the project is or was; empty where nothing was promised yet."""
    if not progress.steps or state == ProjectState.ABANDONED:
        return ""
    if progress.delay_days == 0:
        return _("finished in time") if state == ProjectState.DONE else _("no delay")
    if progress.overdue:
        return ngettext("late by %(num)s day", "late by %(num)s days", progress.delay_days)
    if state == ProjectState.DONE:
        return ngettext("finished %(num)s day late", "finished %(num)s days late", progress.delay_days)
    return ngettext("last step was %(num)s day late", "last step was %(num)s days late", progress.delay_days)


def next_words(state: str, progress: Progress) -> tuple[str, str] | None:
    """The step that comes next and its day, while the project is under way."""
    step = progress.next_step
    if step is None or state not in (ProjectState.SELECTED, ProjectState.IMPLEMENTING):
        return None
    return step.title, day(step.due)


def timeline_of(progress: Progress) -> list[dict[str, Any]]:
    """The steps for components/timeline.html."""
    return [
        {
            "when": _step_when(step),
            "title": titled(step.title, lang_of(step.title)),
            "lang": lang_of(step.note or step.title),
            "text": step.note,
            "by": _("Paid: %(sum)s", sum=money_words(step.paid_tetri)) if step.paid_tetri else "",
            "tone": "good" if step.is_done else ("bad" if step.is_overdue else "now"),
        }
        for step in progress.steps
    ]


def _step_when(step: Step) -> str:
    if step.done_on is not None:
        if step.late_days:
            return ngettext(
                "Done on %(day)s, %(num)s day late", "Done on %(day)s, %(num)s days late", step.late_days,
                day=day(step.done_on),
            )  # fmt: skip
        return _("Done on %(day)s, in time", day=day(step.done_on))
    if step.is_overdue:
        return ngettext(
            "Promised for %(day)s, late by %(num)s day", "Promised for %(day)s, late by %(num)s days",
            step.late_days, day=day(step.due),
        )  # fmt: skip
    return _("Promised for %(day)s", day=day(step.due))


def lang_of(text: str) -> str:
    """The language in which staff typed a step: Georgian if it has a Georgian letter."""
    return "ka" if GEORGIAN.search(text) else "en"
