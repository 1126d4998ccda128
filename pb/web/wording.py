"""Turns codes of the domain (errors, states, events, roles) into sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from importlib import import_module
from typing import Any

from flask import has_request_context
from flask_babel import LazyString, get_locale

from pb.core.errors import DomainError
from pb.core.georgian import date_words, moment_words
from pb.core.money import format_lari
from pb.web.i18n import select_language
from pb.web.words_files import FILE_ERRORS, PLACE

# Each feature may have wording.py with ERRORS, EVENTS or LABELS: {code: lazy gettext with %(name)s}.
FEATURES = (
    "web", "places", "accounts", "messages", "audit", "cycles", "ideas", "appeals", "projects",
    "training", "talking", "review", "voting", "results", "delivery", "site",
)  # fmt: skip

_tables: dict[str, dict[str, LazyString]] = {}


def table(name: str) -> Mapping[str, LazyString]:
    """The wordings called ``name`` ("ERRORS", "EVENTS", "LABELS") of all features together."""
    if name not in _tables:
        merged: dict[str, LazyString] = {}
        for feature in FEATURES:
            try:
                module = import_module(f"pb.{feature}.{'words_web' if feature == 'web' else 'wording'}")
            except ModuleNotFoundError as error:
                if error.name is None or not error.name.startswith("pb."):
                    raise
                continue
            merged.update(getattr(module, name, {}))
        _tables[name] = merged
    return _tables[name]


def language() -> str:
    """The reader's language: "ka" or "en"."""
    if has_request_context():
        return select_language()
    locale = get_locale()
    return "ka" if locale is None else str(locale.language)


def error_words(error: DomainError) -> str:
    """The sentence for a domain error. A code without wording falls back to a plain general sentence.

    An error in a file (it has section and line) has words of its own, with the place before them.
    """
    if "section" in error.params and error.code in FILE_ERRORS:
        return f"{PLACE} {FILE_ERRORS[error.code]}" % _presentable(error.params)
    words = table("ERRORS").get(error.code) or table("ERRORS")["invalid"]
    return str(words) % _presentable(error.params)


def label(code: str) -> str:
    """The words for a state, role, phase or other code; the code itself when it has none."""
    words = table("LABELS").get(str(code))
    return str(words) if words is not None else str(code)


def event_words(kind: str, data: Mapping[str, Any]) -> str:
    """The sentence for an event of the log."""
    words = table("EVENTS").get(kind)
    return str(words) % _presentable(data) if words is not None else kind


#: Parameters that hold the code of a label; a text that is no code stays as it is.
CODES = frozenset(
    (
        "state",
        "phase",
        "act",
        "gate",
        "role",
        "outcome",
        "kind",
        "verdict",
        "answer",
        "department",
        "function",
        "represents",
    )
)


class _Params(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def _presentable(params: Mapping[str, Any]) -> _Params:
    """Money (names ending in _tetri), moments and codes as people read them."""
    shown = _Params()
    for name, value in params.items():
        if isinstance(value, dict) and "ka" in value:
            shown[name] = value.get(language()) or value["ka"]
        elif name.endswith("_tetri") and isinstance(value, int):
            shown[name] = format_lari(value, language())
        elif isinstance(value, datetime):
            shown[name] = moment_words(value, language())
        elif isinstance(value, date):
            shown[name] = date_words(value, language())
        elif name in CODES:
            shown[name] = label(str(value))
        else:
            shown[name] = value
    return shown
