"""The own account: name, password, second factor, sessions; and accepting an invitation."""

from __future__ import annotations

import io

import segno
from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from pyotp import TOTP

from pb import clock
from pb.accounts import commands, commands_password, commands_second, commands_staff, queries
from pb.accounts import session as sessions
from pb.accounts.forms import (
    AcceptForm,
    ChangePasswordForm,
    NameForm,
    RemoveSecondFactorForm,
    SecondFactorForm,
)
from pb.accounts.limits import MAIL, SECOND_FACTOR
from pb.accounts.models import Account
from pb.accounts.views import bp
from pb.core.errors import Missing
from pb.places.queries import town_by_id
from pb.policy import Action
from pb.web.forms import Form, status_of, submitted
from pb.web.guard import current_actor, guard, public
from pb.web.i18n import select_language


def _own() -> Account:
    account = queries.account_by_id(current_actor().account_id or 0)
    if account is None:
        raise Missing("no_such_page")
    return account


@bp.get("/account")
@guard(Action.USE_ACCOUNT)
def account() -> ResponseReturnValue:
    """What is known of oneself, and what can be changed."""
    own = _own()
    if current_actor().held_back:
        return redirect(url_for("accounts.second_factor"))
    roles = [(town_by_id(g.town_id), g.role) for g in own.grants if g.revoked_at is None]
    return render_template(
        "accounts/account.html",
        own=own,
        name=queries.given_name(own),
        phone=queries.masked_phone(own),
        roles=roles,
    )


@bp.route("/account/name", methods=["GET", "POST"])
@guard(Action.USE_ACCOUNT)
def name() -> ResponseReturnValue:
    """Correct the own name."""
    own = _own()
    form = NameForm(name=queries.given_name(own))
    if submitted(form, lambda: _set_name(own.id, form.name.data or "")):
        flash(_("Your name was changed."), "success")
        return redirect(url_for("accounts.account"))
    return render_template("accounts/name.html", form=form), status_of(form)


def _set_name(account_id: int, typed: str) -> None:
    commands.set_name(account_id=account_id, name=typed, now=clock.now())


@bp.route("/account/password", methods=["GET", "POST"])
@guard(Action.USE_ACCOUNT)
@MAIL
def password() -> ResponseReturnValue:
    """Change the own password."""
    own = _with_password()
    form = ChangePasswordForm()
    if submitted(form, lambda: _change_password(own.id, form)):
        flash(_("Your password was changed. Other devices were signed out."), "success")
        return redirect(url_for("accounts.account"))
    return render_template("accounts/password.html", form=form), status_of(form)


def _change_password(account_id: int, form: ChangePasswordForm) -> None:
    commands_password.change_password(
        account_id=account_id, old=form.old.data or "", new=form.password.data or "", now=clock.now()
    )
    sessions.enter(account_id)


@bp.post("/account/sign-out-everywhere")
@guard(Action.USE_ACCOUNT)
def sign_out_everywhere() -> ResponseReturnValue:
    """End all sessions of the account, this one too."""
    commands_password.end_sessions(account_id=_own().id, now=clock.now())
    sessions.leave()
    flash(_("You were signed out on every device."), "success")
    return redirect("/")


@bp.route("/account/second-factor", methods=["GET", "POST"])
@guard(Action.USE_ACCOUNT)
@SECOND_FACTOR
def second_factor() -> ResponseReturnValue:
    """Set the second factor up, or remove it. The recovery codes stand in the answer to the POST alone."""
    own = _with_password()
    if own.totp_confirmed_at is not None:
        return _remove_second_factor(own)
    secret: str = session.setdefault("new_second_factor", commands_second.new_secret())
    form, codes = SecondFactorForm(), list[str]()
    if submitted(form, lambda: codes.extend(_confirm(own.id, secret, form.code.data or ""))):
        session.pop("new_second_factor")
        return render_template("accounts/recovery_codes.html", codes=codes)
    address = TOTP(secret).provisioning_uri(name=own.email or "", issuer_name="Civic budget")
    grouped = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    page = render_template(
        "accounts/second_factor.html",
        form=form,
        qr=_qr(address),
        secret=grouped,
        is_obliged=current_actor().held_back,
    )
    return page, status_of(form)


def _confirm(account_id: int, secret: str, code: str) -> list[str]:
    return commands_second.confirm_second_factor(
        account_id=account_id, secret=secret, code=code, now=clock.system_now()
    )


def _remove_second_factor(own: Account) -> ResponseReturnValue:
    form = RemoveSecondFactorForm()
    if submitted(form, lambda: _remove(own.id, form)):
        flash(_("The second factor was removed."), "success")
        return redirect(url_for("accounts.account"))
    return render_template("accounts/second_factor_remove.html", form=form), status_of(form)


def _remove(account_id: int, form: RemoveSecondFactorForm) -> None:
    commands_second.remove_second_factor(
        account_id=account_id,
        password=form.password.data or "",
        code=form.code.data or "",
        now=clock.system_now(),
    )


def _with_password() -> Account:
    own = _own()
    if own.password_hash is None:
        raise Missing("no_such_page")
    return own


def _qr(text: str) -> Markup:
    out = io.BytesIO()
    segno.make(text, error="m").save(
        out,
        kind="svg",
        scale=5,
        border=3,
        xmldecl=False,
        svgns=True,
        nl=False,
        title=_("QR code"),
        svgclass="pb-qr",
    )
    return Markup(out.getvalue().decode())  # segno's own drawing; the title is ours


@bp.route("/invitation/<token>", methods=["GET", "POST"])
@public()
@MAIL
def invitation(token: str) -> ResponseReturnValue:
    """Accept a role: with the account one has, or with a new one."""
    offer = queries.invitation_by_token(token, clock.now())
    if offer is None:
        raise Missing("link_over")
    existing = queries.account_by_email(offer.email)
    known = existing is not None and existing.password_hash is not None
    form = Form() if known else AcceptForm()
    if submitted(form, lambda: _accept(token, form)):
        flash(_("Welcome. Your role is in force."), "success")
        return redirect(url_for("accounts.account"))
    page = render_template(
        "accounts/invitation.html",
        form=form,
        offer=offer,
        inviter=town_by_id(offer.town_id),
        known=known,
        token=token,
        is_owner=existing is not None and existing.id == current_actor().account_id,
    )
    return page, status_of(form)


def _accept(token: str, form: Form) -> None:
    if isinstance(form, AcceptForm):
        account_id = commands_staff.accept_as_new(
            token=token, name=form.name.data or "", password=form.password.data or "", now=clock.now()
        )
        commands_password.note_signin(
            account_id=account_id, second_factor=False, language=select_language(), now=clock.now()
        )
        sessions.enter(account_id)
    else:
        commands_staff.accept(token=token, actor=current_actor(), now=clock.now())
