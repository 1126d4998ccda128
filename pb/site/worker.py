"""What is due without anybody pressing a button, round after round. Every step may run again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from flask import Flask

from pb import clock
from pb.db import db
from pb.messages.waking import Bell

log = logging.getLogger(__name__)
PAUSE_SECONDS = 1.0
LAST_MESSAGE_SECONDS = 15.0  # a message that is on its way when the worker is told to stop

Step = Callable[[datetime], object]


def steps() -> list[Step]:
    """The steps of one round, in order, but for the delivery of messages."""
    from pb.audit.commands import seal_due
    from pb.ideas.commands_import import erase_due as erase_tables
    from pb.ideas.commands_review import lapse_due
    from pb.ideas.purging import purge_drafts
    from pb.messages.commands_digest import digest_due
    from pb.projects.commands import freeze_due
    from pb.projects.commands_drafts import purge_drafts as purge_project_drafts
    from pb.results.bundling import bundle_due
    from pb.results.jobs import compare_due, count_due
    from pb.review.commands_feasibility import silence_due
    from pb.review.commands_refusals import refusals_due
    from pb.review.reminding import remind_due
    from pb.training.reminding import remind_due as remind_of_trainings
    from pb.voting.closing import finish_destroying
    from pb.voting.commands_roll import erase_unfinished
    from pb.voting.commands_witnesses import send_heads_due
    from pb.voting.flush import flush_due
    from pb.voting.posting import post_due
    from pb.voting.retention import erase_due
    from pb.voting.telling import tell_due

    return [
        lambda now: digest_due(now=now),
        lambda now: seal_due(now=now),
        lambda now: flush_due(now=now),
        lambda now: post_due(now=now),
        lambda now: tell_due(now=now),
        lambda now: erase_unfinished(now=now),
        lambda now: send_heads_due(now=now),
        lambda now: finish_destroying(),  # where a machine stopped between the act and the file
        lambda now: erase_due(now=now),
        lambda now: freeze_due(now=now),
        lambda now: silence_due(now=now),
        lambda now: remind_due(now=now),
        lambda now: remind_of_trainings(now=now),
        lambda now: purge_drafts(now=now),
        lambda now: erase_tables(now=now),
        lambda now: purge_project_drafts(now=now),
        lambda now: lapse_due(now=now),
        lambda now: refusals_due(now=now),
        lambda now: count_due(now=now),  # last: the count of a large election takes seconds
        lambda now: compare_due(now=now),
        lambda now: bundle_due(now=now),
    ]


def delivery() -> list[Step]:
    """What a gateway may hold up for seconds, so that it has a thread of its own."""
    from pb.messages.commands import deliver_due

    return [lambda now: deliver_due(now=now)]


def run_once(app: Flask) -> None:
    """One round of everything."""
    _round(app, [*steps(), *delivery()])


def _round(app: Flask, these: list[Step]) -> None:
    """A step that fails is logged and does not keep the others from running."""
    for step in these:
        with app.app_context():
            try:
                step(clock.now())
            except Exception:
                log.exception("a step of the worker failed")
                db.session.rollback()


def run(app: Flask, stop: threading.Event) -> None:
    """Rounds until ``stop`` is set; messages go out beside them, as soon as they were written."""
    courier = threading.Thread(target=_deliver, args=(app, stop), name="courier", daemon=True)
    courier.start()
    while not stop.wait(PAUSE_SECONDS):
        _round(app, steps())
    courier.join(LAST_MESSAGE_SECONDS)


def _deliver(app: Flask, stop: threading.Event) -> None:
    bell: Bell = app.extensions["pb_bell"]
    while not stop.is_set():
        bell.wait(PAUSE_SECONDS)
        _round(app, delivery())
