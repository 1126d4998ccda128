"""How the feature joins the application."""

from __future__ import annotations

from flask import Flask

from pb.places import models, views, views_admin  # noqa: F401


def init_app(app: Flask) -> None:
    """The public pages of a town."""
    app.register_blueprint(views.bp)
