"""How the feature joins the application."""

from __future__ import annotations

from flask import Flask

from pb.core.phases import Phase
from pb.cycles import front_parts
from pb.ideas import (  # noqa: F401
    front,
    models,
    models_attached,
    models_import,
    parts_board,
    queries_audience,
    views,
    views_again,
    views_authors,
    views_handing,
    views_help,
    views_import,
    views_joining,
    views_kept,
    views_own,
    views_units,
)


def init_app(app: Flask) -> None:
    """The routes, and what ideas show on the front page of a cycle."""
    app.register_blueprint(views.bp)
    front_parts.on_phase(app, Phase.IDEAS, front.action)
    front_parts.number(app, front.number)
    front_parts.part(app, front.newest)
    parts_board.join(app)
    queries_audience.join()
