"""Fixtures of the proofs by test. Every test of this folder bears the marker ``trust``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import made_database
from tests.trust.reporting import reached  # noqa: F401 - a fixture
from tests.trust.town import Town, make_town

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("trust")


@pytest.fixture
def postgres_town(postgres_server: str, postgres_template: str) -> Iterator[type[Town] | object]:
    """Makes towns that vote now, each on a PostgreSQL database of its own: ``postgres_town(voters=…)``."""
    from contextlib import ExitStack

    with ExitStack() as stack:

        def make(**values: object) -> Town:
            url = stack.enter_context(made_database(postgres_server, postgres_template))
            return stack.enter_context(make_town(url, **values))  # type: ignore[arg-type]

        yield make
