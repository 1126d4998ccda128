"""What no address and no form may hold, turned away before any view: numbers too large, and the sign NUL."""

from __future__ import annotations

from flask import Flask, abort, request
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
