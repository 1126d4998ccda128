"""Addresses of pages, worked out once: a page has some thirty links, most of them the same for everybody."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Flask, has_request_context, request

_MOST_KEPT = 4096
_PLAIN = (str, int, type(None))


class Application(Flask):
    """Flask that keeps the addresses it has built."""

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """As Flask's. Addresses that depend on nothing but their values are kept."""
        if endpoint.startswith(".") or not all(type(value) in _PLAIN for value in values.values()):
            return super().url_for(endpoint, **values)
        if not has_request_context() or any(name.startswith("_") for name in values):
            return super().url_for(endpoint, **values)
        return self._kept_url(request.script_root, endpoint, tuple(values.items()))

    @lru_cache(maxsize=_MOST_KEPT)  # noqa: B019 - an application lives as long as its process
    def _kept_url(self, _root: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
        return super().url_for(endpoint, **dict(values))
