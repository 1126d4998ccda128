"""The delivery of the winners on the staff board."""

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
    board_parts.line(app, Action.RECORD_DELIVERY, _delivery)


def _delivery(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    yield Entry(_("Delivery of the winners"), address(here, "delivery.manage"))
