"""How the feature joins the application."""

from __future__ import annotations

from flask import Flask

from pb.messages import models  # noqa: F401


def init_app(app: Flask) -> None:
    """Nothing beside the models yet."""
