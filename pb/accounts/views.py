"""Signing in and out: citizens by a code on the phone, staff by password and second factor."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.accounts import commands, commands_password, commands_second, queries
from pb.accounts import session as sessions
from pb.accounts.forms import CodeForm, ForgottenForm, NewPasswordForm, PhoneForm, SecondFactorForm, StaffForm
from pb.accounts.limits import CITIZENS, MAIL, SECOND_FACTOR, STAFF_ACCOUNT, STAFF_ADDRESS
from pb.accounts.outbox import outbox
from pb.core.errors import Missing
from pb.web.forms import Form, status_of, submitted
from pb.web.guard import current_actor, public
from pb.web.i18n import select_language

bp = Blueprint("accounts", __name__)
HALF_GOOD_FOR = 300  # seconds between password and second factor


def _sign_in_page(phone: PhoneForm, staff: StaffForm) -> ResponseReturnValue:
    wrong = staff if staff.errors else phone
    page = render_template("accounts/sign_in.html", phone_form=phone, staff_form=staff, form=wrong)
    return page, status_of(wrong)


def _forms() -> tuple[PhoneForm, StaffForm]:
    after = sessions.local_path(request.args.get("next"))
    phone, staff = PhoneForm(formdata=None), StaffForm(formdata=None, prefix="staff-")
    phone.next.data = staff.next.data = after
    return phone, staff


@bp.get("/sign-in")
@public()
def sign_in() -> ResponseReturnValue:
    """The two ways in."""
    if current_actor().account_id is not None:
        return redirect(sessions.local_path(request.args.get("next")) or url_for("accounts.account"))
    return _sign_in_page(*_forms())


@bp.post("/sign-in")
@public()
@CITIZENS
def send_code() -> ResponseReturnValue:
    """A citizen's number: send the code."""
    form = PhoneForm()
    if submitted(form, lambda: _send_code(form.phone.data or "", form.next.data)):
        return redirect(url_for("accounts.code"))
    return _sign_in_page(form, _forms()[1])


def _send_code(phone: str, after: str | None) -> None:
    number = commands.request_signin_code(phone=phone, language=select_language(), now=clock.now())
    session["signin"] = {"phone": number, "next": sessions.local_path(after)}


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public()
@CITIZENS
def code() -> ResponseReturnValue:
    """The code comes back."""
    pending = session.get("signin")
    if pending is None:
        return redirect(url_for("accounts.sign_in"))
    form = CodeForm()
    phone = pending["phone"]
    if submitted(form, lambda: _prove(phone, form.code.data or "")):
        return redirect(pending["next"] or "/")
    demo = current_app.extensions["pb_settings"].is_demonstration
    shown = outbox().demonstration_code(phone, clock.now()) if demo else None
    return _code_page(form, phone, shown)


def _code_page(form: CodeForm, phone: str, shown: str | None) -> ResponseReturnValue:
    """``shown``: the code itself, in demonstrations."""
    local = phone.removeprefix("+995")
    as_said = f"{local[:3]} {local[3:5]} {local[5:7]} {local[7:]}"
    page = render_template("accounts/code.html", form=form, shown_phone=as_said, shown=shown)
    return page, status_of(form)


def _prove(phone: str, typed: str) -> None:
    now = clock.now()
    account_id = commands.prove_signin_code(phone=phone, code=typed, now=now, language=select_language())
    sessions.enter(account_id)
    flash(_("You are signed in."), "success")


@bp.post("/sign-in/code/again")
@public()
@CITIZENS
def code_again() -> ResponseReturnValue:
    """Send another code to the same number."""
    pending = session.get("signin")
    if pending is None:
        return redirect(url_for("accounts.sign_in"))
    press, form = Form(), CodeForm(formdata=None)
    if submitted(press, lambda: _send_code(pending["phone"], pending["next"])):
        flash(_("A new code was sent. The code before it is no longer good."), "success")
        return redirect(url_for("accounts.code"))
    form.form_errors = press.form_errors
    return _code_page(form, pending["phone"], None)


@bp.post("/sign-in/staff")
@public()
@STAFF_ADDRESS
@STAFF_ACCOUNT
def sign_in_staff() -> ResponseReturnValue:
    """Staff: e-mail and password."""
    form = StaffForm(prefix="staff-")
    if submitted(form, lambda: _check_password(form)):
        if "half" in session:
            return redirect(url_for("accounts.second_step"))
        if is_held_back():
            return redirect(url_for("accounts.second_factor"))
        return redirect(sessions.local_path(form.next.data) or url_for("accounts.account"))
    return _sign_in_page(_forms()[0], form)


@bp.get("/sign-in/staff")
@public()
def sign_in_staff_again() -> ResponseReturnValue:
    """Reloading after a wrong password."""
    return redirect(url_for("accounts.sign_in"))


def _check_password(form: StaffForm) -> None:
    session.pop("half", None)
    account_id = commands_password.check_password(
        email=form.email.data or "", password=form.password.data or ""
    )
    account = queries.account_by_id(account_id)
    if account is not None and account.totp_confirmed_at is not None:
        session["half"] = {
            "account": account_id,
            "epoch": account.session_epoch,
            "at": int(clock.system_now().timestamp()),
            "next": sessions.local_path(form.next.data),
        }
    else:
        _enter_staff(account_id, second_factor=False)


def is_held_back() -> bool:
    """Whether whoever has just signed in must set up a second factor before anything else."""
    g.pop("actor", None)  # somebody else until a moment ago
    return current_actor().held_back


def _enter_staff(account_id: int, *, second_factor: bool) -> None:
    commands_password.note_signin(
        account_id=account_id, second_factor=second_factor, language=select_language(), now=clock.now()
    )
    sessions.enter(account_id)
    flash(_("You are signed in."), "success")


@bp.route("/sign-in/second-step", methods=["GET", "POST"])
@public()
@SECOND_FACTOR
def second_step() -> ResponseReturnValue:
    """The second factor, after the password."""
    half = session.get("half")
    if half is None or not _half_is_good(half):
        session.pop("half", None)
        return redirect(url_for("accounts.sign_in"))
    form = SecondFactorForm()
    if submitted(form, lambda: _second_step(half["account"], form.code.data or "")):
        return redirect(half["next"] or url_for("accounts.account"))
    return render_template("accounts/second_step.html", form=form), status_of(form)


def _half_is_good(half: dict[str, int]) -> bool:
    account = queries.account_by_id(half["account"])
    young = clock.system_now().timestamp() - half["at"] < HALF_GOOD_FOR
    return account is not None and account.session_epoch == half["epoch"] and young


def _second_step(account_id: int, typed: str) -> None:
    commands_second.use_second_factor(account_id=account_id, code=typed, now=clock.system_now())
    _enter_staff(account_id, second_factor=True)


@bp.post("/sign-out")
@public()
def sign_out() -> ResponseReturnValue:
    """Leave."""
    sessions.leave()
    flash(_("You are signed out."), "success")
    return redirect("/")


@bp.route("/forgotten-password", methods=["GET", "POST"])
@public()
@MAIL
def forgotten_password() -> ResponseReturnValue:
    """A link by mail. The answer is the same whether the address is known or not."""
    form = ForgottenForm()
    if submitted(form, lambda: _mail_link(form.email.data or "")):
        return redirect(url_for("accounts.link_sent"))
    return render_template("accounts/forgotten_password.html", form=form), status_of(form)


def _mail_link(email: str) -> None:
    base_url = current_app.extensions["pb_settings"].base_url
    commands_password.request_password_reset(email=email, base_url=base_url, now=clock.now())


@bp.get("/forgotten-password/sent")
@public()
def link_sent() -> ResponseReturnValue:
    """What to do now."""
    return render_template("accounts/link_sent.html")


@bp.route("/new-password/<token>", methods=["GET", "POST"])
@public()
@MAIL
def new_password(token: str) -> ResponseReturnValue:
    """Set a password by the mailed link."""
    if queries.reset_by_token(token, clock.now()) is None:
        raise Missing("link_over")
    form = NewPasswordForm()
    if submitted(form, lambda: _set_password(token, form.password.data or "")):
        flash(_("Your password is set. Sign in with it."), "success")
        return redirect(url_for("accounts.sign_in"))
    return render_template("accounts/new_password.html", form=form), status_of(form)


def _set_password(token: str, password: str) -> None:
    commands_password.set_password_by_link(token=token, password=password, now=clock.now())
    sessions.leave()
