"""Limits on sign-in hold, within one process and, through Redis, over all of them."""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from pathlib import Path

import pytest
import redis

from pb.app import create_app
from tests.conftest import FrozenClock, make_settings, pushed, unavailable
from tests.pages import CheckedClient

REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/0")
MOST = 10  # tries of one account in a quarter of an hour


@pytest.fixture
def redis_url() -> str:
    try:
        redis.Redis.from_url(REDIS, socket_connect_timeout=2).ping()
    except redis.RedisError:
        unavailable("Redis", "start one and set TEST_REDIS_URL=redis://host:port/0")
    return REDIS


def attempts(settings_url: str, redis_url: str, clock: FrozenClock, email: str, count: int) -> list[int]:
    """Statuses of so many wrong passwords, sent to a process of its own."""
    settings = replace(make_settings(settings_url), limits=True, redis_url=redis_url)
    app = create_app(settings, clock)
    app.test_client_class = CheckedClient
    address = f"203.0.113.{secrets.randbelow(250) + 1}"
    with pushed(app):
        client: CheckedClient = app.test_client()  # type: ignore[assignment]
        form = {"staff-email": email, "staff-password": "wrong"}
        statuses = []
        for _ in range(count):
            form["staff-csrf_token"] = client.csrf_token()
            sent = client.send("/sign-in/staff", form, environ_base={"REMOTE_ADDR": address})
            statuses.append(sent.status_code)
        return statuses


def test_ten_tries_and_then_a_clear_page(sqlite_template: Path, clock: FrozenClock) -> None:
    email = f"{secrets.token_hex(6)}@example.org"
    statuses = attempts(f"sqlite:///{sqlite_template}", "", clock, email, MOST + 1)
    assert statuses[:MOST] == [422] * MOST
    assert statuses[MOST] == 429


def test_processes_share_their_limits_through_redis(
    sqlite_template: Path, clock: FrozenClock, redis_url: str
) -> None:
    email = f"{secrets.token_hex(6)}@example.org"
    url = f"sqlite:///{sqlite_template}"
    assert attempts(url, redis_url, clock, email, MOST) == [422] * MOST
    assert attempts(url, redis_url, clock, email, 1) == [429]
