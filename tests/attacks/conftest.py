"""One application with two towns for all tests that only look, since making it costs more than looking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask

from tests.attacks.making import Estate, fresh_app, make_estate
from tests.conftest import FrozenClock


@dataclass
class Ground:
    """``terjola`` is attacked; ``khoni`` is the other town."""

    app: Flask
    clock: FrozenClock
    terjola: Estate
    khoni: Estate


@pytest.fixture(scope="package", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def ground(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    kind, clock = request.param, FrozenClock()
    postgres = request.getfixturevalue("postgres_server") if kind == "postgresql" else ""
    with fresh_app(kind, tmp_path_factory.mktemp("attacks"), clock, postgres) as app:
        yield Ground(app, clock, make_estate(app, "terjola", 11), make_estate(app, "khoni", 71))
