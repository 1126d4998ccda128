"""How the feature joins the application."""

from __future__ import annotations

from flask import Flask

from pb.core.phases import Phase
from pb.cycles import front_parts
from pb.ideas import again, commands_split, page_parts
from pb.projects import (  # noqa: F401
    ends,
    front,
    idea_part,
    models,
    parts_board,
    queries_audience,
    splitting,
    views,
    views_compare,
    views_edit,
    views_hand_in,
    views_return,
)
from pb.projects import page_parts as own_parts


def init_app(app: Flask) -> None:
    """Register the pages, and what projects show on the front page and on the page of an idea."""
    app.register_blueprint(views.blueprint)
    front_parts.on_phase(app, Phase.DEVELOPMENT, front.action)
    front_parts.number(app, front.number)
    queries_audience.join()
    front_parts.part(app, front.newest)
    parts_board.join(app)
    if views_return.remarks not in own_parts.REMARKS:
        own_parts.REMARKS.append(views_return.remarks)
        own_parts.TASKS.append(views_return.tasks)
        own_parts.HURDLES.append(views_return.hurdles)
    if idea_part.project_of_idea not in page_parts.PARTS:
        page_parts.PARTS.append(idea_part.project_of_idea)
        page_parts.NEXT.append(idea_part.work_it_out)
        commands_split.BEFORE_SPLIT.append(splitting.let_go)
        again.ENDS.append(ends.ends_of)
