"""Administration of cycles: the list of a town's contests, a new one, its task list, its publication."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from pb import clock
from pb.core.errors import Invalid, Problems
from pb.cycles import commands, queries, readiness
from pb.cycles.fields import SelectChoice
from pb.cycles.forms import NewCycleForm
from pb.cycles.guide import guide
from pb.cycles.queries import Here
from pb.cycles.readiness import SECTIONS, Fault
from pb.cycles.views import bp
from pb.cycles.words_rules import CHOOSE_ONE_NOTE, PARTS
from pb.policy import Action
from pb.web.filters import words
from pb.web.forms import Form, status_of, submitted
from pb.web.guard import current_actor, guard
from pb.web.wording import error_words

STARTER = "starter"
#: Fields that a contest from a template begins without.
FIELDS = {"act_number": _l("Number of the council's act"), "act_date": _l("Date of the council's act")}


@bp.get("/<town>/admin/")
@guard(Action.EDIT_CYCLE)
def admin(here: Here) -> ResponseReturnValue:
    """A town's contests, published or not, and what else an administrator keeps."""
    now = clock.now()
    cycles = queries.cycles_of(here.town.id, now=now, unpublished=True)
    rows = [queries.here_of(cycle, now) for cycle in cycles]
    known = "accounts.staff" in current_app.view_functions
    staff_url = url_for("accounts.staff", town=here.town.slug) if known else ""
    shown = [(row, guide(row, now)) for row in rows]
    return render_template("cycles/admin.html", rows=shown, staff_url=staff_url)


@bp.route("/<town>/admin/cycles/new", methods=["GET", "POST"])
@guard(Action.CREATE_CYCLE)
def create(here: Here) -> ResponseReturnValue:
    """A new contest from the starter or from a former one."""
    now = clock.now()
    former = queries.cycles_of(here.town.id, now=now, unpublished=True)
    form = NewCycleForm(data={"like": STARTER, "year": max([now.year, *(c.year + 1 for c in former)])})
    form.like.choices = [SelectChoice(STARTER, _("The starter rulebook and the usual dates"))]
    for cycle in former:
        label = _("A copy of “%(name)s”, moved to the new year", name=words(cycle.name))
        form.like.choices.append(SelectChoice(str(cycle.id), label))
    if submitted(form, lambda: _create(here, form)):
        flash(_("The contest was begun. Nobody but the staff sees it yet."), "success")
        return redirect(url_for("cycles.tasks", town=here.town.slug, year=form.year.data))
    return render_template("cycles/create.html", form=form, former=former), status_of(form)


def _create(here: Here, form: NewCycleForm) -> None:
    like = None if form.like.data == STARTER else int(form.like.data)
    if like is None and not form.pot_tetri.data:
        raise Invalid("required", field="pot_tetri")
    commands.create_cycle(
        town_id=here.town.id,
        year=form.year.data or 0,
        pot_tetri=form.pot_tetri.data,
        split=form.split.data,
        like_cycle_id=like,
        actor=current_actor(),
        now=clock.now(),
    )


@bp.get("/<town>/admin/<int:year>/")
@guard(Action.EDIT_CYCLE)
def tasks(here: Here) -> ResponseReturnValue:
    """What is left to do before publication; after it, what can still be done."""
    faults = readiness.faults_of(here)
    published = here.the_cycle.published_at is not None
    pending = queries.pending_act(here.the_cycle.id) if published else None
    return render_template(
        "cycles/tasks.html", items=[_item(here, section, faults) for section in SECTIONS],
        faults=_shown(here, faults), published=published, guide=guide(here, clock.now()), pending=pending,
    )  # fmt: skip


def section_url(here: Here, section: str) -> str:
    """The page on which a section is edited."""
    if section == "town":
        return url_for("places.admin_town", town=here.town.slug)
    return url_for(f"cycles.edit_{section}", town=here.town.slug, year=here.the_cycle.year)


def _item(here: Here, section: str, faults: tuple[Fault, ...]) -> dict[str, object]:
    own = [fault for fault in faults if fault.section == section]
    hint = _said(own[0]) if own else ""
    if section == "ballot" and not own and here.rulebook and readiness.chooses_one_by_shares(here.rulebook):
        hint = str(CHOOSE_ONE_NOTE)
    state = "problem" if own else "done"
    return {"label": PARTS[section], "url": section_url(here, section), "hint": hint, "state": state}


def _shown(here: Here, faults: tuple[Fault, ...]) -> list[dict[str, object]]:
    """Faults in words, each with the page that mends it."""
    return [
        {
            "words": _said(fault),
            "part": PARTS[fault.section],
            "url": section_url(here, fault.section),
        }
        for fault in faults
    ]


def _said(fault: Fault) -> str:
    """What is wrong; a section with several fields alike names the field too."""
    words = error_words(Invalid(fault.problem.code, **fault.problem.params))
    label = FIELDS.get(fault.problem.field or "")
    return f"{label}: {words}" if label else words


@bp.route("/<town>/admin/<int:year>/publish", methods=["GET", "POST"])
@guard(Action.PUBLISH_CYCLE)
def publish(here: Here) -> ResponseReturnValue:
    """What becomes public and binding; or everything that still keeps it from that."""
    form = Form()
    if form.validate_on_submit():
        try:
            commands.publish_cycle(cycle_id=here.the_cycle.id, actor=current_actor(), now=clock.now())
        except Problems:
            pass  # the page below lists them, each with its link
        else:
            flash(_("The contest is published."), "success")
            return redirect(url_for("cycles.front", town=here.town.slug, year=here.the_cycle.year))
    faults = _shown(here, readiness.faults_of(here))
    version = here.the_cycle.rulebook_version
    page = render_template(
        "cycles/publish.html", form=form, faults=faults, dates=here.calendar, version=version
    )
    return page, 422 if faults and form.is_submitted() else status_of(form)
