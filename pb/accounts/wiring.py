"""How the feature joins the application."""

from __future__ import annotations

from flask import Flask

from pb.accounts import models, session  # noqa: F401


def init_app(app: Flask) -> None:
    """The session's actor."""
    session.init_app(app)
