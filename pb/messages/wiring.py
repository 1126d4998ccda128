"""How the feature joins the application."""

from __future__ import annotations

from flask import Flask

from pb.messages import models  # noqa: F401
from pb.messages.kinds import register
from pb.messages.kinds_standard import STANDARD
from pb.messages.outbox import DatabaseOutbox


def init_app(app: Flask) -> None:
    """The outbox, which features earlier in the order know by its protocol, and the kinds of messages."""
    register(*STANDARD)
    app.extensions["pb_outbox"] = DatabaseOutbox()
