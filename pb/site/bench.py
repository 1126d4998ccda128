"""`make bench`: pages and casting against bare ones served by the same gunicorn in the same run."""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, Response
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import create_engine, text

from pb.config import ROOT, Settings
from pb.site.bench_load import CONNECTIONS, Measured, hammer, request, together

SECONDS = 5.0
ROUNDS = 3
CASTS = 400
PARTS = 8  # of casts and inserts, in turn
POSTGRES = os.environ.get("TEST_DATABASE_URL", "postgresql://root@127.0.0.1:5432/test")


def main(argv: list[str]) -> int:
    """Measure pages and casting, and print them beside the baselines of the same run."""
    parser = argparse.ArgumentParser(prog="python -m pb bench", description=main.__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each measurement")
    options = parser.parse_args(argv)
    os.environ["PB_MODE"] = "demonstration"
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.sqlite'}"
        app = _seeded(url)
        _pages(app, url, options.seconds)
        _casting("SQLite", app, url)
        os.environ["PB_KEYS_DIR"] = str(Path(folder) / "keys")
        _on_postgresql()
    return 0


def _seeded(url: str) -> Flask:
    from pb.app import create_app
    from pb.site.demonstration import prepare

    os.environ["PB_DATABASE_URL"] = url
    app = create_app(Settings.from_env())
    prepare(app)
    with app.app_context():
        from pb.db import db

        with db.engine.begin() as connection:
            key = "SERIAL PRIMARY KEY" if url.startswith("postgresql") else "INTEGER PRIMARY KEY"
            connection.execute(text(f"CREATE TABLE bench_row (id {key}, words TEXT)"))
        db.session.remove()
        db.engine.dispose()
    return app


@contextmanager
def _served(target: str, url: str, workers: int = 1) -> Iterator[int]:
    """gunicorn with gthread workers of four threads; gives its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "gunicorn", "-k", "gthread", "-w", str(workers), "--threads", "4",
        "--keep-alive", "30", "--log-level", "error", "-b", f"127.0.0.1:{port}", target,
    ]  # fmt: skip
    env = {**os.environ, "PB_DATABASE_URL": url, "PB_MODE": "demonstration", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, env=env, cwd=ROOT, start_new_session=True)
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)


def _pages(app: Flask, url: str, seconds: float) -> None:
    ballot = _voting_requests(app, 1)[1]
    pages = {
        "bare page": (True, [request("/")]),
        "idea list": (False, [request("/terjola/2026/ideas")]),
        "an idea": (False, [request("/terjola/2026/ideas/1")]),
        "ballot page": (False, ballot),
    }
    best: dict[str, Measured] = {}
    with _served("pb.site.bench_apps:bare()", url) as bare, _served("wsgi:app", url) as ours:
        for _ in range(ROUNDS):  # in turn, so that a slow moment of the machine hits all alike
            for name, (is_bare, requests) in pages.items():
                port = bare if is_bare else ours
                hammer(port, requests, seconds=0.5, expected=200)
                measured = hammer(port, requests, seconds=seconds / ROUNDS, expected=200)
                if name not in best or measured.rate > best[name].rate:
                    best[name] = measured
    base = best["bare page"].rate
    print(f"\n{'page':<14}{'requests/s':>12}{'of the bare page':>20}{'failed':>8}")
    for name, measured in best.items():
        share = f"1/{base / measured.rate:.1f}" if measured.rate else "–"
        print(f"{name:<14}{measured.rate:>12.0f}{share:>20}{measured.failed:>8}")


def _voting_requests(app: Flask, voters: int) -> tuple[list[bytes], list[bytes]]:
    """Requests that cast one ballot each, by voters of the roll who have not voted; and the ballot page of each."""
    from sqlalchemy import select

    from pb import clock
    from pb.cycles.models import Cycle
    from pb.db import db
    from pb.places.models import Town
    from pb.voting import passes, tokens
    from pb.voting.models import VotingSlot
    from pb.voting.people import voters_of
    from pb.voting.rounds import round_of

    casts, ballots = [], []
    with app.test_request_context():
        cycle_id = db.session.scalars(
            select(Cycle.id)
            .join(Town, Town.id == Cycle.town_id)
            .where(Town.slug == "terjola", Cycle.year == 2026)
        ).one()
        vote = round_of(cycle_id)
        assert vote is not None
        used = set(db.session.scalars(select(VotingSlot.value).where(VotingSlot.round_id == vote.id)))
        choices = [project["id"] for project in vote.projects[:3]]
        free = (voter for voter in voters_of(cycle_id) if voter.slot not in used)
        for voter in islice(free, voters):
            answer = Response()
            passes.put_pass(answer, cycle_id, "/", voter, clock.now())
            carried = answer.headers["Set-Cookie"].split(";")[0]
            raw = secrets.token_hex(20)
            session = app.session_interface.get_signing_serializer(app).dumps({"csrf_token": raw})  # type: ignore[attr-defined]
            cookie = f"Cookie: {carried}; pb={session}"
            signed = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(raw)  # type: ignore[arg-type]
            token = tokens.issue(vote.id, voter.slot, choices)
            form = [("csrf_token", signed), ("token", token), *[("choice", c) for c in choices]]
            casts.append(
                request(
                    "/terjola/2026/vote/cast", method="POST", headers=[cookie], body=urlencode(form).encode()
                )
            )
            ballots.append(request("/terjola/2026/vote/ballot", headers=[cookie]))
        db.session.remove()
        db.engine.dispose()
    return casts, ballots


def _casting(name: str, app: Flask, url: str, workers: int = 1) -> None:
    casts = _voting_requests(app, CASTS)[0]
    insert = [request("/insert", method="POST")] * CASTS
    lines, length = CONNECTIONS * workers, CASTS // PARTS
    parts: dict[str, list[Measured]] = {"insert": [], "cast": []}
    with (
        _worker(url),
        _served("pb.site.bench_apps:bare()", url, workers) as bare,
        _served("wsgi:app", url, workers) as ours,
    ):
        for _ in range(workers):  # so that every process has done it once
            hammer(bare, [request("/")], seconds=0.3, expected=200, connections=lines)
            hammer(ours, [request("/terjola/2026/")], seconds=0.5, expected=200, connections=lines)
        for at in range(0, CASTS, length):  # in turn, as above
            for what, port, requests, expected in (("insert", bare, insert, 200), ("cast", ours, casts, 302)):
                one = requests[at : at + length]
                measured = hammer(port, one, seconds=60, expected=expected, once=True, connections=lines)
                parts[what].append(measured)
    base, cast = together(parts["insert"]), together(parts["cast"])
    served = f"{workers} processes" if workers > 1 else "1 process"
    print(
        f"\n{name}, {served}: bare insert and commit {base.rate:.0f}/s, ballots cast {cast.rate:.0f}/s "
        f"= {cast.rate / base.rate:.2f} of it, failed {cast.failed} of {CASTS}"
    )


@contextmanager
def _worker(url: str) -> Iterator[None]:
    """The worker beside the server, as in a real vote: it stirs, flushes and posts what is cast."""
    env = {**os.environ, "PB_DATABASE_URL": url, "PB_MODE": "demonstration", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "pb", "worker"],
        env=env,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def _on_postgresql() -> None:
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
        print(f"\nPostgreSQL: not measured ({error.__class__.__name__}); set TEST_DATABASE_URL to a server")
        return
    try:
        url = server.rsplit("/", 1)[0] + "/" + database
        app = _seeded(url)
        for workers in (1, 2):
            _casting("PostgreSQL", app, url, workers)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {database} WITH (FORCE)"))
        admin.dispose()
