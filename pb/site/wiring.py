"""How the feature joins the application."""

from __future__ import annotations

from flask import Flask

from pb.ideas import page_parts as idea_parts
from pb.projects import page_parts as project_parts
from pb.site import parts_board, timelines, views, views_exports  # noqa: F401


def init_app(app: Flask) -> None:
    """Pages across features, and the one timeline at the end of each idea and project."""
    app.register_blueprint(views.bp)
    parts_board.join(app)
    if timelines.of_idea not in idea_parts.PARTS:
        idea_parts.PARTS.append(timelines.of_idea)
        project_parts.PARTS.append(timelines.of_project)
