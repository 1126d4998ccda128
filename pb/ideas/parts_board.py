"""Handing in for others, on the staff board."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import Flask
from flask_babel import gettext as _

from pb.cycles import board_parts
from pb.cycles.board_parts import Entry, address
from pb.cycles.queries import Here
from pb.policy import Action, Actor


def join(app: Flask) -> None:
    """Register the line."""
    board_parts.line(app, Action.ASSIST_IDEA, _help)


def _help(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    hint = _("For people without internet or phone, and for paper forms.")
    yield Entry(_("Help with an idea"), address(here, "ideas.help_desk"), hint)
