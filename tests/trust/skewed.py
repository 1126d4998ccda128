"""The application on a machine whose clock is wrong by PB_TRUST_SKEW seconds. Runs in gunicorn, never in pytest."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from flask import Flask

from pb import clock


def app() -> Flask:
    """What gunicorn loads."""
    right, skew = clock.system_now, timedelta(seconds=int(os.environ["PB_TRUST_SKEW"]))

    def wrong() -> datetime:
        return right() + skew

    clock.system_now = wrong
    from wsgi import app as real

    return real
