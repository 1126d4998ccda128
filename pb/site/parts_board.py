"""Lines of the staff board of features that come before the contest in the order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import Flask
from flask_babel import gettext as _

from pb.cycles import board_parts
from pb.cycles.board_parts import Entry, address
from pb.cycles.queries import Here
from pb.messages import queries_staff
from pb.policy import Action, Actor


def join(app: Flask) -> None:
    """Register the lines."""
    board_parts.line(app, Action.SEE_MESSAGES, _messages)


def _messages(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    lost = queries_staff.undelivered_count(here.the_cycle.id)
    url = address(here, "messages.staff")
    if lost:
        hint = _("Given up after several tries; they can be sent again.")
        yield Entry(_("Messages that were not delivered"), url, hint, lost, lost)
    else:
        hint = _("What they cost, their words, messages to groups.")
        yield Entry(_("Messages of the contest"), url, hint)
