"""How the feature joins the application."""

from __future__ import annotations

from flask import Flask

from pb.appeals import models, parts, texts, views, views_examine, views_own  # noqa: F401
from pb.appeals.blueprint import bp
from pb.cycles import board_parts
from pb.ideas import page_parts
from pb.messages import kinds as messages
from pb.policy import Action


def init_app(app: Flask) -> None:
    """The routes, the messages, and what objections show on pages of ideas and on the staff board."""
    app.register_blueprint(bp)
    messages.register(*texts.TEXTS)
    for part, registered in ((parts.of_idea, page_parts.PARTS), (parts.next_of_idea, page_parts.NEXT)):
        if part not in registered:
            registered.append(part)  # type: ignore[arg-type]
    board_parts.line(app, Action.SEE_OBJECTIONS, parts.on_board)
    board_parts.line(app, Action.ASSIST_OBJECTION, parts.door)
