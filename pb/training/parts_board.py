"""Trainings and mentors on the staff board."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import Flask
from flask_babel import gettext as _

from pb.core.phases import Phase
from pb.cycles import board_parts
from pb.cycles.board_parts import Entry, address, held
from pb.cycles.queries import Here
from pb.policy import Action, Actor, Role
from pb.training import queries, queries_mentors


def join(app: Flask) -> None:
    """Register the lines."""
    board_parts.line(app, Action.MANAGE_TRAINING, _trainings)
    board_parts.line(app, Action.ASSIST_TRAINING, _help)
    board_parts.line(app, Action.SEE_MENTORS, _mentors)
    board_parts.line(app, Action.SEE_MENTORS, _own_trainings)


def _trainings(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    hint = _("Announce, change, attendance, papers.")
    yield Entry(_("Manage trainings"), address(here, "training.manage"), hint)


def _help(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    hint = _("Open a training and sign somebody up.")
    yield Entry(_("Trainings"), address(here, "training.index"), hint)


def _mentors(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    """What authors wait for; nothing any more once the texts are fixed."""
    if here.status is None or here.status.phase not in (Phase.IDEAS, Phase.DEVELOPMENT):
        return
    everything = actor.has(here.town.id, Role.ADMINISTRATOR, Role.SECRETARY)
    mentor_id = None if everything else actor.account_id
    found = queries_mentors.waiting(here.the_cycle.id, now, mentor_id=mentor_id)
    yield Entry(
        _("Mentors of projects"),
        address(here, "training.mentors"),
        _("Questions and first readings that wait for an answer; the term is five working days."),
        len(found),
        sum(late for _name, late in found),
        held(name for name, _late in found) if everything else (),
    )


def _own_trainings(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    """The trainings that the actor holds and that are not over, each with its attendance."""
    for one in queries.sessions_of(here.the_cycle.id, now):
        session = one.session
        if session.trainer_id == actor.account_id and session.cancelled_at is None and session.ends_at > now:
            url = address(here, "training.attendance", session=session.id)
            yield Entry(_("Attendance at your training"), url, hint=_("Who comes, and who was there."))
