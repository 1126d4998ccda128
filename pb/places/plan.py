"""The schematic plan of a town: where its units stand to each other, drawn from their own data. Pure.

Not a map: no tiles, no true distances. Coordinates are thousandths of the plan's sides, from the upper left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isqrt

SIDE = 1000
WIDTH, HEIGHT = 1000, 800  # in which proportion the sides are drawn
PART = 460  # how much of a side is shown around one unit


@dataclass(frozen=True)
class Spot:
    """A unit on the plan."""

    slug: str
    name: str
    x: int
    y: int


@dataclass(frozen=True)
class View:
    """The part of the plan that is drawn."""

    left: int
    top: int
    side: int

    @property
    def box(self) -> str:
        """For the attribute viewBox."""
        return " ".join(
            str(n)
            for n in (
                self.left * WIDTH // SIDE, self.top * HEIGHT // SIDE,
                self.side * WIDTH // SIDE, self.side * HEIGHT // SIDE,
            )
        )  # fmt: skip

    def point(self, across: int, down: int, width: int, height: int) -> tuple[int, int]:
        """The place on the plan of a press at ``across``, ``down`` of a picture of this size."""
        x = self.left + self.side * min(max(across, 0), width) // width
        y = self.top + self.side * min(max(down, 0), height) // height
        return min(x, SIDE), min(y, SIDE)


WHOLE = View(0, 0, SIDE)


def placed(units: Iterable[tuple[str, str, int | None, int | None]]) -> list[Spot]:
    """Spots of (slug, name, x, y); without given places, the units stand in rows in their order."""
    rows = list(units)
    if rows and all(x is not None and y is not None for _, _, x, y in rows):
        return [Spot(slug, name, x or 0, y or 0) for slug, name, x, y in rows]
    across = max(1, next(n for n in range(1, len(rows) + 2) if n * n >= len(rows)))
    down = -(-len(rows) // across) if rows else 1
    return [
        Spot(
            slug, name,
            SIDE * (2 * (n % across) + 1) // (2 * across), SIDE * (2 * (n // across) + 1) // (2 * down),
        )
        for n, (slug, name, _x, _y) in enumerate(rows)
    ]  # fmt: skip


def around(spots: Iterable[Spot], slug: str) -> View:
    """The plan around one unit, so that its neighbours can be read on a phone; the whole for none."""
    spot = next((spot for spot in spots if spot.slug == slug), None)
    if spot is None:
        return WHOLE
    left, top = (min(max(at - PART // 2, 0), SIDE - PART) for at in (spot.x, spot.y))
    return View(left, top, PART)


def sizes(counts: Mapping[str, int]) -> dict[str, int]:
    """The radius of each unit's disc: its area grows with the count; 0 for none."""
    most = max(counts.values(), default=0)
    return {slug: isqrt(count * 1600 // most) + 14 if count else 0 for slug, count in counts.items()}
