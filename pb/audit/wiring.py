"""How the feature joins the application."""

from __future__ import annotations

from flask import Flask

from pb.audit import models  # noqa: F401
from pb.audit.views import bp


def init_app(app: Flask) -> None:
    """The public log."""
    app.register_blueprint(bp)
