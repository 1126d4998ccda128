"""How the feature joins the application."""

from __future__ import annotations

from flask import Flask

from pb.voting import models, models_people  # noqa: F401


def init_app(app: Flask) -> None:
    """Nothing beside the models yet."""
