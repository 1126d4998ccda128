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
    board_parts.line(app, Action.SEE_BOARD, _tables)
    board_parts.line(app, Action.IMPORT_IDEAS, _import)


def _tables(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    hint = _("Ideas, projects, scores, costs as XLSX or CSV.")
    yield Entry(_("Tables for the office"), address(here, "site.tables"), hint)


def _import(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    if "paper" in here.rules.channels:
        hint = _("Import ideas that came on paper.")
        yield Entry(_("Ideas from a spreadsheet"), address(here, "ideas.import_table"), hint)


def _messages(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    lost = queries_staff.undelivered_count(here.the_cycle.id)
    url = address(here, "messages.staff")
    if lost:
        hint = _("Given up after several tries; they can be sent again.")
        yield Entry(_("Messages that were not delivered"), url, hint, lost, lost)
    else:
        hint = _("What they cost, their words, messages to groups.")
        yield Entry(_("Messages of the contest"), url, hint)
