"""Projects on the staff board: those that authors handed in, to be looked through while they can still change them."""

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
from pb.projects import queries


def join(app: Flask) -> None:
    """Register the line."""
    board_parts.line(app, Action.SEE_QUEUE, _handed_in)


def _handed_in(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    if here.status is None or here.status.phase is not Phase.DEVELOPMENT:
        return
    count = dict(queries.states_of(here.the_cycle.id)).get("handed_in", 0)
    yield Entry(
        _("Projects handed in"),
        address(here, "projects.index", state="handed_in"),
        _("Look them through: one that lacks something can be returned once, with notes."),
        count=count,
    )
