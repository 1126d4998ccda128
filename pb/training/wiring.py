"""How the feature joins the application."""

from __future__ import annotations

from flask import Flask

from pb.cycles import front_parts
from pb.messages.kinds import register
from pb.projects import page_parts
from pb.training import (  # noqa: F401
    models,
    models_mentors,
    parts,
    parts_board,
    texts,
    views,
    views_lessons,
    views_mentors,
    views_staff,
)


def init_app(app: Flask) -> None:
    """The routes, and what trainings show on the front page and on the pages of a project's author."""
    app.register_blueprint(views.blueprint)
    register(*texts.KINDS)
    front_parts.part(app, parts.front)
    parts_board.join(app)
    if parts.tasks not in page_parts.TASKS:
        page_parts.TASKS.append(parts.tasks)
        page_parts.HURDLES.append(parts.hurdles)
        page_parts.REMARKS.append(parts.remarks)
        page_parts.PARTS.append(parts.mentor_of_project)
