"""The own messages: the inbox, how one wants to get them, and an e-mail for them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from pb import clock
from pb.accounts.limits import MAIL
from pb.accounts.models import Account
from pb.accounts.personal import unseal
from pb.accounts.queries import account_by_id, masked_phone
from pb.core.errors import Missing
from pb.core.whole import whole_number
from pb.messages import commands_own as commands
from pb.messages import queries_inbox as queries
from pb.messages.forms import MailForm, preferences_form
from pb.messages.kinds import DEFAULTS, SERVICE, WITH_DIGEST, Group
from pb.messages.notifying import opened
from pb.policy import Action
from pb.web.forms import Form, status_of, submitted
from pb.web.guard import current_actor, guard, public
from pb.web.i18n import select_language
from pb.web.wording import language

bp = Blueprint("messages", __name__)


def _own() -> Account:
    account = account_by_id(current_actor().account_id or 0)
    if account is None:
        raise Missing("no_such_page")
    return account


@bp.get("/account/inbox")
@guard(Action.USE_ACCOUNT)
def inbox() -> ResponseReturnValue:
    """What was written to me, newest first."""
    own, before = _own(), whole_number(request.args.get("before"))
    rows = queries.inbox(own.id, before=before)
    shown, more = rows[: queries.PAGE_SIZE], len(rows) > queries.PAGE_SIZE
    return render_template(
        "messages/inbox.html",
        rows=[(row, opened(row, language())) for row in shown],
        older=shown[-1].id if more else None,
        before=before,
        unread=queries.unread_of(own.id),
    )


@bp.post("/account/inbox/read")
@guard(Action.USE_ACCOUNT)
def mark_read() -> ResponseReturnValue:
    """Mark as read what the page showed, and all that is older."""
    newest = whole_number(request.form.get("newest")) or 0
    count = commands.mark_read(account_id=_own().id, newest=newest, now=clock.now())
    flash(
        ngettext("%(num)s message is marked as read.", "%(num)s messages are marked as read.", count),
        "success",
    )
    return redirect(url_for("messages.inbox"))


def _groups() -> list[Group]:
    work = {Group.WORK} if not current_actor().is_staff else set()
    return [group for group in Group if group not in work]


@bp.route("/account/messages", methods=["GET", "POST"])
@guard(Action.USE_ACCOUNT)
def preferences() -> ResponseReturnValue:
    """Which messages by text, by e-mail, only here, and how often."""
    own, groups = _own(), _groups()
    chosen = queries.choices_of(own.id)
    known = {}
    for group in groups:
        row = chosen.get(group.value)
        known[f"{group.value}_channel"], rhythm = (row.channel, row.rhythm) if row else DEFAULTS[group]
        known[f"{group.value}_rhythm"] = rhythm
    form = preferences_form(groups)(data=known)

    def act() -> None:
        commands.choose(account_id=own.id, choices=form.chosen(groups), now=clock.now())

    if submitted(form, act):
        flash(_("Saved. From now on you get messages this way."), "success")
        return redirect(url_for("messages.preferences"))
    mail = queries.mail_of(own.id)
    page = render_template(
        "messages/preferences.html",
        form=form,
        groups=groups,
        service=SERVICE,
        with_digest=WITH_DIGEST,
        phone=masked_phone(own),
        email=own.email or (unseal(mail.address_sealed) if mail else ""),
        confirmed=own.email is not None or (mail is not None and mail.confirmed_at is not None),
        signs_in_by_mail=own.email is not None,
    )
    return page, status_of(form)


@bp.route("/account/messages/email", methods=["GET", "POST"])
@guard(Action.USE_ACCOUNT)
@MAIL
def email() -> ResponseReturnValue:
    """Give an e-mail for messages."""
    own, form = _own(), MailForm()

    def act() -> None:
        commands.give_mail(
            account_id=own.id, email=form.email.data or "", language=select_language(), now=clock.now()
        )

    if submitted(form, act):
        flash(_("A letter with a link was sent. Open the link to confirm the address."), "success")
        return redirect(url_for("messages.preferences"))
    return render_template("messages/email.html", form=form), status_of(form)


@bp.post("/account/messages/email/remove")
@guard(Action.USE_ACCOUNT)
def remove_email() -> ResponseReturnValue:
    """Take the e-mail away."""
    commands.remove_mail(account_id=_own().id, now=clock.now())
    flash(_("The e-mail was removed. Messages come by text message or only here."), "success")
    return redirect(url_for("messages.preferences"))


@bp.route("/account/messages/email/<token>", methods=["GET", "POST"])
@public()
@MAIL
def confirm_email(token: str) -> ResponseReturnValue:
    """The mailed link: confirmed by a press, since mail programs open links by themselves."""
    if commands.waiting_mail(token, clock.now()) is None:
        raise Missing("link_over")
    form = Form()
    if submitted(form, lambda: commands.confirm_mail(token=token, now=clock.now())):
        flash(_("The e-mail is confirmed."), "success")
        signed_in = current_actor().account_id is not None
        return redirect(url_for("messages.preferences") if signed_in else "/")
    return render_template("messages/confirm.html", form=form), status_of(form)
