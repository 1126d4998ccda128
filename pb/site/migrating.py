"""Bringing a database to the newest schema: used by `migrate`, by the demonstration and by tests."""

from __future__ import annotations

import logging

from alembic import command as alembic
from alembic.config import Config
from flask import current_app

from pb import clock, installation
from pb.config import ROOT
from pb.db import db


def config() -> Config:
    """Alembic's settings; the database is the running application's."""
    settings = Config()
    settings.set_main_option("script_location", str(ROOT / "migrations"))
    return settings


def upgrade() -> None:
    """Migrate to the newest schema and, in a new database, write its mode. Safe to run again."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    alembic.upgrade(config(), "head")
    db.session.rollback()
    installation.set_up(mode=current_app.extensions["pb_settings"].mode, now=clock.system_now())
