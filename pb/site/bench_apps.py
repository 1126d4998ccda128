"""The baselines of the benchmark: a bare Flask page, and a bare view that inserts and commits one row."""

from __future__ import annotations

import os

from flask import Flask
from sqlalchemy import text

PAGE = "<!doctype html><html lang=en><title>bare</title><h1>bare</h1><p>" + "word " * 100


def bare() -> Flask:
    """``/`` answers with a constant page; ``POST /insert`` writes one row into PB_DATABASE_URL's database.

    The table ``bench_row`` is made by the benchmark. The engine is set up as the application's own is.
    """
    from sqlalchemy import create_engine

    import pb.db  # noqa: F401 - its listeners set SQLite to WAL and synchronous FULL, as in the application

    app = Flask(__name__)
    url = os.environ["PB_DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url).execution_options(pb_writes=True)

    @app.get("/")
    def page() -> str:
        return PAGE

    @app.post("/insert")
    def insert() -> str:
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO bench_row (words) VALUES (:words)"), {"words": "x" * 400})
        return "ok"

    return app
