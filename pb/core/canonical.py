"""Canonical JSON (RFC 8785 for data without fractions): this file alone turns data into bytes to be
fingerprinted.
"""

from __future__ import annotations

import json
from typing import Any

# RFC 8785 numbers are IEEE doubles: whole numbers beyond this are not the same everywhere.
LARGEST_INT = 2**53 - 1


def _ordered(value: Any) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        if abs(value) > LARGEST_INT:
            raise ValueError(f"{value} is too large for canonical JSON")
        return int(value)
    if isinstance(value, list | tuple):
        return [_ordered(item) for item in value]
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("keys of canonical JSON are text")
        # The RFC sorts by UTF-16 units, which differs from code points beyond the basic plane.
        return {
            str(key): _ordered(value[key]) for key in sorted(value, key=lambda key: key.encode("utf-16-be"))
        }
    raise TypeError(f"{type(value).__name__} has no canonical JSON")


def canonical_json(value: Any) -> bytes:
    """UTF-8, keys sorted, no blanks. Takes whole numbers, text, bool, None, lists and dicts.

    TypeError for anything else (a number with a fraction among them), ValueError for whole numbers beyond
    2^53 - 1 and for text that is not valid Unicode.
    """
    return json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":")).encode()
