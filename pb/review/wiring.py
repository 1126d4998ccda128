"""How the feature joins the application."""

from __future__ import annotations

from flask import Flask

from pb.review import models  # noqa: F401
from pb.review.blueprint import blueprint


def init_app(app: Flask) -> None:
    """Register the routes of the two halves, and what they show on other features' pages."""
    app.register_blueprint(blueprint)
