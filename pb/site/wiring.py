"""How the feature joins the application."""

from __future__ import annotations

from flask import Flask

from pb.site import parts_board, views


def init_app(app: Flask) -> None:
    """Pages across features."""
    app.register_blueprint(views.bp)
    parts_board.join(app)
