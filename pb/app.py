"""create_app: wiring only."""

from __future__ import annotations

from importlib import import_module

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from pb import clock as clock_module
from pb import extensions
from pb.config import ROOT, Settings
from pb.web import assets, errors, filters, guard, headers, i18n, inputs, navigation, sessions
from pb.web.addresses import Application

FEATURES = (
    "places", "accounts", "messages", "audit", "cycles", "ideas", "appeals", "projects",
    "training", "talking", "review", "voting", "results", "delivery", "site",
)  # fmt: skip


def create_app(settings: Settings | None = None, clock: clock_module.Clock | None = None) -> Flask:
    """The application for ``settings`` (default: the environment); ``clock`` replaces the machine's in tests."""
    settings = settings or Settings.from_env()
    app = Application("pb", root_path=str(ROOT), static_folder=None, template_folder=str(ROOT / "templates"))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        TESTING=settings.testing,
        DEBUG=settings.debug,
        MAX_CONTENT_LENGTH=32 * 1024 * 1024,
        SESSION_COOKIE_NAME="pb",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
        WTF_CSRF_TIME_LIMIT=8 * 3600,
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        RATELIMIT_ENABLED=settings.limits,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=4,
        COMPRESS_MIN_SIZE=800,
    )
    app.extensions["pb_settings"] = settings
    app.extensions["pb_clock"] = clock or clock_module.system_now
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    extensions.init_app(app)
    for part in (sessions, inputs, i18n, filters, assets, headers, errors, navigation):
        part.init_app(app)
    if settings.proxy_count:  # outermost, so that all the rest sees whom the proxy speaks for
        count = settings.proxy_count
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    for feature in FEATURES:
        import_module(f"pb.{feature}.wiring").init_app(app)
    guard.check_all_routes(app)
    return app
