"""How the feature joins the application."""

from __future__ import annotations

from flask import Flask

from pb.ideas import page_parts
from pb.projects import idea_part, models, views, views_edit  # noqa: F401


def init_app(app: Flask) -> None:
    """Register the pages, and what an idea's page shows of its project."""
    app.register_blueprint(views.blueprint)
    if idea_part.project_of_idea not in page_parts.PARTS:
        page_parts.PARTS.append(idea_part.project_of_idea)
