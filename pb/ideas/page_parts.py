"""What later features show on the public page of an idea; this file alone keeps what they registered.

Each function is given ``here`` and the idea (a row with id, number and state) and answers the template
of a fragment (headings from h2) with its context, or None: nothing to show.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pb.cycles.queries import Here

Part = tuple[str, dict[str, Any]]
PARTS: list[Callable[[Here, Any], Part | None]] = []


def parts_of(here: Here, idea: Any) -> list[Part]:
    """All parts that have something to show, in the order of registration."""
    return [found for give in PARTS if (found := give(here, idea)) is not None]
