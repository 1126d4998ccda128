"""Waking whoever delivers, as soon as a transaction that queued a message has been committed.

Only a nudge: the outbox is the truth, and who delivers looks into it once a second anyway. With PB_REDIS_URL the
nudge goes through Redis, so that it reaches the worker's process; what is put there is the sign "1", nothing else.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from typing import Protocol

import redis
from flask import Flask, current_app, has_app_context
from sqlalchemy import event
from sqlalchemy.orm import Session

from pb.config import Settings
from pb.db import db

log = logging.getLogger(__name__)
_MARK = "pb_ring"
_LEFT_ALONE = 30.0  # seconds after Redis failed: no request waits for it again and again
_PATIENCE = 0.5  # seconds for an answer


class Bell(Protocol):
    """Rung after a commit; whoever delivers waits for it."""

    def ring(self) -> None:
        """Wake whoever waits, now or next. Never raises."""

    def wait(self, seconds: float) -> None:
        """Come back when it rings, or after ``seconds``. Never raises."""


class OwnBell:
    """Within one process: the demonstration, where the worker is a thread."""

    def __init__(self) -> None:
        self._rung = threading.Event()

    def ring(self) -> None:
        self._rung.set()

    def wait(self, seconds: float) -> None:
        self._rung.wait(seconds)
        self._rung.clear()


class RedisBell:
    """A list that holds at most one sign, for a minute."""

    def __init__(self, url: str, base_url: str) -> None:
        self._key = "pb:bell:" + hashlib.sha256(base_url.encode()).hexdigest()[:12]
        self._redis = redis.Redis.from_url(url, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE)
        self._waiting = redis.Redis.from_url(url, socket_timeout=30, socket_connect_timeout=_PATIENCE)
        self._failed_at = float("-inf")

    def ring(self) -> None:
        if time.monotonic() - self._failed_at < _LEFT_ALONE:
            return
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                pipe.lpush(self._key, "1")
                pipe.ltrim(self._key, 0, 0)
                pipe.expire(self._key, 60)
                pipe.execute()
        except redis.RedisError as error:
            self._failed(error)

    def wait(self, seconds: float) -> None:
        if time.monotonic() - self._failed_at < _LEFT_ALONE:
            time.sleep(seconds)
            return
        try:
            self._waiting.blpop([self._key], timeout=seconds)
        except redis.RedisError as error:
            self._failed(error)
            time.sleep(seconds)

    def _failed(self, error: Exception) -> None:
        self._failed_at = time.monotonic()
        log.warning(
            "Redis does not answer (%s): messages go out within a second all the same", type(error).__name__
        )


def bell_of(settings: Settings) -> Bell:
    """The bell that the settings give."""
    return RedisBell(settings.redis_url, settings.base_url) if settings.redis_url else OwnBell()


def init_app(app: Flask) -> None:
    """Hang the bell."""
    app.extensions["pb_bell"] = bell_of(app.extensions["pb_settings"])


def bell() -> Bell:
    """The bell of the running application."""
    found: Bell = current_app.extensions["pb_bell"]
    return found


def ring_after_commit() -> None:
    """Note, in the running command, that a message was queued."""
    db.session().info[_MARK] = True


@event.listens_for(Session, "after_commit")
def _committed(session: Session) -> None:
    if session.info.pop(_MARK, False) and has_app_context():
        bell().ring()


@event.listens_for(Session, "after_rollback")
def _rolled_back(session: Session) -> None:
    session.info.pop(_MARK, None)
