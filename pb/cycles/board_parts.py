"""Where features join the staff board of a cycle: a line for every queue. This file alone keeps what they registered.

Registered from a feature's ``wiring.init_app(app)``:

    board_parts.line(app, Action.SEE_QUEUE, make)

``make(here, actor, now)`` gives the lines; it is asked only when the policy allows the actor the action here and now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app, url_for

from pb.cycles.queries import Here
from pb.policy import Action, Actor, allowed


@dataclass(frozen=True)
class Entry:
    """One line of the board. ``count`` waits, ``late`` of them are late; None where nothing is counted (a door).

    ``who``: (name, how many) of whoever has them; the name "" stands for nobody yet.
    """

    label: str
    url: str
    hint: str = ""
    count: int | None = None
    late: int = 0
    who: tuple[tuple[str, int], ...] = ()


Maker = Callable[[Here, Actor, datetime], Iterable[Entry]]


def _registered(app: Flask | None = None) -> list[tuple[Action, Maker]]:
    found: list[tuple[Action, Maker]] = (app or current_app).extensions.setdefault("pb_board_parts", [])
    return found


def line(app: Flask, action: Action, make: Maker) -> None:
    """Add lines for whoever may do ``action``."""
    _registered(app).append((action, make))


def entries(here: Here, actor: Actor, now: datetime) -> list[Entry]:
    """The lines that the actor's roles give, what is late first, then what is most."""
    found: list[Entry] = []
    for action, make in _registered():
        if allowed(actor, action, town_id=here.town.id, status=here.status):
            found += make(here, actor, now)
    return sorted(found, key=lambda entry: (-entry.late, -(entry.count or 0)))


def address(here: Here, endpoint: str, **values: object) -> str:
    """The address of a page of the cycle."""
    return url_for(endpoint, town=here.town.slug, year=here.the_cycle.year, **values)  # type: ignore[arg-type]


def held(names: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Names of holders, one for each thing, counted: who has most first, nobody ("") last."""
    counted = Counter(names)
    return tuple(sorted(counted.items(), key=lambda pair: (not pair[0], -pair[1], pair[0])))
