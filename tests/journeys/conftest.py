"""A real server on a real database, and a real browser: the fixtures of the journeys."""

from __future__ import annotations

import fcntl
import logging
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from rich.progress import Progress
from werkzeug.serving import make_server

from pb import installation
from pb.app import create_app
from pb.db import db
from pb.site.demonstration import seed
from tests.conftest import make_settings, start, system_clock, unavailable

logging.getLogger("werkzeug").setLevel(logging.ERROR)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, driven by Playwright."""
    if CHROMIUM is None:
        unavailable("Chromium", "install it (Debian: apt-get install chromium) to run the browser journeys")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@dataclass
class Site:
    """The running site: where it is, and its clock."""

    app: Flask
    address: str

    def turn(self, moment: datetime) -> None:
        """Turn the rehearsal clock, as the demonstration's page does."""
        with self.app.app_context():
            installation.turn_clock(to=moment)

    def run(self, act: Callable[[], Any]) -> Any:
        """Do something inside the application, in a context of its own."""
        with self.app.app_context():
            try:
                return act()
            finally:
                db.session.remove()


@contextmanager
def served(app: Flask) -> Iterator[Site]:
    """The application on a port of its own, in a thread."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(app, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """The application in demonstration mode on an empty database."""
    with served(start(f"sqlite:///{tmp_path / 'journey.sqlite'}", system_clock)) as running:
        yield running


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A database with the whole demonstration, made once for all workers of a run."""
    base = tmp_path_factory.getbasetemp()
    base = base if worker_id == "master" else base.parent
    made, half = base / "demonstration.sqlite", base / "half.sqlite"
    with (base / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            app = start(f"sqlite:///{half}", system_clock)
            with app.app_context():
                seed(Progress(disable=True))
                db.session.remove()
                db.engine.dispose()
            half.rename(made)
    return made


@pytest.fixture
def demo(seeded: Path, tmp_path: Path) -> Iterator[Site]:
    """The demonstration as a visitor finds it: a copy of its own for each test."""
    copy = shutil.copy(seeded, tmp_path / "demonstration.sqlite")
    with served(create_app(make_settings(f"sqlite:///{copy}"), system_clock)) as running:
        yield running


def context_of(
    browser: Browser, *, javascript: bool = False, width: int = 360, lang: str = "ka"
) -> BrowserContext:
    """A visitor with a cheap phone (or another width); scripts are off unless the journey is about them."""
    context = browser.new_context(
        viewport={"width": width, "height": 740}, java_script_enabled=javascript, locale="ka-GE"
    )
    context.set_default_timeout(10_000)
    return context


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A visitor at 360 px without JavaScript."""
    context = context_of(browser)
    yield context.new_page()
    context.close()


@pytest.fixture
def desktop(browser: Browser) -> Iterator[Page]:
    """A visitor at 1280 px with JavaScript."""
    context = context_of(browser, javascript=True, width=1280)
    yield context.new_page()
    context.close()
