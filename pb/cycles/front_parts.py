"""Where later features join the front page of a cycle; this file alone keeps what they registered.

Registered from a feature's ``wiring.init_app(app)``. Each function is given ``here`` and may answer None:
nothing
to show now. Parts and numbers stand in the order of registration, which is the order of the features.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app

from pb.core.phases import Phase
from pb.cycles.queries import Here

Action = tuple[str, str]  # address, words of the button
Number = tuple[str | int, str]  # value, words under it
Part = tuple[str, dict[str, Any]]  # template, its context


@dataclass
class Registered:
    """What the features of one application gave."""

    actions: dict[Phase, Callable[[Here], Action | None]] = field(default_factory=dict)
    numbers: list[Callable[[Here], Number | None]] = field(default_factory=list)
    parts: list[Callable[[Here], Part | None]] = field(default_factory=list)


def registered(app: Flask | None = None) -> Registered:
    """The registrations of ``app`` (default: the present one)."""
    found: Registered = (app or current_app).extensions.setdefault("pb_front_parts", Registered())
    return found


def on_phase(app: Flask, phase: Phase, action: Callable[[Here], Action | None]) -> None:
    """Set the one big action of the front page in ``phase``."""
    registered(app).actions[phase] = action


def number(app: Flask, give: Callable[[Here], Number | None]) -> None:
    """Add one of the few large numbers."""
    registered(app).numbers.append(give)


def part(app: Flask, give: Callable[[Here], Part | None]) -> None:
    """Add a section under the front page's own."""
    registered(app).parts.append(give)


def action_of(here: Here, phase: Phase) -> Action | None:
    """The action registered for the phase, if it has anything to offer now."""
    give = registered().actions.get(phase)
    return give(here) if give else None


def numbers_of(here: Here) -> list[Number]:
    """All numbers that have something to say."""
    return [found for give in registered().numbers if (found := give(here)) is not None]


def parts_of(here: Here) -> list[Part]:
    """All parts that have something to show."""
    return [found for give in registered().parts if (found := give(here)) is not None]
