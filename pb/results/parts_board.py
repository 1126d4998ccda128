"""The count on the staff board."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import Flask
from flask_babel import gettext as _

from pb.core.phases import Phase
from pb.cycles import board_parts
from pb.cycles.board_parts import Entry, address
from pb.cycles.queries import Here
from pb.policy import Action, Actor
from pb.results.queries import published


def join(app: Flask) -> None:
    """Register the line."""
    board_parts.line(app, Action.SEE_COUNT, _count)


def _count(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    if here.status is not None and here.status.phase in (Phase.RESULTS, Phase.IMPLEMENTATION):
        done = published(here.the_cycle.id, now) is not None
        yield Entry(
            _("Count"), address(here, "results.count"), _("Published.") if done else "", 0 if done else 1
        )
