"""What later features show on pages of an idea; this file alone keeps what they registered.

Each function is given ``here`` and the idea (a row with id, number and state) and answers the template
of a fragment (headings from h2) with its context, or None: nothing to show.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pb.cycles.queries import Here

Part = tuple[str, dict[str, Any]]
PARTS: list[Callable[[Here, Any], Part | None]] = []
# Below all of those: what people say of it.
LAST: list[Callable[[Here, Any], Part | None]] = []
# In the author's own list: fn(here, idea) -> (address, words) of what is to be done next, or None.
NEXT: list[Callable[[Here, Any], tuple[str, str] | None]] = []


def parts_of(here: Here, idea: Any) -> list[Part]:
    """All parts that have something to show, in the order of registration."""
    return [found for give in (*PARTS, *LAST) if (found := give(here, idea)) is not None]


def next_of(here: Here, idea: Any) -> tuple[str, str] | None:
    """What the author does next with an idea that was handed in: (address, words), or None."""
    return next((found for give in NEXT if (found := give(here, idea)) is not None), None)
