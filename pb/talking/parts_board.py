"""Comments that wait for staff, on the staff board."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import Flask
from flask_babel import gettext as _

from pb.cycles import board_parts
from pb.cycles.board_parts import Entry, address
from pb.cycles.queries import Here
from pb.policy import Action, Actor
from pb.talking.queries import waiting_count


def join(app: Flask) -> None:
    """Register the line."""
    board_parts.line(app, Action.MODERATE, _waiting)


def _waiting(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    hint = _("Held for review or reported by readers.")
    yield Entry(
        _("Comments that wait"), address(here, "talking.queue"), hint, waiting_count(here.the_cycle.id, now)
    )
