"""Administration of a contest that is not published yet: its name and year, and discarding it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired

from pb import clock
from pb.core.errors import Closed
from pb.cycles import commands_draft
from pb.cycles.fields import needed
from pb.cycles.queries import Here
from pb.cycles.views import bp
from pb.policy import Action
from pb.web.forms import Form, status_of, submitted
from pb.web.guard import current_actor, guard


class NameForm(Form):
    """What the contest is called, and of which year it is."""

    name_ka = StringField(_l("Name in Georgian"), [needed])
    name_en = StringField(_l("Name in English"), [needed])
    year = IntegerField(_l("Year of the contest"), [InputRequired()])


def _require_draft(here: Here) -> None:
    if here.the_cycle.published_at is not None:
        raise Closed("already_published")


@bp.route("/<town>/admin/<int:year>/name", methods=["GET", "POST"])
@guard(Action.EDIT_CYCLE)
def edit_name(here: Here) -> ResponseReturnValue:
    """Name and year; the dates move with the year."""
    _require_draft(here)
    cycle = here.the_cycle
    form = NameForm(data={"name_ka": cycle.name["ka"], "name_en": cycle.name.get("en"), "year": cycle.year})
    if submitted(form, lambda: _rename(here, form)):
        flash(_("Saved."), "success")
        return redirect(url_for("cycles.tasks", town=here.town.slug, year=form.year.data))
    return render_template("cycles/edit_name.html", form=form), status_of(form)


def _rename(here: Here, form: NameForm) -> None:
    commands_draft.rename_cycle(
        cycle_id=here.the_cycle.id,
        name={"ka": form.name_ka.data or "", "en": form.name_en.data or ""},
        year=form.year.data or 0,
        actor=current_actor(),
        now=clock.now(),
    )


@bp.route("/<town>/admin/<int:year>/discard", methods=["GET", "POST"])
@guard(Action.EDIT_CYCLE)
def discard(here: Here) -> ResponseReturnValue:
    """One more question, then the contest is gone."""
    _require_draft(here)
    form = Form()
    if submitted(form, lambda: commands_draft.discard_cycle(
        cycle_id=here.the_cycle.id, actor=current_actor(), now=clock.now()
    )):  # fmt: skip
        flash(_("The contest was discarded."), "success")
        return redirect(url_for("cycles.admin", town=here.town.slug))
    return render_template("cycles/discard.html", form=form), status_of(form)
