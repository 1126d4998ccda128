"""Messages to a group: written, looked at a second time, sent."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from pb import clock
from pb.accounts.queries import actor_by_id
from pb.messages import commands_bulk as commands
from pb.messages import queries_staff
from pb.messages.costs import format_price, in_tetri
from pb.messages.forms_staff import BulkForm, SendForm
from pb.messages.models_costs import BulkMessage
from pb.messages.views_inbox import bp
from pb.messages.views_staff import BASE, address
from pb.policy import Action
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard


def load(here: Any, bulk: int) -> BulkMessage | None:
    """A message to a group, of this contest."""
    return queries_staff.bulk_in(here.cycle.id, bulk)


@bp.get(f"{BASE}/groups")
@guard(Action.SEND_BULK)
def bulks(here: Any) -> ResponseReturnValue:
    """Messages to groups, newest first."""
    rows = [(row, in_tetri(row.hundredths)) for row in queries_staff.bulks(here.cycle.id)]
    return render_template("messages/bulks.html", rows=rows)


@bp.route(f"{BASE}/groups/new", methods=["GET", "POST"])
@guard(Action.SEND_BULK)
def new_bulk(here: Any) -> ResponseReturnValue:
    """Write one; nothing is sent."""
    form = BulkForm().offer()
    made: list[int] = []
    if submitted(form, lambda: made.append(_write(here, form))):
        return redirect(address(here, "bulk", bulk=made[0]))
    return render_template("messages/bulk_new.html", form=form), status_of(form)


def _write(here: Any, form: BulkForm) -> int:
    names = [f"{part}_{lang}" for part in commands.PARTS for lang in commands.LANGUAGES]
    return commands.write_bulk(
        here=here,
        audience=form.audience.data or "",
        typed={name: form[name].data or "" for name in names},
        page=form.page.data or "",
        actor=current_actor(),
        now=clock.now(),
    )


@bp.route(f"{BASE}/groups/<int:bulk>", methods=["GET", "POST"])
@guard(Action.SEND_BULK, bulk=load)
def bulk(here: Any, bulk: BulkMessage) -> ResponseReturnValue:
    """The second look: as it will come, to how many, for how much; sending asks for the number."""
    form, told = SendForm(), list[int]()
    if submitted(form, lambda: told.append(_send(here, bulk.id, form.count.data))):
        flash(
            ngettext("%(num)s person was written to.", "%(num)s people were written to.", told[0]), "success"
        )
        return redirect(address(here, "bulks"))
    reckoned = commands.reckon(bulk, here)
    page = render_template(
        "messages/bulk.html",
        form=form,
        row=bulk,
        reckoned=reckoned,
        cost=in_tetri(reckoned.hundredths),
        price=format_price(reckoned.price),
        previews=[(lang, *commands.texts(bulk, here, lang)) for lang in commands.LANGUAGES],
        writer=actor_by_id(bulk.written_by).display_name,
        sender=actor_by_id(bulk.sent_by).display_name if bulk.sent_by else "",
        waits_for_another=bulk.written_by == current_actor().account_id
        and commands.needs_another(bulk, here),
        sent_cost=in_tetri(bulk.hundredths),
    )
    return page, status_of(form)


def _send(here: Any, bulk_id: int, count: int | None) -> int:
    return commands.send_bulk(bulk_id=bulk_id, here=here, count=count, actor=current_actor(), now=clock.now())


@bp.post(f"{BASE}/groups/<int:bulk>/drop")
@guard(Action.SEND_BULK, bulk=load)
def drop_bulk(here: Any, bulk: BulkMessage) -> ResponseReturnValue:
    """Give it up unsent."""
    commands.drop_bulk(bulk_id=bulk.id, here=here, actor=current_actor(), now=clock.now())
    flash(_("The message was given up. Nobody got it."), "success")
    return redirect(address(here, "bulks"))
