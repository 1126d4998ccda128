"""The municipalities of Georgia and the lists of units that come with the product; this file alone reads
pb/places/data.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Municipality:
    """One row of municipalities.csv: what a new town is prefilled with."""

    slug: str
    name: dict[str, str]
    full_name: dict[str, str]
    genitive_ka: str
    region: dict[str, str]


@lru_cache(maxsize=1)
def municipalities() -> tuple[Municipality, ...]:
    """All municipalities in the order of the Georgian alphabet (code points are alphabetical)."""
    with (DATA / "municipalities.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [
            Municipality(
                slug=row["slug"],
                name={"ka": row["municipality_ka"], "en": row["municipality_en"]},
                full_name={"ka": row["full_name_ka"], "en": f"{row['municipality_en']} Municipality"},
                genitive_ka=row["genitive_ka"],
                region={"ka": row["region_ka"], "en": row["region_en"]},
            )
            for row in csv.DictReader(file)
        ]
    return tuple(sorted(rows, key=lambda one: one.name["ka"]))


def municipality(slug: str) -> Municipality | None:
    """A municipality by its slug."""
    return next((one for one in municipalities() if one.slug == slug), None)


def stored_units(slug: str) -> str | None:
    """The text of the list of units that comes with the product for this municipality, if there is one."""
    if municipality(slug) is None:
        return None
    path = DATA / f"{slug}_units.csv"
    return path.read_text(encoding="utf-8-sig") if path.exists() else None
