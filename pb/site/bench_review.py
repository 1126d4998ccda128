"""`make bench-review`: a large commission's ranking, its pages, and many members who save at once, beside baselines of
the same run.
"""

from __future__ import annotations

import argparse
import os
import secrets
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, event, text

from pb.config import Settings
from pb.core.panel import statistics
from pb.core.rubrics import sheet_score
from pb.core.scoring import RankInput, ranking
from pb.core.tally import Tally
from pb.core.ways import robustness
from pb.policy import Actor
from pb.site.bench_panel import Panel, scored_panel

MEMBERS, PROJECTS = 15, 300
SAVERS, SAVES = 40, 5
ROUNDS = 7
POSTGRES = os.environ.get("TEST_DATABASE_URL", "postgresql://root@127.0.0.1:5432/test")


def main(argv: list[str]) -> int:
    """Measure a commission of 15 members and 300 projects, and 40 members who save at once."""
    parser = argparse.ArgumentParser(prog="python -m pb bench-review", description=main.__doc__)
    parser.add_argument("--projects", type=int, default=PROJECTS)
    parser.add_argument("--members", type=int, default=MEMBERS)
    options = parser.parse_args(argv)
    os.environ["PB_MODE"] = "demonstration"
    print(f"load of the machine: {' '.join(f'{value:.1f}' for value in os.getloadavg())}\n")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PB_KEYS_DIR"] = str(Path(folder) / "keys")
        few = _application(f"sqlite:///{Path(folder) / 'few.sqlite'}")
        many = _application(f"sqlite:///{Path(folder) / 'many.sqlite'}")
        small = scored_panel(few, options.members, max(options.projects // 10, 3))
        large = scored_panel(many, options.members, options.projects)
        _counting(many, large)
        _pages((few, small), (many, large))
        _savers()
    return 0


def _application(url: str) -> Flask:
    from pb.app import create_app
    from pb.site.migrating import upgrade

    os.environ["PB_DATABASE_URL"] = url
    app = create_app(Settings.from_env())
    with app.app_context():
        upgrade()
    return app


def best(act: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Milliseconds of the quickest of several rounds."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        act()
        times.append(time.perf_counter() - begun)
    return min(times) * 1000


def _counting(app: Flask, panel: Panel) -> None:
    """All ways of counting, beside fractions and one ranking after the other, which is the plain way to the same."""
    with app.app_context():
        rules, projects, chosen, sheets, entries = panel.inputs()
    ways = len({member for p in projects for member in p.sheets}) + 3

    def plainly() -> None:
        for p in projects:
            statistics([sheet_score(sheet, rules.rubric) for sheet in p.sheets.values()])
        for _ in range(ways):
            chosen(
                ranking(
                    [RankInput(p.project_id, list(p.sheets.values()), p.unit) for p in projects], rules.rubric
                )
            )

    tally = Tally(projects, rules.rubric)
    from pb.review.panel_view import document_flags

    ours = best(lambda: robustness(projects, rules.rubric, chosen))
    added = best(lambda: robustness(projects, rules.rubric, chosen, tally=tally))
    flags = best(lambda: document_flags(sheets, entries, ways, rules))
    plain = best(plainly, 2)
    print(f"{len(projects)} projects, {ways - 3} members, {ways} ways of counting")
    print(
        f"  adding up the sheets and all ways: {ours:.0f} ms (the ways alone {added:.0f}), flags {flags:.0f} ms"
    )
    print(
        f"  the same ways with fractions, one ranking after the other: {plain:.0f} ms = {plain / ours:.1f} times\n"
    )


def _pages(*panels: tuple[Flask, Panel]) -> None:
    """Pages of a tenth and of all projects: milliseconds in the server, statements to the database."""
    for path, signed_in in (("commission/scores", True), ("ranking", False), ("ranking.json", False)):
        told = []
        for app, panel in panels:
            client = app.test_client()
            if signed_in:
                with client.session_transaction() as session:
                    session["_user_id"], session["_fresh"] = f"{panel.chair.account_id}.0", True
            url = f"/terjola/2026/{path}?lang=ka"
            _get(client, url)
            told.append((panel.projects, best(partial(_get, client, url)), *_statements(app, client, url)))
        few, many = told
        print(
            f"{path}: {few[0]} projects {few[1]:.0f} ms, {few[2]} statements; {many[0]} projects {many[1]:.0f} ms, "
            f"{many[2]} statements, {many[3] // 1024} KB"
        )
    print()


def _get(client: FlaskClient, url: str) -> int:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return len(answer.data)


def _statements(app: Flask, client: FlaskClient, url: str) -> tuple[int, int]:
    """How many statements the page sends to the database, and its bytes."""
    from pb.db import db

    sent: list[object] = []

    def note(*_: object) -> None:
        sent.append(_)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    size = _get(client, url)
    event.remove(engine, "before_cursor_execute", note)
    return len(sent), size


def _savers() -> None:
    """Forty members who save at once on PostgreSQL, beside as many bare inserts and one member after the other."""
    server = POSTGRES.replace("postgresql://", "postgresql+psycopg://")
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    database = f"pb_bench_{secrets.token_hex(4)}"
    try:
        with admin.connect() as connection:
            connection.execute(
                text(
                    f"CREATE DATABASE {database} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
                )
            )
    except Exception as error:
        print(f"PostgreSQL: not measured ({error.__class__.__name__}); set TEST_DATABASE_URL to a server")
        return
    try:
        app = _application(server.rsplit("/", 1)[0] + "/" + database)
        panel = scored_panel(app, SAVERS, SAVES, scored=False)
        _measure_savers(app, panel)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {database} WITH (FORCE)"))
        admin.dispose()


def _measure_savers(app: Flask, panel: Panel) -> None:
    from pb.db import db
    from pb.review.commands_commission import save_sheet

    with app.app_context():
        engine = db.engine
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE bench_row (id SERIAL PRIMARY KEY, words TEXT)"))
    waits: list[float] = []

    def save(member: Actor, value: int) -> None:
        with app.app_context():
            for project_id in panel.project_ids:
                begun = time.perf_counter()
                save_sheet(project_id=project_id, lines=panel.lines(value), actor=member, now=panel.now)
                waits.append(time.perf_counter() - begun)
            db.session.remove()

    def insert(_: Actor, __: int) -> None:
        for _project in panel.project_ids:
            with engine.execution_options(pb_writes=True).begin() as connection:
                connection.execute(
                    text("INSERT INTO bench_row (words) VALUES (:words)"), {"words": "x" * 400}
                )

    def at_once(act: Callable[[Actor, int], None], value: int) -> float:
        threads = [threading.Thread(target=act, args=(member, value)) for member in panel.members]
        begun = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.perf_counter() - begun

    def in_turn(act: Callable[[Actor, int], None], value: int) -> float:
        begun = time.perf_counter()
        for member in panel.members:
            act(member, value)
        return time.perf_counter() - begun

    saves = len(panel.members) * len(panel.project_ids)
    at_once(insert, 0)
    at_once(save, 1)  # the first of each makes the rows
    waits.clear()
    turn = in_turn(save, 2)
    alone = sorted(waits)[len(waits) // 2] * 1000
    waits.clear()
    together = at_once(save, 3)
    longest = max(waits) * 1000
    bare = at_once(insert, 0)
    print(
        f"PostgreSQL, {len(panel.members)} members, {saves} saves: in turn {saves / turn:.0f}/s (one takes "
        f"{alone:.0f} ms), at once {saves / together:.0f}/s = {turn / together:.2f} of it, longest {longest:.0f} ms; "
        f"bare inserts at once {saves / bare:.0f}/s, saves are {bare / together:.2f} of them"
    )
