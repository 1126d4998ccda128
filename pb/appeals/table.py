"""The public columns of objections as CSV that spreadsheets open with Georgian intact. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from pb.appeals.showing import Row
from pb.ideas.table import cell

COLUMNS = (
    "number", "against", "thing", "thing_number", "ground", "contested", "filed_at", "due", "state", "outcome",
    "accepted", "decided_at", "answer",
)  # fmt: skip


def table(rows: Iterable[Row], separator: str) -> str:
    """All rows, a byte order mark first. Times in UTC; several points stand with a bar between them."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        values = (
            row.number,
            row.kind,
            row.thing,
            row.thing_number,
            row.ground,
            " | ".join(row.points),
            f"{row.filed_at:%Y-%m-%dT%H:%M:%SZ}",
            row.due.isoformat(),
            row.state,
            row.outcome,
            " | ".join(row.accepted),
            f"{row.decided_at:%Y-%m-%dT%H:%M:%SZ}" if row.decided_at else "",
            row.answer,
        )
        writer.writerow([cell(value) for value in values])
    return out.getvalue()
