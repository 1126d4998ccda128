"""What pages show of places, in the reader's language."""

from __future__ import annotations

from pb.places import plan, queries
from pb.web.filters import words


def spots_of(town_id: int) -> list[plan.Spot]:
    """The units of a town on its plan, in the reader's language."""
    return plan.placed(
        (row.slug, words(row.name), row.plan_x, row.plan_y) for row in queries.plan_rows(town_id)
    )
