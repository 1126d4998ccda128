"""Fixtures of the proofs by test. Every test of this folder bears the marker ``trust``."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.databases import made_database
from tests.trust.reporting import reached  # noqa: F401 - a fixture
from tests.trust.town import Town, make_town

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("trust")


@pytest.fixture
def postgres_town(postgres_server: str, postgres_template: str) -> Iterator[Callable[..., Town]]:
    """Makes towns that vote now, each on a PostgreSQL database of its own: ``postgres_town(voters=…)``."""
    with ExitStack() as stack:

        def make(**values: Any) -> Town:
            url = stack.enter_context(made_database(postgres_server, postgres_template))
            return stack.enter_context(make_town(url, **values))

        yield make


@pytest.fixture
def sqlite_town(tmp_path: Path, sqlite_template: Path) -> Iterator[Callable[..., Town]]:
    """The same on SQLite files."""
    with ExitStack() as stack:

        def make(**values: Any) -> Town:
            path = tmp_path / f"town-{uuid.uuid4().hex[:8]}.sqlite"
            shutil.copyfile(sqlite_template, path)
            return stack.enter_context(make_town(f"sqlite:///{path}", **values))

        yield make
