"""Administration of towns: opening one, its contact data, its units, its centres."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.core.errors import Invalid, Problems
from pb.places import commands, queries
from pb.places.forms import CentreForm, ContactForm, OpenTownForm, UnitsForm
from pb.places.models import Centre
from pb.places.municipalities import municipalities, municipality, stored_units
from pb.places.views import bp
from pb.policy import Action
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard

# Words are entered in two inputs; what is wrong with them is shown at the first one.
TWO_INPUTS = {
    "protection_officer": "officer_ka",
    "name": "name_ka",
    "address": "address_ka",
    "hours": "hours_ka",
}


def _at_inputs(act: Callable[[], Any]) -> Callable[[], None]:
    def run() -> None:
        try:
            act()
        except Problems as found:
            moved = [replace(p, field=TWO_INPUTS.get(p.field or "", p.field)) for p in found.problems]
            raise Problems(moved) from found

    return run


@bp.route("/admin/towns/new", methods=["GET", "POST"])
@guard(Action.OPEN_TOWN)
def open_town() -> ResponseReturnValue:
    """Choose a municipality, then look at what is prefilled and open it."""
    form = OpenTownForm()
    if not form.is_submitted():
        form.slug.data = request.args.get("municipality", "")
        form.accent.data = commands.ACCENTS[0]
    place = municipality(form.slug.data or "")
    if submitted(form, _at_inputs(lambda: _open(form))):
        flash(_("The municipality is open. Now appoint its administrators."), "success")
        known = "accounts.staff" in current_app.view_functions
        return redirect(url_for("accounts.staff" if known else "cycles.town", town=form.slug.data))
    has_units = place is not None and stored_units(place.slug) is not None
    page = render_template(
        "places/open_town.html", form=form, place=place, municipalities=municipalities(),
        opened={town.slug for town in queries.towns()}, has_units=has_units,
    )  # fmt: skip
    return page, status_of(form)


def _open(form: OpenTownForm) -> None:
    units = form.unit_rows()
    if not units:
        raise Invalid("required", field="units")
    commands.open_town(
        slug=form.slug.data or "",
        number_prefix=(form.number_prefix.data or "").strip(),
        units=units,
        actor=current_actor(),
        now=clock.now(),
        **form.values(),
    )


@bp.route("/<town>/admin/town", methods=["GET", "POST"])
@guard(Action.MANAGE_TOWN)
def admin_town(here: Any) -> ResponseReturnValue:
    """Hotline, address, colour, personal data protection officer."""
    form = ContactForm()
    if not form.is_submitted():
        form.show(here.town)

    def act() -> None:
        commands.save_town(town_id=here.town.id, actor=current_actor(), now=clock.now(), **form.values())

    if submitted(form, _at_inputs(act)):
        flash(_("Saved."), "success")
        return redirect(url_for("cycles.admin", town=here.town.slug))
    return render_template("places/admin_town.html", form=form), status_of(form)


@bp.route("/<town>/admin/units", methods=["GET", "POST"])
@guard(Action.MANAGE_TOWN)
def admin_units(here: Any) -> ResponseReturnValue:
    """The list of units, and a file that adds to it or renames."""
    form = UnitsForm()

    def act() -> None:
        rows = form.unit_rows()
        commands.import_units(town_id=here.town.id, rows=rows, actor=current_actor(), now=clock.now())

    if submitted(form, act):
        flash(_("The units were imported."), "success")
        return redirect(url_for("places.admin_units", town=here.town.slug))
    page = render_template("places/admin_units.html", form=form, units=queries.units_of(here.town.id))
    return page, status_of(form)


def _centre(here: Any, centre_id: int) -> Centre | None:
    return queries.centre_of(here.town.id, centre_id)


@bp.get("/<town>/admin/centres")
@guard(Action.MANAGE_TOWN)
def admin_centres(here: Any) -> ResponseReturnValue:
    """The centres, to change, add and remove."""
    return render_template("places/admin_centres.html", centres=queries.centres_of(here.town.id))


@bp.route("/<town>/admin/centres/new", methods=["GET", "POST"])
@guard(Action.MANAGE_TOWN)
def new_centre(here: Any) -> ResponseReturnValue:
    """A new centre."""
    return _centre_page(here, None)


@bp.route("/<town>/admin/centres/<int:centre>", methods=["GET", "POST"])
@guard(Action.MANAGE_TOWN, centre=_centre)
def edit_centre(here: Any, centre: Centre) -> ResponseReturnValue:
    """Change a centre."""
    return _centre_page(here, centre)


def _centre_page(here: Any, centre: Centre | None) -> ResponseReturnValue:
    form = CentreForm()
    form.offer(queries.units_of(here.town.id))
    if centre is not None and not form.is_submitted():
        form.show(centre)
    centre_id = centre.id if centre else None

    def act() -> None:
        commands.save_centre(
            town_id=here.town.id, centre_id=centre_id, actor=current_actor(), now=clock.now(), **form.values()
        )

    if submitted(form, _at_inputs(act)):
        flash(_("Saved."), "success")
        return redirect(url_for("places.admin_centres", town=here.town.slug))
    return render_template("places/edit_centre.html", form=form, centre=centre), status_of(form)


@bp.post("/<town>/admin/centres/<int:centre>/remove")
@guard(Action.MANAGE_TOWN, centre=_centre)
def remove_centre(here: Any, centre: Centre) -> ResponseReturnValue:
    """Take a centre off the list."""
    commands.remove_centre(town_id=here.town.id, centre_id=centre.id, actor=current_actor(), now=clock.now())
    flash(_("The centre was removed."), "success")
    return redirect(url_for("places.admin_centres", town=here.town.slug))
