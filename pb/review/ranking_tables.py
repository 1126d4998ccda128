"""The published ranking and its sheets as CSV that spreadsheets open with Georgian intact. Pure.

Points and levels are decimal numbers with a point, money is in tetri, members go by their letters.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pb.ideas.table import cell

Ranking = Mapping[str, Any]


def _written(rows: Iterable[Sequence[str]], separator: str) -> bytes:
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue().encode()


def decimal(hundredths: int | None) -> str:
    """„78.25“; nothing for what was not computed."""
    return "" if hundredths is None else f"{hundredths // 100}.{hundredths % 100:02}"


NUMBERS = (
    "score", "raw", "trimmed", "median", "spread", "lowest", "highest",
)  # fmt: skip


def ranking_table(ranking: Ranking, outcomes: Mapping[int, str], separator: str) -> bytes:
    """One row a project in the order of the ranking; ``outcomes``: what was decided, by number."""
    criteria = [c["id"] for c in ranking["criteria"]]
    header = [
        "rank", "number", "title", "unit", *NUMBERS, *(f"mean_{key}" for key in criteria), "sheets", "quorum",
        "in_ways", "ways", "grey_zone", "settled_by", "cost_tetri", "running_cost_tetri", "proposal", "decision",
    ]  # fmt: skip
    rows = [
        [
            str(entry["rank"]), str(entry["number"]), entry["title"], entry["unit"] or "",
            *(decimal(entry.get(f"{name}_hundredths")) for name in NUMBERS),
            *(decimal(entry["means_hundredths"][key]) for key in criteria),
            str(entry["sheets"]), str(entry["quorum"]), str(entry.get("within", "")), str(ranking["ways"] or ""),
            {True: "yes", False: "no"}.get(entry.get("grey"), ""), entry["settled_by"], str(entry["cost_tetri"]),
            str(entry["running_cost_tetri"]), entry["proposal"], outcomes.get(entry["number"], ""),
        ]
        for entry in ranking["projects"]
    ]  # fmt: skip
    return _written([header, *rows], separator)


def sheets_table(ranking: Ranking, separator: str) -> bytes:
    """One row a sheet: project, letter, a level for each criterion (none where it was left out)."""
    criteria = [c["id"] for c in ranking["criteria"]]
    rows = [
        [str(entry["number"]), letter, *(str(levels.get(key, "")) for key in criteria)]
        for entry in ranking["projects"]
        for letter, levels in sorted(entry.get("by_member", {}).items())
    ]
    return _written([["project", "member", *criteria], *rows], separator)
