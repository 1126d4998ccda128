"""The Flask extensions, made here and bound to the application in app.py. Nothing else (``db`` is in db.py)."""

from __future__ import annotations

import hashlib
import hmac

from flask import Flask, current_app
from flask_babel import Babel
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_wtf import CSRFProtect

from pb.config import ROOT
from pb.db import db

migrate = Migrate()
login = LoginManager()
csrf = CSRFProtect()
babel = Babel()
compress = Compress()


def visitor() -> str:
    """Who asks, as limits count: a keyed hash, since limits may stand in Redis and an address is personal data."""
    key = str(current_app.secret_key).encode()
    return hmac.new(key, get_remote_address().encode(), hashlib.sha256).hexdigest()[:32]


limiter = Limiter(key_func=visitor, headers_enabled=False)


def init_app(app: Flask) -> None:
    """Bind them all, without the hooks that serve what we do not use and that would run on every request."""
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    csrf.init_app(app)
    compress.init_app(app)
    before, after = app.before_request_funcs, app.after_request_funcs
    kept = list(before[None]), list(after[None])
    # Limits stand on single views, which ask the limiter themselves; no route is limited for all. And nobody is
    # remembered beyond the session, so that flask-login need not look into it after each request.
    limiter.init_app(app)
    login.init_app(app)
    before[None][:], after[None][:] = kept


__all__ = ["babel", "compress", "csrf", "db", "init_app", "limiter", "login", "migrate", "visitor"]
