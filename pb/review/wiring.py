"""How the feature joins the application."""

from __future__ import annotations

from flask import Flask

from pb.review import (  # noqa: F401
    models,
    models_conflicts,
    models_feasibility,
    models_minutes,
    models_panel,
    models_scoring,
    models_session,
)
from pb.review.blueprint import blueprint


def init_app(app: Flask) -> None:
    """Register the routes of the two halves, and what they show on other features' pages."""
    from pb.review import parts_objections

    parts_objections.join()
    # --- eligibility ---
    from pb.review import (
        parts_eligibility,
        parts_feasibility,
        views_costs,  # noqa: F401
        views_eligibility,  # noqa: F401
        views_opinions,  # noqa: F401
        views_take_up,  # noqa: F401
    )

    parts_eligibility.join()
    parts_feasibility.join()
    # --- end of eligibility ---
    # --- commission ---
    from pb.review import (
        parts_board,
        parts_commission,
        views_calibration,  # noqa: F401
        views_commission,  # noqa: F401
        views_conflicts,  # noqa: F401
        views_decision,  # noqa: F401
        views_final,  # noqa: F401
        views_letter,  # noqa: F401
        views_lot,  # noqa: F401
        views_minutes,  # noqa: F401
        views_ranking,  # noqa: F401
        views_scoring,  # noqa: F401
        views_screen,  # noqa: F401
        views_seats,  # noqa: F401
        views_second,  # noqa: F401
        views_session,  # noqa: F401
        views_sitting,  # noqa: F401
    )

    parts_commission.join(app)
    parts_board.join(app)
    # --- end of commission ---
    app.register_blueprint(blueprint)
