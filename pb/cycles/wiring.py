"""How the feature joins the application."""

from __future__ import annotations

from flask import Flask

from pb import clock
from pb.cycles import (  # noqa: F401
    models,
    parts_board,
    views,
    views_admin,
    views_dates,
    views_draft,
    views_entries,
    views_rules,
    views_trial,
)
from pb.cycles.queries import Here, scope
from pb.web.guard import current_actor


def init_app(app: Flask) -> None:
    """The pages of cycles, and the guard's scope: town and cycle of an address."""

    def load(slug: str, year: int | None) -> Here:
        return scope(slug, year, current_actor(), clock.now())

    app.extensions["pb_scope"] = load
    app.register_blueprint(views.bp)
    parts_board.join(app)
