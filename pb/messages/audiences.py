"""Groups of people to whom the staff may write; a feature adds its own at start, in its wiring.

    audiences.register("audience_authors", members)

The code has its words among the LABELS of the feature; ``members(here)`` gives account ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Members = Callable[[Any], Iterable[int]]

_REGISTERED: dict[str, Members] = {}


def register(code: str, members: Members) -> None:
    """Make a group known; the same code again replaces (wiring runs once an application)."""
    _REGISTERED[code] = members


def codes() -> list[str]:
    """All groups, in the order of registration."""
    return list(_REGISTERED)


def members_of(code: str, here: Any) -> list[int]:
    """The accounts of a group now, each once, in order. KeyError for an unknown group."""
    return sorted(set(_REGISTERED[code](here)))
