"""What comes with a request and is not to be trusted: numbers too large, the sign NUL, where it says it came from."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, abort, current_app, request
from werkzeug.routing import IntegerConverter, ValidationError

from pb.core.whole import whole_number

NUL = "\x00"


class SmallInteger(IntegerConverter):
    """``<int:…>`` of an address: only numbers that the databases' columns hold; others name no page."""

    regex = "[0-9]+"

    def to_python(self, value: str) -> int:
        number = whole_number(value)
        if number is None:
            raise ValidationError
        return number


def local_path(value: str | None) -> str:
    """``value`` if it is a path on this site, else "": no link and no redirect must lead elsewhere."""
    if not value or not value.startswith("/") or value.startswith("//"):
        return ""
    if "\\" in value or any(ord(sign) <= 32 or ord(sign) == 127 for sign in value):
        return ""
    return value


def referring_path() -> str:
    """The page of this site that sent the request, as the browser says; "" for none and for another site's."""
    try:
        said = urlsplit(request.referrer or "")
    except ValueError:
        return ""
    own = urlsplit(current_app.extensions["pb_settings"].base_url).netloc
    return local_path(said.path) if said.netloc in (request.host, own) else ""


def init_app(app: Flask) -> None:
    """To be called before the first route is added."""
    app.url_map.converters["int"] = SmallInteger

    @app.before_request
    def refuse_nul() -> None:
        # PostgreSQL has no text with this sign, so that each query with it would fail in its own place
        if NUL in request.path:
            abort(404)
        for given in (request.args, request.form):
            if any(NUL in name or NUL in value for name, value in given.items(multi=True)):
                abort(400)
