"""Fixtures: an application on a fresh database (SQLite, and PostgreSQL where asked), a frozen clock, a client."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import create_engine, text

from pb.app import create_app
from pb.config import Settings, demonstration_key
from pb.db import db
from pb.installation import set_up
from pb.web.catalogues import compile_if_stale
from tests.databases import Reused, made_database
from tests.pages import CheckedClient
from tests.trust.reporting import pytest_terminal_summary  # noqa: F401 - a hook

compile_if_stale()

# No test asserts a time, hypothesis's own deadline neither: a busy machine is no fault of the code.
hypothesis.settings.register_profile(
    "pb", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("pb")

IN_CI = bool(os.environ.get("CI"))
POSTGRES = os.environ.get("TEST_DATABASE_URL", "postgresql+psycopg://root@127.0.0.1:5432/test")

# One place for all processes of a run: a database that one of them made may be copied by another.
MADE_HERE = "PB_TEST_KEYS" not in os.environ
KEYS = Path(os.environ.get("PB_TEST_KEYS") or tempfile.mkdtemp(prefix="pb-test-keys-"))
os.environ["PB_TEST_KEYS"] = str(KEYS)


def pytest_configure(config: pytest.Config) -> None:
    """Test databases stand in memory where the machine has a place for it: no test waits for a disk."""
    if MADE_HERE:
        config.add_cleanup(lambda: shutil.rmtree(KEYS, ignore_errors=True))
    memory = Path("/dev/shm")
    if config.option.basetemp is None and memory.is_dir() and os.access(memory, os.W_OK):
        config.option.basetemp = Path(tempfile.mkdtemp(prefix="pb-tests-", dir=memory))
        config.add_cleanup(lambda: shutil.rmtree(config.option.basetemp, ignore_errors=True))


def unavailable(what: str, how: str) -> None:
    """Fail in CI, skip on a user's machine, saying what was skipped and how to get it."""
    message = f"{what} is not available; {how}"
    if IN_CI:
        pytest.fail(message)
    pytest.skip(message)


def system_clock() -> datetime:
    """The real time, for journeys, which turn the rehearsal clock instead."""
    return datetime.now(UTC)


class FrozenClock:
    """The machine's clock in tests: stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 5, 20, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def set(self, year: int, month: int, day: int, hour: int = 12, minute: int = 0) -> None:
        """Move to a moment in UTC."""
        self.moment = datetime(year, month, day, hour, minute, tzinfo=UTC)


class CompiledOnce(BytecodeCache):
    """Templates compiled once a process: each test makes an application, and they all have the same pages."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = CompiledOnce()


def make_settings(database_url: str, mode: str = "demonstration") -> Settings:
    return Settings(
        mode=mode,
        database_url=database_url,
        secret_key="test-secret",
        data_key=demonstration_key("test data"),
        hash_key=demonstration_key("test hash"),
        link_key=demonstration_key("test link"),
        signing_key=demonstration_key("test signing"),
        base_url="http://localhost",
        sms_backend="file",
        sms_target=os.devnull,
        mail_backend="file",
        mail_target=os.devnull,
        testing=True,
        limits=False,
        keys_dir=KEYS,
    )


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """A server's URL on which databases can be made."""
    try:
        engine = create_engine(POSTGRES)
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        engine.dispose()
    except Exception:
        unavailable("PostgreSQL", "start one and set TEST_DATABASE_URL=postgresql+psycopg://user@host/db")
    return POSTGRES


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty PostgreSQL database."""
    with made_database(postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a database with all tables, from which each test's own is copied."""
    with made_database(postgres_server) as url:
        make_database_tables(url)
        yield url.rsplit("/", 1)[1]


@pytest.fixture(scope="session")
def reused(postgres_server: str, postgres_template: str) -> Iterator[Reused]:
    """Databases that are emptied after a test instead of being made anew, which waits for the disk."""
    pool = Reused(postgres_server, postgres_template)
    yield pool
    pool.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as an SQLite file."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite"
    make_database_tables(f"sqlite:///{path}")
    return path


def make_database_tables(url: str) -> None:
    app = start(url, FrozenClock())
    with app.app_context():
        if url.startswith("sqlite"):
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Both databases: a test that uses ``app`` runs on each."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.sqlite'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


def bound(url: str, clock: Callable[[], datetime], mode: str = "demonstration") -> Flask:
    """An application on a database that has its tables already."""
    app = create_app(make_settings(url, mode), clock)
    app.test_client_class = CheckedClient
    app.jinja_env.bytecode_cache = COMPILED
    return app


def start(url: str, clock: Callable[[], datetime], mode: str = "demonstration") -> Flask:
    """An application on an empty database, in which all tables are made."""
    app = bound(url, clock, mode)
    with app.app_context():
        db.create_all()
        set_up(mode=mode, now=clock())
    return app


@contextmanager
def pushed(app: Flask) -> Iterator[Flask]:
    """The application with a context, and its connections closed afterwards."""
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def app(request: pytest.FixtureRequest, tmp_path: Path, clock: FrozenClock) -> Iterator[Flask]:
    """The application in demonstration mode, on SQLite and on PostgreSQL, with a pushed context."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_app")
        return
    pool: Reused = request.getfixturevalue("reused")
    with pool.database() as url, pushed(bound(url, clock)) as app:
        yield app


@pytest.fixture
def sqlite_app(tmp_path: Path, sqlite_template: Path, clock: FrozenClock) -> Iterator[Flask]:
    """The same on SQLite alone, for pages that do not depend on the database."""
    path = tmp_path / "test.sqlite"
    shutil.copyfile(sqlite_template, path)
    with pushed(bound(f"sqlite:///{path}", clock)) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> CheckedClient:
    return app.test_client()  # type: ignore[return-value]
