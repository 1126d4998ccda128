"""What text messages cost: counted when they went out, by contest and kind."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from pb.core.errors import Invalid
from pb.db import db, one_at_a_time
from pb.messages.models import OutgoingMessage
from pb.messages.models_costs import MessagePrice, TextCost

HUNDREDTHS = 100  # of a tetri, in a tetri
HIGHEST = 100_000  # ten lari for one part: what is typed beyond is a slip


def price_of(town_id: int) -> int:
    """The town's price of one part in hundredths of a tetri; 0: not known."""
    row = db.session.get(MessagePrice, town_id)
    return row.hundredths if row else 0


def parse_price(typed: str) -> int:
    """„4,75“ tetri in hundredths. Raises Invalid("bad_price", field="price")."""
    whole, _, rest = typed.strip().replace(".", ",").partition(",")
    if not whole.isascii() or not whole.isdigit() or len(whole) > 6 or (rest and not rest.isascii()):
        raise Invalid("bad_price", field="price")
    if rest and (not rest.isdigit() or len(rest) > 2):
        raise Invalid("bad_price", field="price")
    value = int(whole) * HUNDREDTHS + int((rest or "0").ljust(2, "0"))
    if value > HIGHEST:
        raise Invalid("bad_price", field="price")
    return value


def format_price(hundredths: int) -> str:
    """„4,75“ (tetri)."""
    whole, rest = divmod(hundredths, HUNDREDTHS)
    return f"{whole},{rest:02d}".rstrip("0").rstrip(",")


def in_tetri(hundredths: int) -> int:
    """Whole tetri, rounded half up."""
    return (hundredths + HUNDREDTHS // 2) // HUNDREDTHS


def note_delivered(row: OutgoingMessage) -> None:
    """Count a text message that went out, in the running command."""
    price = price_of(row.town_id) if row.town_id is not None else 0
    one_at_a_time(f"text_cost {row.cycle_id} {row.kind} {price}")
    cost = db.session.scalars(
        select(TextCost).where(
            TextCost.cycle_id.is_(None) if row.cycle_id is None else TextCost.cycle_id == row.cycle_id,
            TextCost.kind == row.kind,
            TextCost.hundredths == price,
        )
    ).one_or_none()
    if cost is None:
        cost = TextCost(cycle_id=row.cycle_id, kind=row.kind, hundredths=price, messages=0, parts=0)
        db.session.add(cost)
    cost.messages += 1
    cost.parts += row.parts


@dataclass(frozen=True)
class Cost:
    """Text messages of one kind: how many, in how many parts, for how much (hundredths of a tetri).

    ``unpriced``: parts that went out while the town had not said its price; they are not in ``hundredths``.
    """

    kind: str
    messages: int
    parts: int
    hundredths: int
    unpriced: int


def costs_of(cycle_id: int | None) -> list[Cost]:
    """What went out for a contest (None: codes to sign in, of the whole installation), dearest kind first."""
    free = func.sum(TextCost.parts).filter(TextCost.hundredths == 0)
    rows = db.session.execute(
        select(
            TextCost.kind,
            func.sum(TextCost.messages),
            func.sum(TextCost.parts),
            func.sum(TextCost.parts * TextCost.hundredths),
            func.coalesce(free, 0),
        )
        .where(TextCost.cycle_id.is_(None) if cycle_id is None else TextCost.cycle_id == cycle_id)
        .group_by(TextCost.kind)
    )
    found = [Cost(kind, int(m), int(p), int(h), int(u)) for kind, m, p, h, u in rows]
    return sorted(found, key=lambda cost: (-cost.hundredths, -cost.parts, cost.kind))
