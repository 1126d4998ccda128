"""The invented people of a demonstration, as its page lists them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from pb.accounts.models import Account, RoleGrant
from pb.accounts.personal import unseal
from pb.db import db
from pb.places.models import Town
from pb.policy import Role

DATA = Path(__file__).parent / "demo_data"
PASSWORD = "saqartvelo-2026"
# Whoever was born later is under 16 when Terjola votes in October 2026.
_YOUNGEST = "2010-10-12"


@lru_cache
def content(name: str) -> Any:
    """One of the data files of the demonstration."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class StaffRow:
    """Somebody to sign in as."""

    id: int
    town: dict[str, str]
    role: Role
    name: str
    email: str


def demonstration_staff() -> list[StaffRow]:
    """All invented staff, town by town in the order of their appointment."""
    rows = db.session.execute(
        select(Account, RoleGrant.role, Town.name)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .join(Town, Town.id == RoleGrant.town_id)
        .where(RoleGrant.revoked_at.is_(None), Account.email.like("%@example.org"))
        .order_by(Town.slug.desc(), RoleGrant.id)
    )
    return [
        StaffRow(account.id, town, Role(role), unseal(account.name_sealed), account.email or "")
        for account, role, town in rows
    ]


def demonstration_voters() -> list[dict[str, str]]:
    """The invented people of the roll whose numbers may be typed; ``note`` says who cannot vote here, and why."""
    return [
        {**row, "note": "" if row["mobile"] else "no phone"}
        if row["birth_date"] <= _YOUNGEST
        else {**row, "note": "minor"}
        for row in content("people")["roll"]
    ]
