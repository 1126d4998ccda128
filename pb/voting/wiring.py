"""How the feature joins the application."""

from __future__ import annotations

from flask import Flask

from pb.core.phases import Phase
from pb.cycles import front_parts
from pb.voting import (  # noqa: F401
    front,
    models,
    models_alarms,
    models_board,
    models_claims,
    models_letters,
    models_paper,
    models_people,
    parts_board,
    views,
    views_alarms,
    views_board,
    views_box,
    views_cast,
    views_centre,
    views_check_file,
    views_claims,
    views_keying,
    views_kiosk,
    views_letters,
    views_paper,
    views_roll,
)
from pb.voting.own_code import own_code
from pb.voting.wiring_ceremony import init_app as join_ceremony


def init_app(app: Flask) -> None:
    """The voter's pages, the administrators' pages, and what the front page shows of the vote."""
    parts = (
        views, views_check_file, views_board, views_cast, views_roll, views_box, views_centre, views_paper,
        views_keying, views_letters, views_alarms, views_claims,
    )  # fmt: skip
    for part in parts:
        app.register_blueprint(part.blueprint)
    front_parts.on_phase(app, Phase.VOTING, front.action)
    front_parts.part(app, front.turnout_part)
    parts_board.join(app)
    join_ceremony(app)
    own_code()  # of the files as they stand now, not as they may stand at the first flush
