"""Security headers of every response."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.wsgi import get_host

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
ALWAYS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "geolocation=(), camera=(), microphone=()"),
    # Pages are never stored by caches in between, since they may be personal.
    ("Cache-Control", "no-cache, private"),
)
OVER_TLS = (*ALWAYS, ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"))


def init_app(app: Flask) -> None:
    """Add the headers that a response does not set itself, outside of Flask, so that no error page lacks them."""
    app.wsgi_app = _with_headers(app.wsgi_app)  # type: ignore[assignment, method-assign]


def _with_headers(inner: WSGIApplication) -> WSGIApplication:
    def outer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        over_tls = environ["wsgi.url_scheme"] == "https"

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            present = {name.lower(): value for name, value in headers}
            location = present.get("location", "")
            if "://" in location:
                headers = [(name, _path(value, name, environ)) for name, value in headers]
            added = [one for one in (OVER_TLS if over_tls else ALWAYS) if one[0].lower() not in present]
            return start_response(status, [*headers, *added], *rest)

        return inner(environ, start)

    return outer


def _path(value: str, name: str, environ: WSGIEnvironment) -> str:
    """Werkzeug writes the Host that the request named into redirects of its own; a path is enough."""
    if name.lower() != "location":
        return value
    own = f"{environ['wsgi.url_scheme']}://{get_host(environ)}/"
    return "/" + value.removeprefix(own).lstrip("/\\") if value.startswith(own) else value
