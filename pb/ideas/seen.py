"""Which text a form page showed: two tabs never overwrite each other, and the back key still works.

The page carries a fingerprint of the fields it showed and a token of its own. Sent when the stored text is
another one, it may only replace what this very page had stored before (somebody went back and corrected it).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from flask import session

KEY = "ideas_seen"
MOST_KEPT = 12
NEVER = 0  # a version that no idea has


def mark(values: Mapping[str, Any]) -> str:
    """A fingerprint of the fields of one page."""
    return hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()[:16]


def shown(values: Mapping[str, Any]) -> str:
    """What a page carries that shows ``values``."""
    return f"{mark(values)}.{secrets.token_hex(4)}"


def version(carried: str, name: str, stored: Mapping[str, Any], current: int) -> int:
    """The version that the page may replace: ``current``, or NEVER when another page changed the text."""
    fingerprint, _, token = carried.partition(".")
    present = mark(stored)
    if fingerprint == present or session.get(KEY, {}).get(name) == [token, present]:
        return current
    return NEVER


def remember(carried: str, name: str, stored: Mapping[str, Any]) -> None:
    """The page has stored ``stored`` as ``name`` (idea and step)."""
    kept = dict(session.get(KEY, {}))
    kept.pop(name, None)
    kept[name] = [carried.partition(".")[2], mark(stored)]
    session[KEY] = dict(list(kept.items())[-MOST_KEPT:])
