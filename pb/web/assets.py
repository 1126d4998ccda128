"""The few static files: a fixed list, compressed once, served under a fingerprint and cached for a year."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

import brotli
import flask_bootstrap
from flask import Blueprint, Flask, Response, request

from pb.config import ROOT
from pb.core.errors import Missing
from pb.web.guard import public

bp = Blueprint("assets", __name__)

_BOOTSTRAP = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5"
FILES: dict[str, Path] = {
    "pb.css": ROOT / "static" / "pb.css",
    "print.css": ROOT / "static" / "print.css",
    "pb.js": ROOT / "static" / "pb.js",
    "favicon.svg": ROOT / "static" / "favicon.svg",
    # To take away; at the fixed address /assets/today/NAME.
    "monitor.py": ROOT / "static" / "monitor.py",
    "recount.py": ROOT / "static" / "recount.py",
    "verification.md": ROOT / "docs" / "verification.md",
    "bootstrap.css": _BOOTSTRAP / "css" / "bootstrap.min.css",
}


@dataclass(frozen=True)
class Asset:
    fingerprint: str
    kind: str
    plain: bytes
    gzipped: bytes
    brotlied: bytes


_loaded: dict[str, Asset] = {}


def init_app(app: Flask) -> None:
    """Read and compress the files once for each process; nothing is read at a request."""
    for name, path in FILES.items():
        plain = path.read_bytes().replace(b"\n/*# sourceMappingURL=bootstrap.min.css.map */", b"")
        if name not in _loaded or _loaded[name].plain != plain:
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            quality = 5 if app.debug or app.testing else 11
            _loaded[name] = Asset(
                hashlib.sha256(plain).hexdigest()[:12],
                kind,
                plain,
                gzip.compress(plain, 9, mtime=0),
                brotli.compress(plain, quality=quality),
            )
    app.register_blueprint(bp)
    app.jinja_env.globals["static_url"] = static_url


def static_url(name: str) -> str:
    """The address of a static file, its content's fingerprint in it."""
    return f"/assets/{_loaded[name].fingerprint}/{name}"


@bp.get("/assets/<fingerprint>/<name>")
@public()
def asset(fingerprint: str, name: str) -> Response:
    """One file of the list. An old fingerprint gets today's file, uncached."""
    found = _loaded.get(name)
    if found is None:
        raise Missing("no_such_page")
    accepted = request.headers.get("Accept-Encoding", "")
    if "br" in accepted:
        body, encoding = found.brotlied, "br"
    elif "gzip" in accepted:
        body, encoding = found.gzipped, "gzip"
    else:
        body, encoding = found.plain, ""
    response = Response(body, content_type=f"{found.kind}; charset=utf-8")
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.headers["Vary"] = "Accept-Encoding"
    fresh = fingerprint == found.fingerprint
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if fresh else "no-store"
    return response
