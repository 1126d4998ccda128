"""A town's staff: who holds which role, invitations, revoking."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.accounts import commands_second, commands_staff, queries
from pb.accounts.forms import InviteForm, ObligedForm
from pb.accounts.models import Invitation, RoleGrant
from pb.accounts.obligation import roles_of
from pb.accounts.views import bp
from pb.core.whole import whole_number
from pb.places.queries import centres_of
from pb.policy import Action, Role
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard
from pb.web.i18n import select_language
from pb.web.wording import label


def _grant(here: Any, grant_id: int) -> RoleGrant | None:
    return queries.grant_in_force(here.town.id, grant_id)


def _invitation(here: Any, invitation_id: int) -> Invitation | None:
    return queries.open_invitation(here.town.id, invitation_id, clock.now())


@bp.route("/<town>/staff", methods=["GET", "POST"])
@guard(Action.MANAGE_STAFF)
def staff(here: Any) -> ResponseReturnValue:
    """Who holds which role; invite somebody."""
    form = InviteForm().offer_roles()
    if submitted(form, lambda: _invite(here.town.id, form)):
        flash(_("The invitation was sent to %(email)s.", email=form.email.data), "success")
        return redirect(url_for("accounts.staff", town=here.town.slug))
    people = [(grant, queries.name_of(grant.account)) for grant in queries.grants_in_force(here.town.id)]
    invitations = queries.open_invitations(here.town.id, clock.now())
    page = render_template(
        "accounts/staff.html",
        form=form,
        people=people,
        invitations=invitations,
        obliged=roles_of(here.town.second_factor_roles),
        own_id=current_actor().account_id,
        centres=centres_of(here.town.id),
    )
    return page, status_of(form)


def _invite(town_id: int, form: InviteForm) -> None:
    commands_staff.invite(
        town_id=town_id,
        email=form.email.data or "",
        role=Role(form.role.data),
        base_url=current_app.extensions["pb_settings"].base_url,
        language=select_language(),
        actor=current_actor(),
        now=clock.now(),
    )


@bp.post("/<town>/staff/<int:grant>/reset-second-factor")
@guard(Action.MANAGE_STAFF, grant=_grant)
def reset_second_factor(here: Any, grant: RoleGrant) -> ResponseReturnValue:
    """Take away a second factor that somebody has lost."""
    name = queries.name_of(grant.account)
    commands_second.reset_second_factor(
        account_id=grant.account_id, town_id=here.town.id, actor=current_actor(), now=clock.now()
    )
    flash(_("The second factor of %(name)s was reset.", name=name), "success")
    return redirect(url_for("accounts.staff", town=here.town.slug))


@bp.route("/<town>/staff/second-factor", methods=["GET", "POST"])
@guard(Action.MANAGE_STAFF)
def obliged(here: Any) -> ResponseReturnValue:
    """Which roles must use a second factor."""
    now_obliged = [role.value for role in Role if role in roles_of(here.town.second_factor_roles)]
    form = ObligedForm(data={"roles": now_obliged}).offer_roles()
    if submitted(form, lambda: _oblige(here.town.id, form)):
        flash(_("Saved."), "success")
        return redirect(url_for("accounts.staff", town=here.town.slug))
    return render_template("accounts/obliged.html", form=form), status_of(form)


def _oblige(town_id: int, form: ObligedForm) -> None:
    roles = [Role(value) for value in form.roles.data or []]
    commands_second.oblige(town_id=town_id, roles=roles, actor=current_actor(), now=clock.now())


@bp.post("/<town>/staff/<int:grant>/centre")
@guard(Action.MANAGE_STAFF, grant=_grant)
def bind_operator(here: Any, grant: RoleGrant) -> ResponseReturnValue:
    """At which centre an operator works."""
    given = request.form.get("centre", "")
    commands_staff.bind_operator(
        grant_id=grant.id,
        centre_id=whole_number(given) if given else None,
        actor=current_actor(),
        now=clock.now(),
    )
    flash(_("Saved."), "success")
    return redirect(url_for("accounts.staff", town=here.town.slug))


@bp.post("/<town>/staff/<int:grant>/revoke")
@guard(Action.MANAGE_STAFF, grant=_grant)
def revoke_role(here: Any, grant: RoleGrant) -> ResponseReturnValue:
    """End a role."""
    words = label(grant.role)
    commands_staff.revoke_role(grant_id=grant.id, actor=current_actor(), now=clock.now())
    flash(_("The role was ended: %(role)s.", role=words), "success")
    return redirect(url_for("accounts.staff", town=here.town.slug))


@bp.post("/<town>/staff/invitations/<int:invitation>/revoke")
@guard(Action.MANAGE_STAFF, invitation=_invitation)
def revoke_invitation(here: Any, invitation: Invitation) -> ResponseReturnValue:
    """Take an invitation back."""
    commands_staff.revoke_invitation(invitation_id=invitation.id, actor=current_actor(), now=clock.now())
    flash(_("The invitation was taken back."), "success")
    return redirect(url_for("accounts.staff", town=here.town.slug))
