"""How the feature joins the application."""

from __future__ import annotations

from flask import Flask

from pb.core.phases import Phase
from pb.cycles import front_parts
from pb.delivery import models, parts, parts_board, views, views_staff  # noqa: F401
from pb.projects import page_parts


def init_app(app: Flask) -> None:
    """The routes, and what delivery shows on the front page and on the page of a project."""
    app.register_blueprint(views.bp)
    front_parts.on_phase(app, Phase.IMPLEMENTATION, parts.action)
    parts_board.join(app)
    front_parts.part(app, parts.front)
    if parts.of_project not in page_parts.PARTS:
        page_parts.PARTS.append(parts.of_project)
