"""How the feature joins the application."""

from __future__ import annotations

from flask import Flask

from pb.messages import models, models_costs, views_bulk, views_inbox, views_staff, waking  # noqa: F401
from pb.messages.kinds import register
from pb.messages.kinds_standard import STANDARD
from pb.messages.outbox import DatabaseOutbox
from pb.messages.queries_inbox import unread_of


def init_app(app: Flask) -> None:
    """The outbox, which features earlier in the order know by its protocol, and the kinds of messages."""
    register(*STANDARD)
    waking.init_app(app)
    app.extensions["pb_unread"] = unread_of
    app.register_blueprint(views_inbox.bp)
    app.extensions["pb_outbox"] = DatabaseOutbox()
