"""Commands that concern the whole installation: migrate, demo, worker, serve."""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import sys
import threading
import time
from pathlib import Path

from flask import Flask

from pb.config import DEMONSTRATION, ROOT, Settings, SettingsError


def application() -> Flask:
    """The application of the environment; a settings error is one line and exit code 1."""
    from pb.app import create_app

    try:
        return create_app(Settings.from_env())
    except SettingsError as error:
        raise SystemExit(f"python -m pb: {error}") from None


def migrate(argv: list[str]) -> int:
    """Bring the database to the newest schema; a new one gets its mode from PB_MODE."""
    argparse.ArgumentParser(prog="python -m pb migrate", description=migrate.__doc__).parse_args(argv)
    from pb.site.migrating import upgrade

    with application().app_context():
        upgrade()
    print("the database has the newest schema")
    return 0


def worker(argv: list[str]) -> int:
    """Do what is due, over and over: the log, messages, the ballots' inbox, projects to freeze."""
    parser = argparse.ArgumentParser(prog="python -m pb worker", description=worker.__doc__)
    parser.add_argument("--once", action="store_true", help="one round, then stop")
    options = parser.parse_args(argv)
    from pb.site.worker import run, run_once

    app = application()
    if options.once:
        run_once(app)
    else:
        run(app, threading.Event())
    return 0


def demo(argv: list[str]) -> int:
    """Seed the demonstration (once) and serve it on http://127.0.0.1:PORT (default 8000)."""
    parser = argparse.ArgumentParser(prog="python -m pb demo", description=demo.__doc__)
    parser.add_argument("--fresh", action="store_true", help="throw the database away and seed again")
    parser.add_argument("--seed-only", action="store_true", help="seed, but do not serve")
    options = parser.parse_args(argv)
    os.environ["PB_MODE"] = DEMONSTRATION
    port = os.environ.get("PORT", "8000")
    os.environ.setdefault("PB_BASE_URL", f"http://127.0.0.1:{port}")
    if not options.seed_only:
        _require_free(int(port))
    from pb.site.demonstration import prepare
    from pb.web.catalogues import compile_if_stale

    began = time.monotonic()
    compile_if_stale()
    if options.fresh:
        _remove_database()
    (ROOT / "var").mkdir(exist_ok=True)
    app = application()
    prepare(app)
    print(f"ready after {time.monotonic() - began:.1f} s", file=sys.stderr)
    if options.seed_only:
        return 0
    print(f"\n  Terjola's contest of ideas:  http://127.0.0.1:{port}/terjola/2026/")
    print(
        f"  whom to sign in as, what to try:  http://127.0.0.1:{port}/demo\n  (stop with Ctrl+C)\n",
        flush=True,
    )
    serve(app, f"127.0.0.1:{port}")
    return 0


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            another = f"PORT={port + 1} make demo"
            raise SystemExit(f"python -m pb demo: port {port} is taken; try `{another}`") from None


def _remove_database() -> None:
    url = Settings.from_env().database_url
    if not url.startswith("sqlite:///"):
        raise SystemExit("python -m pb demo: --fresh removes SQLite files only")
    for suffix in ("", "-wal", "-shm"):
        Path(url.removeprefix("sqlite:///") + suffix).unlink(missing_ok=True)
    shutil.rmtree(url.removeprefix("sqlite:///") + ".keys", ignore_errors=True)


def serve(app: Flask, bind: str, threads: int = 8) -> None:
    """Serve with gunicorn in this process, the worker's rounds in a thread beside it."""
    from gunicorn.app.base import BaseApplication

    from pb.db import db
    from pb.site.worker import run

    with app.app_context():
        db.engine.dispose()

    class Server(BaseApplication):
        def load_config(self) -> None:
            settings = {
                "bind": bind, "workers": 1, "threads": threads, "worker_class": "gthread",
                "loglevel": "warning", "post_worker_init": begin_rounds, "control_socket_disable": True,
            }  # fmt: skip
            for name, value in settings.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Flask:
            return app

    def begin_rounds(_worker: object) -> None:
        threading.Thread(target=run, args=(app, threading.Event()), daemon=True).start()

    Server().run()
