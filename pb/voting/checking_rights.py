"""What the database itself forbids (B12): triggers on board and box, and the rights of the role that we are."""

from __future__ import annotations

from flask import current_app
from sqlalchemy import text

from pb.accounts.cli_check_rights import rights_that_differ, some
from pb.db import db, is_sqlite
from pb.schema import EXTRAS

PROTECTED = (
    "board_entry",
    "board_head",
    "box_ballot",
    "opened_ballot",
    "voting_round",
    "voting_link",
    "box_act",
    "void_case",
    "paper_batch",
    "paper_deed",
    "paper_protocol",
    "paper_former_protocol",
    "box_bundle",
    "event",
    "event_chain",
)


def rights_wrong() -> tuple[bool, str]:
    """Whether somebody with our role could change board, box or log, and in English why."""
    declared = {
        extra.name
        for extra in EXTRAS.values()
        if extra.table in PROTECTED and extra.name.startswith("forbid_") and _statement(extra.name)
    }
    missing = sorted(declared - _triggers())
    if missing:
        return True, f"triggers are missing: {some(missing)}"
    if is_sqlite():
        return False, f"{len(declared)} triggers stand; SQLite knows no roles"
    owned, beyond, _lacking = rights_that_differ()
    mine = sorted(set(owned) & set(PROTECTED))
    more = [right for right in beyond if right.split()[1] in PROTECTED]
    if not mine and not more:
        return False, f"{len(declared)} triggers stand, and the role can only add"
    if current_app.extensions["pb_settings"].is_demonstration:
        return (
            False,
            f"{len(declared)} triggers stand; the role owns the tables, as it may in a demonstration",
        )
    return True, f"the role owns {some(mine)}" if mine else f"the role may {some(more)}"


def _statement(name: str) -> str:
    return EXTRAS[name].sqlite if is_sqlite() else EXTRAS[name].postgresql


def _triggers() -> set[str]:
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if is_sqlite()
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    return set(db.session.execute(text(query)).scalars())
