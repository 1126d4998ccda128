"""How the feature joins the application."""

from __future__ import annotations

from flask import Flask

from pb.accounts import models, session, views_account, views_staff  # noqa: F401
from pb.accounts.views import bp


def init_app(app: Flask) -> None:
    """The session's actor, and the pages."""
    session.init_app(app)
    app.register_blueprint(bp)
