"""How the ceremony of the box joins the application: custodians, steps of two people, witnesses."""

from __future__ import annotations

from flask import Flask

from pb.voting import models_ceremony, views_custodians, views_opening, views_witnesses  # noqa: F401


def init_app(app: Flask) -> None:
    """The pages of the ceremony."""
    for part in (views_custodians, views_opening, views_witnesses):
        app.register_blueprint(part.blueprint)
