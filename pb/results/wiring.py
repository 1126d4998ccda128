"""How the feature joins the application."""

from __future__ import annotations

from flask import Flask

from pb.core.phases import Phase
from pb.cycles import front_parts
from pb.projects import page_parts
from pb.results import checking, models, parts, parts_board, views, views_count, views_data  # noqa: F401


def init_app(app: Flask) -> None:
    """The routes, and what results show on the front page and on the page of a project."""
    app.register_blueprint(views.bp)
    for phase in (Phase.RESULTS, Phase.IMPLEMENTATION):
        front_parts.on_phase(app, phase, parts.action)
    parts_board.join(app)
    front_parts.number(app, parts.number)
    front_parts.part(app, parts.winners)
    if parts.of_project not in page_parts.PARTS:
        page_parts.PARTS.append(parts.of_project)
