"""How the feature joins the application."""

from __future__ import annotations

from flask import Flask

from pb.ideas import page_parts as idea_parts
from pb.projects import commands_invite
from pb.projects import page_parts as project_parts
from pb.talking import models, parts, parts_board, signatures, views, views_staff  # noqa: F401


def init_app(app: Flask) -> None:
    """The routes, what pages of ideas and projects show of them, and what the rulebook asks before an invitation."""
    app.register_blueprint(views.bp)
    parts_board.join(app)
    if parts.talk_of_idea not in idea_parts.LAST:
        idea_parts.LAST.append(parts.talk_of_idea)
        project_parts.LAST.append(parts.talk_of_project)
        commands_invite.REQUIREMENTS.append(signatures.lacking)
