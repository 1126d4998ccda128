"""The contest's own lines on the staff board."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import Flask, url_for
from flask_babel import gettext as _

from pb.accounts.queries import name_of, staff_of
from pb.cycles import board_parts
from pb.cycles.board_parts import Entry, address, held
from pb.cycles.queries import Here, pending_act
from pb.policy import Action, Actor


def join(app: Flask) -> None:
    """Register the lines."""
    board_parts.line(app, Action.EDIT_CYCLE, _administration)


def _administration(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    hint = _("The contest’s task list.")
    yield Entry(_("Rules, dates and publication"), address(here, "cycles.tasks"), hint)
    act = pending_act(here.the_cycle.id)
    names = {account.id: name_of(account) for account in staff_of(here.town.id)} if act else {}
    yield Entry(
        _("Extend, pause or halt"),
        address(here, "cycles.acts"),
        _("Acts of two administrators."),
        1 if act else None,
        who=held([names.get(act.proposed_by, "")]) if act else (),
    )
    yield Entry(_("Staff and roles"), url_for("accounts.staff", town=here.town.slug))
