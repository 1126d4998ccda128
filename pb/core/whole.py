"""Whole numbers as addresses and forms carry them; this file alone says how large one may be. Pure."""

from __future__ import annotations

import re

LARGEST = 2**31 - 1  # the databases' columns hold no larger id, number or year

_DIGITS = re.compile("[0-9]{1,10}")


def whole_number(text: object) -> int | None:
    """The number that ``text`` is, from 0 to LARGEST; None for anything else ("²" and "٣" among it)."""
    typed = str(text) if text is not None else ""
    if _DIGITS.fullmatch(typed) is None:
        return None
    number = int(typed)
    return number if number <= LARGEST else None
