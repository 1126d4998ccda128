"""How the feature joins the application."""

from __future__ import annotations

from flask import Flask

from pb.messages import models  # noqa: F401
from pb.messages.outbox import DatabaseOutbox


def init_app(app: Flask) -> None:
    """The outbox, which features earlier in the order know by its protocol."""
    app.extensions["pb_outbox"] = DatabaseOutbox()
